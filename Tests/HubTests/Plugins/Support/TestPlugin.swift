import Exposition
import NIOCore
import Synchronization

@testable import Hub

/// A plugin made of source texts, on a runtime of its own.
final class TestPlugin: Sendable {
    /// First line of a script that needs nothing.
    static let declaration = "plugin { help = 'Test.' } "

    let loaded: LoadedPlugin
    let log: RecordedLog
    private let runtime: PluginRuntime
    private let lastRun = Mutex(0)

    /// Loads the plugin `test`; throws what a load error says.
    ///
    /// `files` are those beside `init.lua`, by module.
    ///
    /// `configuration` is the text of hub.yml.
    init(
        _ source: String,
        files: [String: String] = [:],
        configuration: String = "",
        environment: [String: String] = [:],
        resolver: any AddressResolver = SystemResolver(),
        tape: TapeMode? = nil
    ) async throws {
        let chunk = files.isEmpty ? "test.lua" : "test/init.lua"
        var parts = [PluginSource.File(module: "init", chunkName: chunk, text: Array(source.utf8))]
        for (module, text) in files {
            let path = module.replacing(".", with: "/")
            parts.append(.init(module: module, chunkName: "test/\(path).lua", text: Array(text.utf8)))
        }
        let log = RecordedLog()
        var environment = PluginEnvironment(
            configuration: try decodeConfiguration(configuration, environment: environment),
            logger: log.logger
        )
        environment.resolver = resolver
        environment.tape = tape
        let runtime = PluginRuntime(source: PluginSource(name: "test", path: "/plugins/test.lua", files: parts))
        self.runtime = runtime
        self.log = log
        let result = await withCheckedContinuation { continuation in
            runtime.load(environment) { continuation.resume(returning: $0) }
        }
        switch result {
        case .success(let loaded): self.loaded = loaded
        case .failure(let error):
            runtime.shutdown()
            throw error
        }
    }

    deinit { runtime.shutdown() }

    /// Returns when nothing of the plugin is left but its thread.
    func shutdown() async { try? await runtime.shutdown().get() }

    func collect(target: Int = 0) async -> CollectResult { await collect(.configured(target)) }

    func collect(_ subject: RunRequest.Subject, transcript: RunTranscript? = nil) async -> CollectResult {
        let request = RunRequest(RunKey(target: 0, run: nextRun()), subject, transcript: transcript)
        return await withCheckedContinuation { continuation in
            runtime.collect(request) { continuation.resume(returning: $0) }
        }
    }

    /// What the plugin takes.
    var memory: HostMemory { runtime.memory }

    /// Collects, and cancels the run once the script has logged `text`, after `look`.
    func collect(
        target: Int = 0,
        cancellingAt text: String,
        _ look: (HostMemory) -> Void = { _ in }
    ) async -> CollectResult {
        let key = RunKey(target: target, run: nextRun())
        async let result = withCheckedContinuation { continuation in
            runtime.collect(RunRequest(key)) { continuation.resume(returning: $0) }
        }
        await log.wait(for: text)
        look(memory)
        runtime.cancel(key)
        return await result
    }

    private func nextRun() -> Int {
        lastRun.withLock {
            $0 += 1
            return $0
        }
    }
}

extension CollectResult {
    /// The exposition, or `reason: message` of the failure.
    var text: String {
        switch outcome {
        case .failure(let failure): return "\(failure.reason.rawValue): \(failure.message)"
        case .success(let families):
            let merged = merge([Contribution(source: "test", families: families)])
            return String(decoding: encode(merged, as: .text), as: UTF8.self)
        }
    }

    /// The lines of the exposition that are samples, or the failure.
    var samples: [String] {
        text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
    }

    var reason: FailureReason? {
        if case .failure(let failure) = outcome { failure.reason } else { nil }
    }
}

extension TestPlugin {
    /// What a plugin without configuration has after one collect, or why it failed or was not loaded.
    static func samples(_ source: String, configuration: String = "") async throws -> [String] {
        do {
            return try await TestPlugin(source, configuration: configuration).collect().samples
        } catch let error as PluginError {
            return ["load: \(error)"]
        }
    }

    /// As `samples`, for the body of `collect`; `top` stands on the line of the declaration.
    static func samples(top: String = "", collecting body: String) async throws -> [String] {
        try await samples("\(declaration) \(top)\nfunction collect(target)\n\(body)\nend")
    }
}
