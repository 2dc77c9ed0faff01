extension PluginConfiguration {
    /// Longer than this is a plugin switched off, and more likely a wrong unit.
    private static let longest = Duration.seconds(30 * 86_400)

    /// What is wrong with the name of a plugin, which is also the name of its file; nil when nothing is.
    static func problem(withName name: String) -> String? {
        let isPlain = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
        guard isPlain, let first = name.first, first != "-" else {
            return "must consist of letters, digits, _ and - and not start with -"
        }
        return nil
    }

    /// Decodes `name: {...}`; wrong parts are reported and keep their defaults.
    init(_ entry: YAMLEntry, limits: PluginLimits, in context: DecodingContext) {
        self.init(limits: limits, line: entry.line)
        let name = "plugins.\(entry.key)"
        guard var keys = MappingDecoder(entry.value, named: name, line: entry.line, in: context) else { return }
        enabled = keys.boolean("enabled") ?? enabled
        interval = keys.amount("interval", .duration, .positive(to: Self.longest))
        maxAge = keys.amount("max_age", .duration, .positive(to: Self.longest))
        settings = keys.settings("settings")
        targets = keys.targets("targets")
        targetLabel = keys.targetLabel("target_label", of: targets) ?? targetLabel
        probe.decode(keys.map("probe"))
        self.limits.decode(keys.map("limits"))
        allow.decode(keys.map("allow"))
        keys.finish()
    }
}

extension AllowConfiguration {
    fileprivate mutating func decode(_ decoder: MappingDecoder?) {
        guard var keys = decoder else { return }
        files = keys.texts("files") { $0.hasPrefix("/") ? nil : "must be an absolute path" }
        network = keys.texts("network")
        exec = keys.texts("exec")
        keys.finish()
    }
}

extension MappingDecoder {
    /// A map of settings with references replaced, its types unchecked.
    fileprivate mutating func settings(_ key: String) -> YAMLNode? {
        guard let entry = entry(key) else { return nil }
        guard entry.value.entries != nil else {
            context.report(entry.line, "\(key) must be a map, got \(entry.value.summary)")
            return nil
        }
        return entry.value.isNull ? nil : context.resolve(entry.value)
    }

    fileprivate mutating func targets(_ key: String) -> [TargetConfiguration] {
        guard let entry = entry(key) else { return [] }
        guard case .sequence(let items) = entry.value.content else {
            context.report(entry.line, "\(key) must be a list, got \(entry.value.summary)")
            return []
        }
        var targets: [TargetConfiguration] = []
        var lines: [String: Int] = [:]
        for item in items {
            guard let target = target(item) else { continue }
            if let first = lines[target.name] {
                let advice = "give one of them another name"
                context.report(
                    item.line,
                    "target \(ConfigurationText.quote(target.name)) is already given in line \(first), \(advice)"
                )
            }
            lines[target.name] = lines[target.name] ?? target.line
            targets.append(target)
        }
        return targets
    }

    /// Whether samples bear the label `target`; they must unless other labels tell the targets apart.
    fileprivate mutating func targetLabel(_ key: String, of targets: [TargetConfiguration]) -> Bool? {
        guard let entry = entry(key), let value = boolean(key) else { return nil }
        guard !value else { return true }
        var seen: [[String: String]: TargetConfiguration] = [:]
        for target in targets {
            guard let first = seen.updateValue(target, forKey: target.labels) else { continue }
            let names = [first, target].map { "\(ConfigurationText.quote($0.name)) (line \($0.line))" }
            context.report(
                entry.line,
                "\(key) must be true, for targets \(names.joined(separator: " and ")) have the same labels"
            )
            return nil
        }
        return false
    }

    /// A target is an address or a map with one.
    private func target(_ node: YAMLNode) -> TargetConfiguration? {
        switch node.content {
        case .scalar:
            guard let address = address(node) else { return nil }
            return named(TargetConfiguration(address: address.text, name: "", line: node.line), address)
        case .sequence:
            context.report(node.line, "a target must be an address or a map, got a list")
            return nil
        case .mapping:
            let keys = MappingDecoder(node, named: "a target", line: node.line, in: context)
            return keys.flatMap { target($0, line: node.line) }
        }
    }

    private func target(_ decoder: MappingDecoder, line: Int) -> TargetConfiguration? {
        var keys = decoder
        var target = TargetConfiguration(address: "", name: "", line: line)
        let entry = keys.entry("address")
        let name = keys.text("name")
        target.labels = keys.labels("labels", reserved: ["target"]) ?? [:]
        target.settings = keys.settings("settings")
        keys.finish()
        guard let entry else {
            context.report(line, "a target must have an address")
            return nil
        }
        guard let address = address(entry.value) else { return nil }
        target.address = address.text
        target.isAddressSecret = address.isSecret
        guard let name else { return named(target, address) }
        target.name = name
        return target
    }

    /// Gives a target the name its address implies; the name is published, so a secret address cannot be one.
    private func named(_ target: TargetConfiguration, _ address: YAMLScalar) -> TargetConfiguration? {
        guard !address.isSecret else {
            context.report(target.line, "a target with a reference in its address must have a name, which is published")
            return nil
        }
        var target = target
        target.name = TargetConfiguration.name(for: target.address)
        return target
    }

    private func address(_ node: YAMLNode) -> YAMLScalar? {
        guard case .scalar(let scalar) = node.content, !scalar.isNull, !scalar.text.isEmpty else {
            let found = node.summary == "\"\"" ? "nothing" : node.summary
            context.report(node.line, "the address of a target must be text, got \(found)")
            return nil
        }
        guard let address = context.resolve(scalar, line: node.line, isPrivate: true) else { return nil }
        if let password = TargetConfiguration.password(in: address.text) { context.remember(secret: password) }
        return address
    }
}
