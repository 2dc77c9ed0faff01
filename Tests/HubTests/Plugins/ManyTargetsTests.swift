import NIOCore
import Testing

@testable import Hub

/// Hundreds of targets of one plugin, some of which hang.
@Suite struct ManyTargetsTests {
    /// Targets whose name has an x hang.
    private static let source = """
        plugin { help = "Test." }
        local m = gauge("a", "h")
        function collect(target)
          state.running = (state.running or 0) + 1
          state.most = math.max(state.most or 0, state.running)
          if target.name:find("x") then
            pcall(sleep, 3600)
            state.running = state.running - 1
            error("ended")
          end
          sleep(0.001)
          state.running = state.running - 1
          m(state.most)
        end
        """

    private static func targets(_ count: Int, hanging: Int) -> String {
        let names = (0..<count).map { $0 < hanging ? "x\($0)" : "t\($0)" }
        return "targets: [\(names.joined(separator: ", "))]"
    }

    @Test func aTenthThatHangsDelaysNobody() async throws {
        try await TestHub.run(Self.source, Self.targets(500, hanging: 50)) { hub in
            let outcome = await hub.scrape(within: .seconds(10))
            #expect(outcome["ok"]?.count == 450)
            #expect(outcome["timeout"]?.count == 50)
        }
    }

    /// Runs of different targets must not be taken for one another.
    @Test func everyRunThatHangsIsEnded() async throws {
        try await TestHub.run(Self.source, Self.targets(10, hanging: 10)) { hub in
            async let outcome = hub.scrape(within: .seconds(2))
            await hub.wait { $0.runsInProgress == 10 }
            #expect(await outcome["timeout"]?.count == 10)
            await hub.wait { $0.runsInProgress == 0 }
        }
    }

    @Test func onlySoManyRunsGoOnAtOnce() async throws {
        let configuration = "limits: { concurrency: 7 }\n" + Self.targets(100, hanging: 0)
        try await TestHub.run(Self.source, configuration) { hub in
            let parts = await hub.manager.collect(["test"], deadline: .now() + .seconds(30)).parts
            #expect(parts.count == 100 && parts.allSatisfy { $0.answer.failure == nil })
            let samples = await hub.metric("a").compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
            #expect(samples.max() == 7)
        }
    }

    @Test func targetsThatDidNotGetTheirTurnAreFailuresButNotPutOff() async throws {
        let configuration = "limits: { concurrency: 1 }\ntargets: [x, t1, t2]"
        try await TestHub.run(Self.source, configuration) { hub in
            for _ in 0..<4 {
                _ = await hub.scrape(within: .seconds(1))
                #expect(await hub.manager.reports()[0].runsWaiting == 0)
            }
            for report in await hub.manager.reports()[0].targets where report.name != "x" {
                #expect(report.backoffSeconds == nil)
            }
            // Once the one that hangs is put off, the others are served.
            var outcome = await hub.scrape(within: .seconds(5))
            for _ in 0..<10 where outcome["ok"]?.count != 2 { outcome = await hub.scrape(within: .seconds(5)) }
            #expect(outcome["ok"] == ["t1", "t2"])
        }
    }

    @Test func targetsThatHangTakeHalfOfTheTurnsOnceTheyAreKnown() async throws {
        let configuration = "limits: { concurrency: 4 }\n" + Self.targets(30, hanging: 10)
        try await TestHub.run(Self.source, configuration) { hub in
            var outcome: [String: [String]] = [:]
            for _ in 0..<8 where outcome["ok"]?.count != 20 { outcome = await hub.scrape(within: .seconds(2)) }
            #expect(outcome["ok"]?.count == 20)
        }
    }

    @Test func backgroundRunsBeginSoonAndNotAllAtOnce() async throws {
        try await TestHub.run(Self.source, "interval: 10m\n" + Self.targets(200, hanging: 0)) { hub in
            // Nobody asks: the first round comes by itself.
            await hub.wait { $0.targets.allSatisfy { $0.lastSuccess != nil } }
            let samples = await hub.metric("a").compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
            #expect(samples.count == 200)
            #expect((samples.max() ?? 0) < 150)
        }
    }

    @Test func aBrokenLimitOfOneTargetDoesNotStartTheOthersAgain() async throws {
        let source = """
            plugin { help = "Test." }
            local m = gauge("a", "h")
            function collect(target)
              log.info("run " .. target.name .. " " .. time.monotonic())
              if target.name == "burns" then while true do end end
              m(1)
            end
            """
        try await TestHub.run(source, "interval: 30m\ntargets: [burns, other]") { hub in
            await hub.log.wait(for: "run other")
            await hub.log.wait(for: "run burns")
            await hub.log.wait(for: "reason=cpu")
            await hub.wait { $0.rebuilds > 0 }
            #expect(await hub.scrape()["ok"] == ["other"])
            #expect(hub.log.lines.count { $0.contains("run other") } == 1)
            #expect(hub.log.lines.count { $0.contains("run burns") } == 1)
        }
    }
}
