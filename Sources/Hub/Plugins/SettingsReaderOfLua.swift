import LuaSandbox

/// Reads what a plugin declares under `settings`: each a default value, or a table with `type`.
enum SettingsReaderOfLua {
    private static let keys: Set<String> = ["type", "default", "required", "choices", "help", "fields"]

    static func settings(_ value: LuaValue?, problems: inout [String]) -> [Setting] {
        guard let value, value != .nil else { return [] }
        guard case .table(let items, let fields) = value, items.isEmpty else {
            problems.append("settings must be a table by name")
            return []
        }
        return fields.compactMap { field in
            guard let name = field.key.string else {
                problems.append("settings must have names, got a \(field.key.typeName)")
                return nil
            }
            return setting(name, field.value, problems: &problems)
        }.sorted { $0.name < $1.name }
    }

    private static func setting(_ name: String, _ value: LuaValue, problems: inout [String]) -> Setting? {
        guard case .table(let items, let fields) = value, items.isEmpty, value["type"] != nil else {
            guard let defaultValue = settingValue(value), let type = SettingType(ofDefault: defaultValue) else {
                problems.append("setting \"\(name)\" needs a type")
                return nil
            }
            return Setting(name: name, type: type, defaultValue: defaultValue)
        }
        for field in fields where !keys.contains(field.key.string ?? "") {
            problems.append("setting \"\(name)\": unknown key \"\(field.key.string ?? field.key.typeName)\"")
        }
        return declared(name, value, problems: &problems)
    }

    private static func declared(_ name: String, _ value: LuaValue, problems: inout [String]) -> Setting? {
        let typeName = value["type"]?.string ?? ""
        var schema: SettingsSchema?
        if let nested = value["fields"] {
            do { schema = try SettingsSchema(settings(nested, problems: &problems)) } catch {
                problems += error.problems.map { "setting \"\(name)\": \($0.text)" }
            }
        }
        guard let type = SettingType(named: typeName, fields: schema) else {
            let names = SettingType.names.joined(separator: ", ")
            problems.append("setting \"\(name)\": type must be one of \(names), got \"\(typeName)\"")
            return nil
        }
        var setting = Setting(name: name, type: type)
        setting.defaultValue = value["default"].flatMap(settingValue)
        if value["default"] != nil, setting.defaultValue == nil {
            problems.append("setting \"\(name)\": default has no value of its type")
        }
        setting.isRequired = value["required"] == .boolean(true)
        setting.help = value["help"]?.string ?? ""
        if case .table(let choices, _)? = value["choices"] { setting.choices = choices.compactMap(settingValue) }
        return setting
    }

    /// A Lua value as a setting; nil for functions, nil and tables with odd keys.
    static func settingValue(_ value: LuaValue) -> SettingValue? {
        switch value {
        case .boolean(let value): return .boolean(value)
        case .integer(let value): return .integer(value)
        case .number(let value): return .number(value)
        case .string: return .string(value.string ?? "")
        case .table(let items, let fields):
            if fields.isEmpty { return .list(items.compactMap(settingValue)) }
            guard items.isEmpty else { return nil }
            var map: [String: SettingValue] = [:]
            for field in fields {
                guard let key = field.key.string, let value = settingValue(field.value) else { return nil }
                map[key] = value
            }
            return .map(map)
        default: return nil
        }
    }
}

extension Plan {
    /// Pushes the table of a plugin's settings.
    ///
    /// Secrets are given to the plugin, which has to send them.
    mutating func push(_ settings: [String: SettingValue]) {
        beginTable(fields: settings.count)
        for (name, value) in settings.sorted(by: { $0.key < $1.key }) { field(name) { $0.push(value) } }
    }

    mutating func push(_ value: SettingValue) {
        switch value {
        case .string(let text): push(text)
        case .secret(let secret): push(secret.reveal())
        case .boolean(let value): push(value)
        case .integer(let value): push(value)
        case .number(let value): push(value)
        case .map(let fields): push(fields)
        case .list(let items):
            beginTable(items: items.count)
            for (index, value) in items.enumerated() {
                push(value)
                item(index + 1)
            }
        }
    }
}
