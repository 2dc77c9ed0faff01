import FoundationEssentials

extension HubConfiguration {
    /// Reads and checks a configuration file; the error lists all that is wrong with it.
    static func load(
        path: String,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(ConfigurationError) -> HubConfiguration {
        try HubConfiguration(YAMLDocument.load(path: path), environment: environment)
    }

    /// Checks a parsed file; relative folders are those beside its path.
    init(_ document: YAMLDocument, environment: [String: String]) throws(ConfigurationError) {
        self = HubConfiguration.default(beside: document.path)
        let context = DecodingContext(
            path: document.path,
            resolver: SecretResolver(environment: environment),
            problems: document.duplicates
        )
        if let root = document.root,
            var keys = MappingDecoder(root, named: "the configuration", line: root.line, in: context)
        {
            decode(&keys, beside: document.path)
            decodePlugins(&keys, in: context)
            keys.finish()
        }
        secrets = context.secrets
        guard context.problems.isEmpty else { throw ConfigurationError(context.problems) }
    }

    private mutating func decode(_ keys: inout MappingDecoder, beside path: String) {
        if let listen = keys.texts("listen", isRequired: true) { self.listen = listen }
        if let folders = keys.texts("plugin_dirs", isRequired: true) {
            pluginDirectories = folders.map { Self.join($0, beside: path) }
        }
        if let labels = keys.labels("external_labels") { externalLabels = labels }
        if let folder = keys.text("state_dir") { stateDirectory = Self.join(folder, beside: path) }
        permissions = keys.choice("permissions") ?? permissions
        confinement = keys.boolean("confinement") ?? confinement
        push.decode(keys.map("push"))
        relays = keys.relays("relay", beside: path)
        log.decode(keys.map("log"))
        scrape.decode(keys.map("scrape"))
        reload.decode(keys.map("reload"))
        limits.decode(keys.map("limits"))
        remoteWrite.decode(keys.map("remote_write"))
    }

    /// Comes after the limits, which every plugin inherits.
    private mutating func decodePlugins(_ keys: inout MappingDecoder, in context: DecodingContext) {
        guard let entry = keys.entry("plugins") else { return }
        guard let entries = entry.value.entries else {
            context.report(entry.line, "plugins must be a map, got \(entry.value.summary)")
            return
        }
        for plugin in entries {
            if let problem = PluginConfiguration.problem(withName: plugin.key) {
                context.report(plugin.line, "plugin name \(ConfigurationText.quote(plugin.key)) \(problem)")
            }
            plugins[plugin.key] = PluginConfiguration(plugin, limits: limits, in: context)
        }
    }
}

extension LogConfiguration {
    mutating func decode(_ decoder: MappingDecoder?) {
        guard var keys = decoder else { return }
        level = keys.choice("level") ?? level
        format = keys.choice("format") ?? format
        keys.finish()
    }
}

extension ScrapeConfiguration {
    /// Nobody waits longer for a scrape.
    private static let longest = Duration.seconds(3600)

    /// A default that does not fit under a given value gives way to it.
    fileprivate mutating func decode(_ decoder: MappingDecoder?) {
        guard var keys = decoder else { return }
        maxTimeout = keys.amount("max_timeout", .duration, .positive(to: Self.longest)) ?? maxTimeout
        timeout = keys.amount("timeout", .duration, .positive(to: maxTimeout)) ?? min(timeout, maxTimeout)
        let margin = keys.amount("timeout_margin", .duration, .notNegative(to: timeout))
        timeoutMargin = margin ?? min(timeoutMargin, timeout)
        keys.finish()
    }
}

extension ReloadConfiguration {
    private static let longest = Duration.seconds(86_400)

    fileprivate mutating func decode(_ decoder: MappingDecoder?) {
        guard var keys = decoder else { return }
        interval = keys.amount("interval", .duration, .notNegative(to: Self.longest)) ?? interval
        keys.finish()
    }
}

extension PluginLimits {
    /// Far above any sensible limit; they catch a wrong unit.
    private static let most = PluginLimits(
        memory: 4 << 30,
        cpu: .seconds(60),
        samples: 10_000_000,
        bytes: 1 << 30,
        fileSize: 1 << 30,
        responseSize: 1 << 30,
        snmpSize: 8 << 30,
        connections: 100_000,
        idleConnections: 100_000,
        source: 16 << 20,
        concurrency: 10_000
    )

    mutating func decode(_ decoder: MappingDecoder?) {
        guard var keys = decoder else { return }
        let most = Self.most
        memory = keys.amount("memory", .bytes, .positive(to: most.memory)) ?? memory
        cpu = keys.amount("cpu", .duration, .positive(to: most.cpu)) ?? cpu
        samples = keys.amount("samples", .count, .positive(to: most.samples)) ?? samples
        bytes = keys.amount("bytes", .bytes, .positive(to: most.bytes)) ?? bytes
        fileSize = keys.amount("file_size", .bytes, .positive(to: most.fileSize)) ?? fileSize
        responseSize = keys.amount("response_size", .bytes, .positive(to: most.responseSize)) ?? responseSize
        snmpSize = keys.amount("snmp_size", .bytes, .positive(to: most.snmpSize)) ?? snmpSize
        connections = keys.amount("connections", .count, .positive(to: most.connections)) ?? connections
        let idle = keys.amount("idle_connections", .count, .notNegative(to: most.idleConnections))
        idleConnections = idle ?? idleConnections
        source = keys.amount("source", .bytes, .positive(to: most.source)) ?? source
        concurrency = keys.amount("concurrency", .count, .positive(to: most.concurrency)) ?? concurrency
        keys.finish()
    }
}
