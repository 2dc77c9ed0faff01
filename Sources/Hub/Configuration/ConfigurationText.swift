/// Durations, sizes and spelling as they are written in hub.yml.
enum ConfigurationText {
    private static let milliseconds: [(unit: String, factor: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60000), ("s", 1000), ("ms", 1),
    ]
    private static let byteUnits: [String: Int] = [
        "": 1, "B": 1, "kB": 1000, "KB": 1000, "MB": 1_000_000, "GB": 1_000_000_000,
        "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30,
    ]

    /// Reads `250ms`, `5s`, `1m30s`, `2h`, `1d`: whole numbers with units in falling order; `0` needs no unit.
    static func duration(_ text: String) -> Duration? {
        if text == "0" { return .zero }
        var rest = Substring(text)
        let isNegative = rest.first == "-"
        if isNegative { rest = rest.dropFirst() }
        var total: Int64 = 0
        var smallest = Int64.max
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix(while: \.isASCIIDigit)
            let unit = rest.dropFirst(digits.count).prefix { !$0.isASCIIDigit }
            guard let number = Int64(digits), let factor = milliseconds.first(where: { $0.unit == unit })?.factor,
                factor < smallest
            else { return nil }
            let (part, tooLarge) = number.multipliedReportingOverflow(by: factor)
            let (sum, overflow) = total.addingReportingOverflow(part)
            if tooLarge || overflow { return nil }
            (total, smallest) = (sum, factor)
            rest = rest.dropFirst(digits.count + unit.count)
        }
        return .milliseconds(isNegative ? -total : total)
    }

    /// Writes a duration as `duration(_:)` reads it, to the millisecond.
    static func format(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        var rest = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        if rest == 0 { return "0s" }
        var text = rest < 0 ? "-" : ""
        for (unit, factor) in milliseconds where abs(rest) >= factor {
            text += "\(abs(rest) / factor)\(unit)"
            rest %= factor
        }
        return text
    }

    /// Reads `100`, `64KiB`, `32MiB`, `1GiB` (powers of 1024) and `8kB`, `8MB`, `1GB` (powers of 1000).
    static func bytes(_ text: String) -> Int? {
        let sign = text.prefix { $0 == "-" }
        let digits = text.dropFirst(sign.count).prefix(while: \.isASCIIDigit)
        let unit = text.dropFirst(sign.count + digits.count)
        guard let number = Int(sign + digits), let factor = byteUnits[String(unit)] else { return nil }
        let (value, overflow) = number.multipliedReportingOverflow(by: factor)
        return overflow ? nil : value
    }

    /// Writes a size with the largest unit that leaves no rest.
    static func format(bytes: Int) -> String {
        for (unit, shift) in [("GiB", 30), ("MiB", 20), ("KiB", 10)] where bytes != 0 && bytes % (1 << shift) == 0 {
            return "\(bytes >> shift)\(unit)"
        }
        return "\(bytes)"
    }

    /// Reads a decimal number that is finite; neither hexadecimal nor `nan` nor `inf`.
    static func number(_ text: String) -> Double? {
        let isDecimal = text.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "+-.eE".utf8.contains(byte)
        }
        guard isDecimal, let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// A text as an error shows it: in quotes, on one line, cut after 60 characters.
    static func quote(_ text: some StringProtocol) -> String {
        let limit = 60
        let start = text.prefix(limit + 1)
        return start.count > limit ? String(start.dropLast() + "…").debugDescription : String(start).debugDescription
    }

    /// The line, counted from 1, of the first byte that is not UTF-8.
    static func lineOfInvalidUTF8(_ bytes: [UInt8]) -> Int? {
        guard String(validating: bytes, as: UTF8.self) == nil else { return nil }
        var line = 1
        // A line feed is never part of a longer UTF-8 sequence, so lines can be checked one by one.
        for part in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if String(validating: part, as: UTF8.self) == nil { return line }
            line += 1
        }
        return line
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
