import ArgumentParser
import Exposition
import FoundationEssentials
import Glibc
import Logging
import NIOCore
import NIOPosix

/// Collects one plugin once.
struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run one plugin once and print what it exposes.",
        discussion: """
            The samples go to standard output, problems to standard error. The exit code is 1 when the plugin fails.
              exporter-hub run node --set collectors.filesystem=false
              exporter-hub run ./my_plugin.lua
            """
    )

    @Argument(help: "Name of a plugin in the plugin folders, or the path of a file or folder.")
    var plugin: String

    @Option(
        help: ArgumentHelp(
            "Setting of the plugin, over those of the configuration; dots lead into maps. May be given several times.",
            valueName: "key=value"
        )
    )
    var set: [String] = []

    @Option(
        help: ArgumentHelp(
            "Target, instead of those of the configuration. May be given several times.",
            valueName: "address"
        )
    )
    var target: [String] = []

    @Option(help: ArgumentHelp("Seconds the plugin may take.", valueName: "seconds"))
    var timeout = 10.0

    @Option(
        help: ArgumentHelp(
            "Store every exchange of the run in this folder as a case for `exporter-hub test`, with secrets blanked.",
            valueName: "dir"
        )
    )
    var record: String?

    @OptionGroup var options: CommonOptions

    func run() async throws {
        Platform.prepare()
        var configuration = try options.load()
        let directories = try? options.folders(configuration)
        let (folders, entry) = try (directories ?? PluginFolders(directories: [])).find(plugin)
        if !target.isEmpty {
            var changed = configuration.plugin(entry.name)
            changed.targets = target.map {
                TargetConfiguration(address: $0, name: TargetConfiguration.name(for: $0), line: 0)
            }
            configuration.plugins[entry.name] = changed
        }
        var environment = PluginEnvironment(
            configuration: configuration,
            options: set,
            variables: ProcessInfo.processInfo.environment,
            logger: .hub(configuration, level: options.logLevel == nil ? .warning : nil)
        )
        if record != nil { environment.tape = .record }
        let job = PluginJob(source: try folders.read(entry), environment: environment)
        let failures = try await job.collect(within: TimeAmount(seconds: timeout)) { merged in
            Output.write(encode(merged, as: .text), to: STDOUT_FILENO)
        } recorded: { recording in
            guard let record else { return }
            try await save(recording, job, in: record)
        }
        for failure in failures { Output.write(Array("\(failure)\n".utf8), to: STDERR_FILENO) }
        // A thread that hangs in the kernel must not keep the program from ending.
        Glibc.exit(failures.isEmpty ? 0 : 1)
    }

    /// Writes the case down, and what it comes to when it is replayed.
    private func save(_ recording: Recording, _ job: PluginJob, in path: String) async throws {
        let plugin = job.source.name
        let recorded = RecordedCase(path: path)
        let configuration = CaseConfiguration(
            plugin: plugin,
            configuration: job.environment.configuration.plugin(plugin),
            options: job.environment.options,
            recording: recording
        )
        try recorded.save(recording.run, configuration: configuration.text)
        try await CaseRun(recorded, job.source, isUpdate: true).run()
    }
}

/// One plugin outside of the server.
struct PluginJob {
    let source: PluginSource
    let environment: PluginEnvironment

    /// Loads the plugin; throws when it cannot be loaded.
    func load() async throws(PluginError) -> (PluginRuntime, LoadedPlugin) {
        let runtime = PluginRuntime(source: source)
        let promise = MultiThreadedEventLoopGroup.singleton.next().makePromise(
            of: Result<LoadedPlugin, PluginError>.self
        )
        runtime.load(environment) { promise.succeed($0) }
        guard let result = try? await promise.futureResult.get() else { throw .load("\(source.path): not loaded") }
        return (runtime, try result.get())
    }

    /// Collects all targets, hands over the samples, and answers the failures.
    ///
    /// `recorded` gets the exchanges where the environment asks for a recording.
    func collect(
        within limit: TimeAmount,
        _ output: (MergedExposition) -> Void,
        recorded: (Recording) async throws -> Void = { _ in }
    ) async throws -> [String] {
        let (runtime, loaded) = try await load()
        let targets = environment.configuration.plugin(source.name).targets
        if targets.isEmpty, loaded.needsTargets {
            throw CommandError("\(source.name): needs a target; use --target or the configuration")
        }
        var families: [FamilyBlock] = []
        var failures: [String] = []
        for index in 0..<max(1, targets.count) {
            switch await collect(runtime, index, limit) {
            case .success(let blocks): families += blocks
            case .failure(let failure):
                let name = index < targets.count ? "\(source.name) (\(targets[index].name))" : source.name
                failures.append("\(name): \(failure.reason.rawValue): \(failure.message)")
            }
        }
        let merged = merge([Contribution(source: source.name, families: families)])
        for conflict in merged.conflicts {
            failures.append("\(source.name): \(conflict.family): \(conflict.reason.rawValue) conflict")
        }
        output(merged)
        let recording = await runtime.recording()
        await shutdown(runtime)
        if let recording { try await recorded(recording) }
        return failures
    }

    /// Takes leave of what the plugin is connected to; a thread that hangs in the kernel is not waited for.
    private func shutdown(_ runtime: PluginRuntime) async {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let promise = loop.makePromise(of: Void.self)
        let timer = loop.scheduleTask(in: .seconds(1)) { promise.succeed() }
        runtime.shutdown().whenComplete { _ in promise.succeed() }
        try? await promise.futureResult.get()
        timer.cancel()
    }

    private func collect(
        _ runtime: PluginRuntime,
        _ target: Int,
        _ limit: TimeAmount
    ) async -> Result<[FamilyBlock], RunFailure> {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let promise = loop.makePromise(of: Result<[FamilyBlock], RunFailure>.self)
        let key = RunKey(target: target, run: 1)
        let timer = loop.scheduleTask(in: limit) {
            runtime.cancel(key)
            promise.succeed(.failure(.init(reason: .timeout, message: "no result within \(limit.inSeconds) s")))
        }
        runtime.collect(RunRequest(key)) { result in promise.succeed(result.outcome) }
        let outcome = try? await promise.futureResult.get()
        timer.cancel()
        return outcome ?? .failure(.init(reason: .abort, message: "no result"))
    }
}

/// Writes whole buffers to a descriptor.
enum Output {
    static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            start += count
        }
    }
}
