import ArgumentParser

/// The program.
@main
struct Root: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exporter-hub",
        abstract: "Collects metrics with Lua plugins and serves them to Prometheus on one /metrics.",
        discussion: """
            Without a subcommand the hub serves. Every plugin in the plugin folders that needs no settings runs; \
            hub.yml says the rest. See `exporter-hub help serve`.
            """,
        version: Version.program,
        subcommands: [Serve.self, Run.self, Check.self, TestCases.self, RelayCommand.self],
        defaultSubcommand: Serve.self
    )

    /// As ArgumentParser's own, but that the server is confined before anything starts a second thread.
    static func main() async {
        do {
            var command = try parseAsRoot()
            (command as? Serve)?.confine()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            exit(withError: error)
        }
    }
}

/// Options that all commands have.
struct CommonOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: ArgumentHelp("Configuration file.", valueName: "hub.yml"))
    var config: String?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            """
            Folder with plugins; may be given several times, later ones go over earlier ones. Default: plugin_dirs of \
            the configuration, or the plugins shipped with the program.
            """,
            valueName: "dir"
        )
    )
    var plugins: [String] = []

    @Option(help: ArgumentHelp("trace, debug, info, notice, warning or error.", valueName: "level"))
    var logLevel: LogConfiguration.Level?

    /// The configuration with these options over it.
    func load() throws -> HubConfiguration {
        var configuration = try config.map { try HubConfiguration.load(path: $0) } ?? .default
        if !plugins.isEmpty { configuration.pluginDirectories = plugins }
        if let logLevel { configuration.log.level = logLevel }
        return configuration
    }

    /// The plugin folders, which must exist.
    func folders(_ configuration: HubConfiguration) throws -> PluginFolders {
        let directories = try configuration.pluginDirectories ?? [ShippedPlugins.directory()]
        for directory in directories where !isDirectory(directory) {
            throw CommandError("plugin folder \(directory) does not exist")
        }
        return PluginFolders(directories: directories)
    }
}

extension LogConfiguration.Level: ExpressibleByArgument {}

/// What a command gives up with; printed as it is.
struct CommandError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
