/// Checks the labels that hub.yml adds to samples.
enum LabelRules {
    /// What is wrong with a label name; nil when nothing is.
    ///
    /// The legacy grammar and the names Prometheus keeps for itself (Prometheus, "Data model").
    static func problem(withName name: String) -> String? {
        let isLegacy = name.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "_") || isLetter(byte) || isDigit(byte)
        }
        guard isLegacy, let first = name.utf8.first, !isDigit(first) else {
            return "must consist of letters, digits and _ and not start with a digit"
        }
        if name.hasPrefix("__") { return "must not start with \"__\"" }
        if name == "job" || name == "instance" { return "is set by Prometheus and must not be set here" }
        return nil
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

extension MappingDecoder {
    /// Labels under a key; `reserved` names what the hub itself sets.
    mutating func labels(_ key: String, reserved: [String] = []) -> [String: String]? {
        guard let decoder = map(key) else { return nil }
        return decoder.allTexts { name in
            if reserved.contains(name) {
                return "label \(ConfigurationText.quote(name)) is set by the hub and must not be set here"
            }
            return LabelRules.problem(withName: name).map { "label \(ConfigurationText.quote(name)) \($0)" }
        }
    }
}
