/// Turns nodes into setting values by a schema and collects what does not fit.
struct SettingsReader {
    let path: String?
    let plugin: String
    private(set) var problems: [ConfigurationProblem] = []

    init(path: String?, plugin: String) {
        self.path = path
        self.plugin = plugin
    }

    mutating func report(_ line: Int?, _ text: String) {
        problems.append(ConfigurationProblem(path: path, line: line, text: "plugins.\(plugin): \(text)"))
    }

    /// Reports a problem with an option of the command line.
    mutating func report(option key: String, _ text: String) {
        problems.append(ConfigurationProblem(path: nil, line: nil, text: "--set \(key): \(text)"))
    }

    /// The settings a map gives, without defaults; `prefix` is the dotted path to the map, with its last dot.
    mutating func fields(of node: YAMLNode, _ schema: SettingsSchema, prefix: String) -> [String: SettingValue] {
        var fields: [String: SettingValue] = [:]
        for entry in node.entries ?? [] {
            guard let setting = schema.settings[entry.key] else {
                report(entry.line, schema.unknown(entry.key, prefix: prefix))
                continue
            }
            fields[entry.key] = value(of: entry, setting, name: prefix + entry.key)
        }
        return fields
    }

    private mutating func value(of entry: YAMLEntry, _ setting: Setting, name: String) -> SettingValue? {
        let node = entry.value
        switch (setting.type, node.content) {
        case (.map(let fields?), _) where node.entries != nil:
            return .map(self.fields(of: node, fields, prefix: "\(name)."))
        case (.map(nil), _) where node.entries != nil:
            return .map(texts(of: node.entries ?? [], name: name))
        case (.list, .sequence(let items)):
            return .list(items.compactMap { text(of: $0, name: "an item of setting \"\(name)\"") })
        case (.list, _), (.map, _), (_, .sequence), (_, .mapping):
            break
        case (_, .scalar(let scalar)) where !scalar.isNull:
            do {
                return try setting.value(of: scalar)
            } catch {
                for problem in error.problems { report(entry.line, "setting \"\(name)\" \(problem.text)") }
                return nil
            }
        case (_, .scalar):
            break
        }
        report(entry.line, "setting \"\(name)\" must be \(setting.type.expectation), got \(node.summary)")
        return nil
    }

    private mutating func texts(of entries: [YAMLEntry], name: String) -> [String: SettingValue] {
        var texts: [String: SettingValue] = [:]
        for entry in entries {
            texts[entry.key] = text(of: entry.value, name: "setting \"\(name).\(entry.key)\"")
        }
        return texts
    }

    private mutating func text(of node: YAMLNode, name: String) -> SettingValue? {
        guard case .scalar(let scalar) = node.content, !scalar.isNull else {
            report(node.line, "\(name) must be a string, got \(node.summary)")
            return nil
        }
        return scalar.settingText
    }
}

extension SettingsSchema {
    /// The text of the error for a name that is not declared.
    func unknown(_ name: String, prefix: String) -> String {
        let suggestion = Spelling.suggestion(for: prefix + name, in: settings.keys.map { prefix + $0 })
        return "unknown setting \(ConfigurationText.quote(prefix + name))\(suggestion)"
    }
}

extension YAMLScalar {
    /// The text as a string, or as a secret when it came from a reference.
    var settingText: SettingValue { isSecret ? .secret(Secret(text)) : .string(text) }
}

extension Setting {
    /// A scalar as the declared type; the error lacks the subject of its sentence.
    func value(of scalar: YAMLScalar) throws(ConfigurationError) -> SettingValue {
        guard let value = type.value(of: scalar) else {
            let found = type == .secret ? "<secret>" : scalar.summary
            throw ConfigurationError("must be \(type.expectation), got \(found)")
        }
        guard !choices.isEmpty else { return value }
        // A choice stands in the plugin's source for all to read, so it is no secret, wherever it came from.
        let plain = type == .string ? SettingValue.string(scalar.text) : value
        guard choices.contains(plain) else {
            throw ConfigurationError(
                "must be one of \(choices.map(\.written).joined(separator: ", ")), got \(scalar.summary)"
            )
        }
        return plain
    }
}

extension SettingType {
    fileprivate func value(of scalar: YAMLScalar) -> SettingValue? {
        switch self {
        case .string: scalar.settingText
        case .secret: .secret(Secret(scalar.text))
        case .boolean: Bool(scalar.text).map { .boolean($0) }
        case .integer: Int(scalar.text).map { .integer($0) }
        case .number: ConfigurationText.number(scalar.text).map { .number($0) }
        case .duration: ConfigurationText.duration(scalar.text).map { .number($0.inSeconds) }
        case .list, .map: nil
        }
    }
}

extension SettingValue {
    /// A choice as an error lists it.
    fileprivate var written: String {
        switch self {
        case .string(let text): "\"\(text)\""
        case .integer(let number): "\(number)"
        case .number(let number): "\(number)"
        default: kind
        }
    }
}
