extension SettingsReader {
    /// The setting that a `key=value` from the command line gives; nil after a report.
    ///
    /// Dots lead into maps; a list is written with commas. No error shows the value of a secret.
    mutating func fields(of option: String, _ schema: SettingsSchema, resolver: SecretResolver) -> SettingValue? {
        guard let equals = option.firstIndex(of: "="), equals != option.startIndex else {
            report(option: option, "must be written key=value")
            return nil
        }
        let key = String(option[..<equals])
        do {
            let resolved = try resolver.resolve(String(option[equals...].dropFirst()))
            let scalar = YAMLScalar(text: resolved.text, style: .quoted, isSecret: resolved.isSecret)
            return .map(try schema.fields(at: Substring(key), prefix: "", scalar))
        } catch {
            for problem in error.problems { report(option: key, problem.text) }
            return nil
        }
    }
}

extension SettingsSchema {
    fileprivate func fields(
        at key: Substring,
        prefix: String,
        _ scalar: YAMLScalar
    ) throws(ConfigurationError) -> [String: SettingValue] {
        let name = String(key.prefix { $0 != "." })
        let rest = key.dropFirst(name.count + 1)
        guard let setting = settings[name] else { throw ConfigurationError(unknown(name, prefix: prefix)) }
        switch setting.type {
        case .map(let fields?) where !rest.isEmpty:
            return [name: .map(try fields.fields(at: rest, prefix: "\(prefix)\(name).", scalar))]
        case .map(nil) where !rest.isEmpty:
            return [name: .map([String(rest): scalar.settingText])]
        case .map:
            throw ConfigurationError("setting \"\(prefix)\(name)\" is a map, add a dot and the name of a field")
        default:
            guard key.count == name.count else {
                throw ConfigurationError("setting \"\(prefix)\(name)\" is not a map and has no field \"\(rest)\"")
            }
        }
        return [name: try setting.value(ofOption: scalar, name: "\(prefix)\(name)")]
    }
}

extension Setting {
    fileprivate func value(ofOption scalar: YAMLScalar, name: String) throws(ConfigurationError) -> SettingValue {
        if type == .list {
            let items = scalar.text.split(separator: ",", omittingEmptySubsequences: true)
            return .list(
                items.map { YAMLScalar(text: String($0), style: .quoted, isSecret: scalar.isSecret).settingText }
            )
        }
        do {
            return try value(of: scalar)
        } catch {
            throw ConfigurationError(
                error.problems.map { problem in
                    ConfigurationProblem(path: nil, line: nil, text: "setting \"\(name)\" \(problem.text)")
                }
            )
        }
    }
}
