extension Setting {
    /// Brings default and choices into the declared type; returns what is wrong with the declaration.
    mutating func normalize() -> [String] {
        var problems: [String] = []
        if !Self.isValid(name: name) {
            problems.append("must have a name of letters, digits and _ that does not start with a digit")
        }
        if isRequired && defaultValue != nil { problems.append("is required and cannot have a default") }
        problems += normalizeChoices()
        problems += normalizeDefault()
        return problems.map { "setting \"\(name)\" \($0)" }
    }

    private mutating func normalizeChoices() -> [String] {
        guard !choices.isEmpty else { return [] }
        switch type {
        case .string, .integer, .number: break
        case .boolean, .duration, .list, .map, .secret: return ["cannot have choices"]
        }
        var problems: [String] = []
        for index in choices.indices {
            if let choice = type.normalized(choices[index]) {
                choices[index] = choice
            } else {
                problems.append("has a choice that must be \(type.expectation), got \(choices[index].kind)")
            }
        }
        return problems
    }

    private mutating func normalizeDefault() -> [String] {
        guard let given = defaultValue else { return [] }
        if case .map(.some) = type { return ["cannot have a default beside its fields, which have their own"] }
        guard let value = type.normalized(given) else {
            return ["has a default that must be \(type.expectation), got \(given.detailedKind)"]
        }
        defaultValue = value
        return choices.isEmpty || choices.contains(value) ? [] : ["has a default that is not one of its choices"]
    }

    /// Names stand in dotted paths and as fields in Lua, so they are identifiers.
    private static func isValid(name: String) -> Bool {
        let isPlain = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        guard isPlain, let first = name.first else { return false }
        return !first.isNumber
    }
}

extension SettingType {
    /// A value from a plugin's source as this type has it; nil when it does not fit.
    ///
    /// A plugin writes durations as seconds or as text, and cannot tell an empty list from an empty map.
    fileprivate func normalized(_ value: SettingValue) -> SettingValue? {
        switch (self, value) {
        case (.string, .string), (.boolean, .boolean), (.integer, .integer), (.secret, .secret): value
        case (.secret, .string(let text)): .secret(Secret(text))
        case (.number, .integer(let number)), (.duration, .integer(let number)): .number(Double(number))
        case (.number, .number(let number)), (.duration, .number(let number)): number.isFinite ? value : nil
        case (.duration, .string(let text)): ConfigurationText.duration(text).map { .number($0.inSeconds) }
        case (.list, .list(let items)): items.allSatisfy { $0.kind == "a string" } ? value : nil
        case (.list, .map([:])): .list([])
        case (.map, .list([])): .map([:])
        case (.map(nil), .map(let fields)): fields.values.allSatisfy { $0.kind == "a string" } ? value : nil
        default: nil
        }
    }
}

extension SettingValue {
    /// The kind, and for a list or map with other things than strings in it, one of those.
    fileprivate var detailedKind: String {
        let values: [SettingValue]
        switch self {
        case .list(let items): values = items
        case .map(let fields): values = Array(fields.values)
        default: values = []
        }
        guard let other = values.first(where: { $0.kind != "a string" }) else { return kind }
        return "\(kind) with \(other.kind) in it"
    }
}

extension Duration {
    var inSeconds: Double { self / .seconds(1) }
}
