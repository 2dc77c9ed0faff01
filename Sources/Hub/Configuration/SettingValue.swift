/// The checked value of one plugin setting.
enum SettingValue: Sendable, Hashable {
    case string(String)
    /// Declared as a secret, or a string that came from a `${NAME}` or `file:` reference.
    case secret(Secret)
    case boolean(Bool)
    case integer(Int)
    /// Also durations, in seconds.
    case number(Double)
    case list([SettingValue])
    case map([String: SettingValue])

    /// What an error calls a value of this kind.
    var kind: String {
        switch self {
        case .string: "a string"
        case .secret: "a secret"
        case .boolean: "a boolean"
        case .integer: "an integer"
        case .number: "a number"
        case .list: "a list"
        case .map: "a map"
        }
    }

    /// The texts of all secrets in this value, for the registry of what logs and pages blank.
    var secretTexts: [String] {
        switch self {
        case .secret(let secret): [secret.reveal()]
        case .list(let items): items.flatMap(\.secretTexts)
        case .map(let fields): fields.values.flatMap(\.secretTexts)
        case .string, .boolean, .integer, .number: []
        }
    }

    /// This value with another over it: maps are joined key by key, anything else is replaced.
    func overridden(by other: SettingValue) -> SettingValue {
        guard case .map(let fields) = self, case .map(let others) = other else { return other }
        return .map(fields.merging(others) { $0.overridden(by: $1) })
    }
}
