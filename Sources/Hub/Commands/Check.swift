import ArgumentParser
import Exposition
import Glibc
import Logging

/// Checks the configuration and every plugin.
struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check the configuration and load every plugin.",
        discussion: """
            Prints what each plugin may touch, and problems with file and line. The exit code is 1 if there are any.
            """
    )

    @OptionGroup var options: CommonOptions

    @Option(
        help: ArgumentHelp(
            "Check this configuration of `exporter-hub relay`, and nothing else.",
            valueName: "relay.yml"
        )
    )
    var relay: String?

    func validate() throws {
        guard relay != nil, options.config != nil || !options.plugins.isEmpty else { return }
        throw ValidationError("--relay is checked by itself: leave --config and --plugins out")
    }

    func run() async throws {
        Platform.prepare()
        if let relay {
            finish(problems: ProxyConfiguration.problems(path: relay), checked: "configuration of the relay")
        }
        var problems: [String] = []
        let configuration: HubConfiguration
        do {
            configuration = try options.load()
        } catch {
            finish(problems: "\(error)".split(separator: "\n").map(String.init), checked: "")
        }
        for address in configuration.listen {
            do { _ = try ListenAddress(address) } catch { problems.append("\(error)") }
        }
        let folders = try options.folders(configuration)
        let entries = folders.scan().values.sorted { $0.name < $1.name }
        problems += configuration.unusedPlugins(known: Set(entries.map(\.name)))
        // Read before any plugin is loaded: a thread that a confined one starts is confined, too.
        let sources = entries.filter { configuration.plugin($0.name).enabled }.map { entry in
            (entry.name, Result { () throws(PluginError) in try folders.read(entry) })
        }
        for (name, source) in sources { problems += await self.problems(of: source, name, configuration) }
        finish(problems: problems, checked: "configuration and \(entries.count) plugins")
    }

    private func problems(
        of source: Result<PluginSource, PluginError>,
        _ name: String,
        _ configuration: HubConfiguration
    ) async -> [String] {
        let environment = PluginEnvironment(configuration: configuration, logger: .hub(configuration, level: .critical))
        do throws(PluginError) {
            let (runtime, loaded) = try await PluginJob(source: source.get(), environment: environment).load()
            runtime.shutdown()
            show(loaded.grants, of: name)
            return []
        } catch {
            return ["\(name): \(error)"]
        }
    }

    private func show(_ grants: GrantList, of name: String) {
        let lines = grants.lines.isEmpty ? [("nothing", "")] : grants.lines
        for (kind, text) in lines {
            Output.write(Array("\(name): \(kind)\(text.isEmpty ? "" : ": \(text)")\n".utf8), to: STDOUT_FILENO)
        }
    }

    private func finish(problems: [String], checked: String) -> Never {
        for problem in problems { Output.write(Array("\(problem)\n".utf8), to: STDERR_FILENO) }
        if problems.isEmpty {
            Output.write(Array("ok: \(checked)\n".utf8), to: STDOUT_FILENO)
        }
        Glibc.exit(problems.isEmpty ? 0 : 1)
    }
}

extension HubConfiguration {
    /// Plugins that the configuration names and no folder has.
    func unusedPlugins(known: Set<String>) -> [String] {
        plugins.keys.filter { !known.contains($0) }.sorted().map { name in
            let line = plugins[name]?.line.map { ":\($0)" } ?? ""
            return "\(path ?? "")\(line): no plugin \"\(name)\" in the plugin folders"
        }
    }
}

extension ProxyConfiguration {
    /// What would keep a relay with this file from starting, but for addresses that are in use.
    static func problems(path: String) -> [String] {
        let configuration: ProxyConfiguration
        do {
            configuration = try load(path: path)
        } catch {
            return error.problems.map(\.description)
        }
        var problems: [String] = []
        for address in configuration.listen {
            do { _ = try ListenAddress(address) } catch { problems.append("\(path): \(error)") }
        }
        do { _ = try configuration.tls?.context(protocols: []) } catch { problems.append("\(path): \(error)") }
        return problems
    }
}
