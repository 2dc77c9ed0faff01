/// Where the settings of one plugin, or of one of its targets, come from.
struct SettingsSources: Sendable {
    var plugin: String
    /// The configuration file; nil without one.
    var path: String?
    /// Where a setting that is missing belongs.
    var line: Int?
    var settings: YAMLNode?
    /// Goes over `settings`.
    var targetSettings: YAMLNode?
    /// Pairs `key=value` from the command line, with dots between the names of nested settings; go over all else.
    var options: [String] = []
    /// Whether required settings may be missing, because each target gives its own.
    var isPartial = false
    /// For references in the options; those in the nodes are replaced already.
    var environment: [String: String] = [:]
}

extension HubConfiguration {
    /// Where hub.yml has the settings of a plugin, or of one of its targets.
    func settingsSources(plugin name: String, target: TargetConfiguration? = nil) -> SettingsSources {
        let plugin = plugins[name]
        return SettingsSources(
            plugin: name,
            path: path,
            line: target?.line ?? plugin?.line,
            settings: plugin?.settings,
            targetSettings: target?.settings
        )
    }

    /// The settings of a plugin and of each of its targets; a problem they share is reported once.
    ///
    /// With targets, a required setting may be missing from the plugin's own settings, never from a target's; not where
    /// `/probe` may ask for targets that have no settings of their own.
    func resolveSettings(
        of name: String,
        _ schema: SettingsSchema,
        options: [String] = [],
        environment: [String: String] = [:]
    ) throws(ConfigurationError) -> ResolvedSettings {
        let configuration = plugin(name)
        let targets = configuration.targets
        var problems: [ConfigurationProblem] = []
        var resolved: [[String: SettingValue]] = []
        for target in [nil] + targets.map(Optional.some) {
            var sources = settingsSources(plugin: name, target: target)
            sources.options = options
            sources.environment = environment
            sources.isPartial = target == nil && !targets.isEmpty && !configuration.probe.isOpen
            do {
                resolved.append(try schema.resolve(sources))
            } catch {
                problems += error.problems.filter { !problems.contains($0) }
            }
        }
        guard let own = resolved.first, problems.isEmpty else { throw ConfigurationError(problems) }
        return ResolvedSettings(plugin: own, targets: Array(resolved.dropFirst()))
    }
}

/// The checked settings of one plugin.
struct ResolvedSettings: Sendable, Equatable {
    var plugin: [String: SettingValue]
    /// In the order of the plugin's targets.
    var targets: [[String: SettingValue]]
}

extension SettingsSchema {
    /// The values a plugin gets: options over target over plugin over defaults.
    ///
    /// A setting without value and default is absent; a map with fields is always there. The error lists all problems.
    func resolve(_ sources: SettingsSources) throws(ConfigurationError) -> [String: SettingValue] {
        var reader = SettingsReader(path: sources.path, plugin: sources.plugin)
        var given = SettingValue.map([:])
        for node in [sources.settings, sources.targetSettings] {
            guard let node else { continue }
            given = given.overridden(by: .map(reader.fields(of: node, self, prefix: "")))
        }
        let resolver = SecretResolver(environment: sources.environment)
        for option in sources.options {
            guard let fields = reader.fields(of: option, self, resolver: resolver) else { continue }
            given = given.overridden(by: fields)
        }
        // A setting that was refused is not missing too.
        if reader.problems.isEmpty && !sources.isPartial {
            for name in missing(from: given) {
                reader.report(sources.line, "setting \"\(name)\" is required")
            }
        }
        guard reader.problems.isEmpty else { throw ConfigurationError(reader.problems) }
        return completed(given)
    }

    /// Names of required settings without a value, nested ones with dots, in alphabetical order.
    private func missing(from given: SettingValue?) -> [String] {
        settings.values.flatMap { setting -> [String] in
            let value = given?.field(setting.name)
            if case .map(let fields?) = setting.type {
                return fields.missing(from: value).map { "\(setting.name).\($0)" }
            }
            return setting.isRequired && value == nil ? [setting.name] : []
        }.sorted()
    }

    private func completed(_ given: SettingValue?) -> [String: SettingValue] {
        settings.compactMapValues { setting in
            let value = given?.field(setting.name)
            if case .map(let fields?) = setting.type { return .map(fields.completed(value)) }
            return value ?? setting.defaultValue
        }
    }
}

extension SettingValue {
    fileprivate func field(_ name: String) -> SettingValue? {
        guard case .map(let fields) = self else { return nil }
        return fields[name]
    }
}
