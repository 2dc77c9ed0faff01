/// Writes the part of a configuration that a recorded run needs as a hub.yml, in YAML's flow style.
struct CaseConfiguration {
    /// Stands for every secret; what is recorded has them blanked, so that any text will do.
    static let secret = "recorded-secret"

    let plugin: String
    let configuration: PluginConfiguration
    /// From the command line, `key=value`.
    let options: [String]
    let recording: Recording

    var text: String {
        var lines = ["# Recorded by exporter-hub run --record; secrets are replaced.", "plugins:", "  \(plugin):"]
        var named = MentionedSettings(configuration.settings)
        for option in options { named.insert(option.prefix { $0 != "=" }) }
        if let settings = flow(named, recording.settings.plugin, recording.schema) {
            lines.append("    settings: \(settings)")
        }
        if !configuration.targetLabel { lines.append("    target_label: false") }
        if !configuration.targets.isEmpty { lines.append("    targets:") }
        for (index, target) in configuration.targets.enumerated() {
            lines.append("      - address: \(quote(target.address))")
            lines.append("        name: \(quote(target.name))")
            if !target.labels.isEmpty {
                let labels = target.labels.sorted { $0.key < $1.key }.map { "\($0.key): \(quote($0.value))" }
                lines.append("        labels: {\(labels.joined(separator: ", "))}")
            }
            let values = recording.settings.targets[index]
            if let settings = flow(MentionedSettings(target.settings), values, recording.schema) {
                lines.append("        settings: \(settings)")
            }
        }
        lines.append("    limits: {samples: \(configuration.limits.samples), bytes: \(configuration.limits.bytes)}")
        return lines.joined(separator: "\n") + "\n"
    }

    /// The values of the settings that are named; nil when there are none.
    private func flow(
        _ named: MentionedSettings,
        _ values: [String: SettingValue],
        _ schema: SettingsSchema?
    ) -> String? {
        let fields = named.fields.sorted { $0.key < $1.key }.compactMap { name, nested in
            values[name].map { "\(quote(name)): \(flow($0, nested, schema?.settings[name]?.type))" }
        }
        return fields.isEmpty ? nil : "{\(fields.joined(separator: ", "))}"
    }

    private func flow(_ value: SettingValue, _ named: MentionedSettings, _ type: SettingType?) -> String {
        switch value {
        case .string(let text): quote(text)
        case .secret: quote(Self.secret)
        case .boolean(let flag): "\(flag)"
        case .integer(let number): "\(number)"
        case .number(let seconds) where type == .duration: quote(ConfigurationText.format(.seconds(seconds)))
        case .number(let number): "\(number)"
        case .list(let items): "[\(items.map { flow($0, MentionedSettings(nil), nil) }.joined(separator: ", "))]"
        case .map(let fields): flow(named, fields, type?.fields) ?? "{}"
        }
    }

    private func quote(_ text: String) -> String {
        let shown = recording.secrets.redact(text) == text ? text : Self.secret
        let escaped = shown.reduce(into: "") { result, character in
            switch character {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            default: result.append(character)
            }
        }
        return "\"\(escaped)\""
    }
}

/// The settings that somebody has given, by name; those in maps below.
struct MentionedSettings {
    private(set) var fields: [String: MentionedSettings] = [:]

    init(_ node: YAMLNode?) {
        for entry in node?.entries ?? [] { fields[entry.key] = MentionedSettings(entry.value) }
    }

    /// Adds a path with dots.
    mutating func insert(_ path: Substring) {
        let name = String(path.prefix { $0 != "." })
        guard !name.isEmpty else { return }
        fields[name, default: MentionedSettings(nil)].insert(path.dropFirst(name.count + 1))
    }
}

/// What a plugin that was recorded leaves for the case.
struct Recording: Sendable {
    let run: RecordedRun
    let settings: ResolvedSettings
    /// What the settings are.
    let schema: SettingsSchema
    let secrets: SecretRegistry
}
