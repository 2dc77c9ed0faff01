/// The type a plugin declares for a setting.
indirect enum SettingType: Sendable, Equatable {
    case string
    case boolean
    case integer
    case number
    /// Written with a unit in hub.yml, seconds as a number in the plugin.
    case duration
    /// Of strings.
    case list
    /// With declared fields, or free-form with strings as values where there are none.
    case map(SettingsSchema?)
    case secret

    static let names = ["string", "boolean", "integer", "number", "duration", "list", "map", "secret"]

    /// The type of this name in the plugin API; `fields` counts only for a map.
    init?(named name: String, fields: SettingsSchema? = nil) {
        switch name {
        case "string": self = .string
        case "boolean": self = .boolean
        case "integer": self = .integer
        case "number": self = .number
        case "duration": self = .duration
        case "list": self = .list
        case "map": self = .map(fields)
        case "secret": self = .secret
        default: return nil
        }
    }

    /// The type a setting has that is declared by its default alone; nil for a map, whose fields it cannot tell.
    init?(ofDefault value: SettingValue) {
        switch value {
        case .string: self = .string
        case .secret: self = .secret
        case .boolean: self = .boolean
        case .integer: self = .integer
        case .number: self = .number
        case .list: self = .list
        case .map: return nil
        }
    }

    /// Those of a map; nil where there are none.
    var fields: SettingsSchema? {
        if case .map(let fields) = self { fields } else { nil }
    }

    /// What an error asks for.
    var expectation: String {
        switch self {
        case .string, .secret: "a string"
        case .boolean: "true or false"
        case .integer: "an integer"
        case .number: "a number"
        case .duration: Quantity.duration.expectation
        case .list: "a list"
        case .map: "a map"
        }
    }
}

/// One setting as a plugin declares it.
struct Setting: Sendable, Equatable {
    var name: String
    var type: SettingType
    var defaultValue: SettingValue?
    var isRequired = false
    /// The only values allowed; empty allows all.
    var choices: [SettingValue] = []
    /// One sentence for people, or empty.
    var help = ""
}

/// All settings a plugin declares, or all fields of one map.
struct SettingsSchema: Sendable, Equatable {
    /// By name.
    let settings: [String: Setting]

    static let empty = SettingsSchema(checked: [:])

    private init(checked settings: [String: Setting]) {
        self.settings = settings
    }

    /// Checks a declaration and brings its defaults and choices into the declared types.
    ///
    /// The errors are about the plugin, so they have no place in hub.yml: the caller knows the plugin's line.
    init(_ declared: [Setting]) throws(ConfigurationError) {
        var settings: [String: Setting] = [:]
        var problems: [String] = []
        for setting in declared {
            if settings[setting.name] != nil { problems.append("setting \"\(setting.name)\" is declared twice") }
            var checked = setting
            problems += checked.normalize()
            settings[setting.name] = checked
        }
        guard problems.isEmpty else {
            throw ConfigurationError(problems.map { ConfigurationProblem(path: nil, line: nil, text: $0) })
        }
        self.init(checked: settings)
    }
}
