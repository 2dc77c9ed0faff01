import Exposition
import NIOCore
import NIOPosix
import Testing

@testable import Hub

/// Plugins on disk behind the manager, as a scrape meets them.
@Suite struct PluginManagerTests {
    private let tree: TemporaryTree
    private let log = RecordedLog()

    init() throws { tree = try TemporaryTree() }

    private func withManager(_ body: (PluginManager) async throws -> Void) async throws {
        let manager = try await PluginManager.make(
            environment: PluginEnvironment(
                configuration: try decodeConfiguration("reload: { interval: 0s }"),
                logger: log.logger
            ),
            folders: PluginFolders(directories: [tree.path("plugins")]),
            on: MultiThreadedEventLoopGroup.singleton.next()
        )
        _ = await manager.start()
        try await body(manager)
        await manager.shutdown()
    }

    /// `plugin outcome samples` of each plugin that is asked.
    private func scrape(
        _ manager: PluginManager,
        _ plugins: [String] = [],
        within limit: TimeAmount = .seconds(30)
    ) async -> [String] {
        await manager.collect(plugins, deadline: .now() + limit).parts.map { part in
            let samples = part.answer.families.reduce(0) { $0 + $1.sampleCount }
            return "\(part.plugin) \(part.answer.failure?.reason.rawValue ?? "ok") \(samples)"
        }
    }

    private func write(_ name: String, _ body: String) throws {
        try tree.write(
            "plugins/\(name).lua",
            "\(TestPlugin.declaration) local m = gauge('\(name)', 'h') function collect() \(body) end"
        )
    }

    @Test func aFailingPluginLeavesTheOthersServed() async throws {
        try write("bad", "error('no')")
        try write("broken", "m(")
        try write("good", "m(1)")
        try await withManager { manager in
            #expect(await scrape(manager) == ["bad error 0", "broken load 0", "good ok 1"])
        }
    }

    @Test func aBrokenLimitCostsOneRun() async throws {
        try write(
            "burns",
            "state.n = (state.n or 0) + 1 if not state.isOld then state.isOld = true while true do end end m(1)"
        )
        try write("flaky", "if fs.exists then m(1) end")
        try await withManager { manager in
            #expect(await scrape(manager) == ["burns cpu 0", "flaky ok 1"])
            // The state is new, so the script burns again: the plugin goes on, and fails again by its own doing.
            #expect(await scrape(manager) == ["burns cpu 0", "flaky ok 1"])
            #expect(await manager.reports().first?.rebuilds ?? 0 >= 1)
        }
    }

    @Test func aScrapeIsAnsweredAtItsDeadline() async throws {
        try write("slow", "sleep(3600)")
        try write("good", "m(1)")
        try await withManager { manager in
            #expect(await scrape(manager, ["slow"], within: .milliseconds(20)) == ["slow timeout 0"])
            #expect(await scrape(manager, ["good"]) == ["good ok 1"])
        }
    }

    @Test func scrapesAtOnceShareOneRun() async throws {
        try write("counts", "state.runs = (state.runs or 0) + 1 sleep(0.05) m(state.runs)")
        try await withManager { manager in
            await withTaskGroup(of: [String].self) { group in
                for _ in 0..<20 { group.addTask { await scrape(manager) } }
                for await answer in group { #expect(answer == ["counts ok 1"]) }
            }
            let runs = await manager.reports().first?.targets.first?.failuresInARow
            #expect(runs == 0)
        }
    }

    @Test func moreScrapesThanCanWaitAreFailures() async throws {
        try write("slow", "sleep(0.3) m(1)")
        try await withManager { manager in
            let answers = await withTaskGroup(of: [String].self) { group in
                for _ in 0..<(ManagerCore.scrapeLimit + 10) { group.addTask { await scrape(manager) } }
                return await group.reduce(into: [String: Int]()) { $0[$1.joined(), default: 0] += 1 }
            }
            #expect(answers == ["slow ok 1": ManagerCore.scrapeLimit, "slow abort 0": 10])
        }
    }

    @Test func aNewVersionIsUsedAndABrokenOneIsNot() async throws {
        try write("one", "m(1)")
        try await withManager { manager in
            #expect(await scrape(manager) == ["one ok 1"])
            try write("one", "m(1, 'too many')")
            #expect(await manager.reload() == [])
            #expect(await scrape(manager) == ["one error 0"])
            try write("one", "m(1) end end")
            #expect(await manager.reload().count == 1)
            #expect(await scrape(manager) == ["one error 0"])
            try write("one", "m(2)")
            #expect(await manager.reload() == [])
            #expect(await scrape(manager) == ["one ok 1"])
        }
    }

    @Test func aPluginThatIsRemovedIsNotServed() async throws {
        try write("one", "m(1)")
        try write("two", "m(1)")
        try await withManager { manager in
            #expect(await scrape(manager) == ["one ok 1", "two ok 1"])
            try tree.remove("plugins/one.lua")
            #expect(await manager.reload() == [])
            #expect(await scrape(manager) == ["two ok 1"])
        }
    }
}
