/// Everything hub.yml says, checked; a value that exists is valid.
///
/// The values given here are the defaults, and the only place where they stand.
struct HubConfiguration: Sendable, Equatable {
    /// Grants what plugins declare, or only what hub.yml lists.
    enum Permissions: String, Sendable, CaseIterable {
        case declared
        case explicit
    }

    /// The file this was read from, as the user named it; nil without a file.
    var path: String?
    /// Listen addresses as written; their syntax belongs to the server.
    var listen: [String] = [":10100"]
    /// Folders with plugins, relative ones already joined to the folder of hub.yml; nil means the shipped plugins.
    var pluginDirectories: [String]?
    /// Labels on samples that leave the hub by other ways than its own `/metrics`.
    var externalLabels: [String: String] = [:]
    /// Folder of what must survive a restart, already joined to the folder of hub.yml.
    var stateDirectory = "state"
    var permissions = Permissions.declared
    /// Whether the kernel is asked to confine the process and the plugins' threads (Landlock, no_new_privs).
    var confinement = true
    var push = PushConfiguration()
    /// Relays that the hub lets itself be scraped through.
    var relays: [RelayConfiguration] = []
    var log = LogConfiguration()
    var scrape = ScrapeConfiguration()
    var reload = ReloadConfiguration()
    /// What a plugin without limits of its own gets.
    var limits = PluginLimits()
    var remoteWrite = RemoteWriteConfiguration()
    /// What hub.yml says by plugin name; plugins that are not named run too, so ask `plugin(_:)`.
    var plugins: [String: PluginConfiguration] = [:]
    /// The texts that references in settings and addresses stood for.
    var secrets = SecretRegistry()

    /// What holds without a hub.yml.
    static let `default` = HubConfiguration()

    /// What an empty hub.yml at this path means.
    static func `default`(beside path: String) -> HubConfiguration {
        var configuration = HubConfiguration.default
        configuration.path = path
        configuration.stateDirectory = join(configuration.stateDirectory, beside: path)
        return configuration
    }

    /// The configuration of a plugin, whether hub.yml names it or not.
    func plugin(_ name: String) -> PluginConfiguration {
        plugins[name] ?? PluginConfiguration(limits: limits)
    }

    /// A relative path as seen from the folder of the configuration file.
    static func join(_ relative: String, beside path: String) -> String {
        guard !relative.hasPrefix("/"), let slash = path.lastIndex(of: "/") else { return relative }
        return path[...slash] + relative
    }
}

/// What is logged and how.
struct LogConfiguration: Sendable, Equatable {
    /// The names are those of swift-log.
    enum Level: String, Sendable, CaseIterable {
        case trace
        case debug
        case info
        case notice
        case warning
        case error
    }

    enum Format: String, Sendable, CaseIterable {
        case text
        case json
    }

    var level = Level.info
    var format = Format.text
}

/// How long a scrape may take.
struct ScrapeConfiguration: Sendable, Equatable {
    /// For a client that does not say how long it waits.
    var timeout = Duration.seconds(10)
    /// Subtracted from what the client waits, so that the answer arrives in time.
    var timeoutMargin = Duration.milliseconds(500)
    /// The longest a client may ask for.
    var maxTimeout = Duration.seconds(120)
}

/// How changed plugins are noticed.
struct ReloadConfiguration: Sendable, Equatable {
    /// Time between two looks at the plugin folders; zero means never.
    var interval = Duration.seconds(1)
}

/// What one plugin may use up; breaking a limit ends the run.
struct PluginLimits: Sendable, Equatable {
    /// Bytes of the Lua state, and of what the host holds for it.
    var memory = 32 << 20
    /// Time on the processor in one run, by the clock of the plugin's thread.
    var cpu = Duration.milliseconds(250)
    /// Samples of one run.
    var samples = 10_000
    /// Bytes of exposition of one run.
    var bytes = 1 << 20
    /// Bytes of one file the plugin reads.
    var fileSize = 8 << 20
    /// Bytes of one HTTP response, of one answer on a connection, of one program's output.
    var responseSize = 8 << 20
    /// Bytes of all answers of agents by SNMP that the plugin waits for, or has not taken yet.
    var snmpSize = 64 << 20
    /// Connections that are open at once.
    var connections = 1_000
    /// Connections of HTTP that are kept open without a request.
    var idleConnections = 100
    /// Bytes of one source file.
    var source = 64 << 10
    /// Runs of the plugin's targets at the same time; further ones wait for their turn.
    var concurrency = 100
}
