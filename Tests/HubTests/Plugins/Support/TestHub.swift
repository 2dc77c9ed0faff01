import Exposition
import NIOCore
import NIOPosix

@testable import Hub

/// A hub without a server, with one plugin `test` on disk.
struct TestHub {
    let hub: ExporterHub
    let manager: PluginManager
    let log: RecordedLog
    private let tree: TemporaryTree

    /// Lets `body` use a hub that is shut down afterwards; `configuration` is what hub.yml says of the plugin.
    static func run(
        _ source: String,
        _ configuration: String,
        environment: [String: String] = [:],
        _ body: (TestHub) async throws -> Void
    ) async throws {
        let tree = try TemporaryTree()
        try tree.write("plugins/test.lua", source)
        let log = RecordedLog()
        let lines = configuration.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n")
        let decoded = try decodeConfiguration(
            "reload: { interval: 0 }\nplugins:\n  test:\n\(lines)",
            environment: environment
        )
        let manager = try await PluginManager.make(
            environment: PluginEnvironment(configuration: decoded, logger: log.logger),
            folders: PluginFolders(directories: [tree.path("plugins")]),
            on: MultiThreadedEventLoopGroup.singleton.next()
        )
        _ = await manager.start()
        let hub = ExporterHub(
            manager: manager,
            configuration: decoded,
            listen: [],
            parts: HubParts(http: HTTPMetrics()),
            logger: log.logger
        )
        try await body(TestHub(hub: hub, manager: manager, log: log, tree: tree))
        await manager.shutdown()
    }

    /// Replaces the plugin.
    func rewrite(_ source: String) async throws {
        try tree.write("plugins/test.lua", source)
        _ = await manager.reload()
    }

    /// Returns when the plugin's report is as `condition` wants it.
    func wait(until condition: (PluginReport) -> Bool) async {
        while let report = await manager.reports().first, !condition(report) {
            try? await Task.sleep(for: .milliseconds(2))
        }
    }

    /// The targets of a scrape by how they went: `ok`, or the reason of the failure.
    func scrape(within limit: TimeAmount = .seconds(30)) async -> [String: [String]] {
        let parts = await manager.collect(["test"], deadline: .now() + limit).parts
        return Dictionary(grouping: parts) { $0.answer.failure?.reason.rawValue ?? "ok" }.mapValues { $0.map(\.target) }
    }

    /// The sample lines of a probe without the duration; or the status and the reason of a refusal; or the report.
    func probe(
        _ target: String,
        isDebug: Bool = false,
        within limit: Duration = .seconds(30)
    ) async -> [String] {
        let request = ProbeRequest(plugin: "test", target: target, isDebug: isDebug, timeout: limit)
        switch await hub.probe(request) {
        case .refused(let status, let reason): return ["\(status) \(reason)"]
        case .report(let text): return text.split(separator: "\n").map(String.init)
        case .answered(let merged, _):
            let text = String(decoding: encode(merged, as: .text), as: UTF8.self)
            return text.split(separator: "\n").map(String.init).filter {
                !$0.hasPrefix("#") && !$0.hasPrefix("probe_duration_seconds ")
            }
        }
    }

    /// The hub's own samples of a metric, as `{labels} value`.
    func metric(_ name: String) async -> [String] {
        let merged = await hub.scrape(ScrapeRequest()).merged
        let text = String(decoding: encode(merged, as: .text), as: UTF8.self)
        return text.split(separator: "\n").filter { $0.hasPrefix(name + "{") }.map { String($0.dropFirst(name.count)) }
    }
}
