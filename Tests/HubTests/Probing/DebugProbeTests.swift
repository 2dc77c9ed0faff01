import NIOCore
import Testing

@testable import Hub

@Suite struct DebugProbeTests {
    private static let source = """
        plugin { help = "Test.", settings = { password = { type = "secret", default = "" } } }
        local m = gauge("a", "h", { "address" })
        local runs = counter("runs_total", "h")
        function collect(target)
          if target.address == "192.168.0.1" then state.isReleased = true return end
          local run = (state.runs or 0) + 1
          state.runs = run
          log.debug("collecting with " .. target.settings.password, { key = "hunter22" })
          if target.address:find("hangs") then log.info("hanging") sleep(3600) end
          if target.address:find("held") then
            log.info("waiting")
            while not state.isReleased do sleep(0.001) end
          end
          m(1, target.address)
          runs(run)
        end
        """

    private static let configuration = """
        settings: { password: "${PASSWORD}" }
        probe: { networks: [192.168.0.0/16], ports: [23] }
        targets: [one.example, held.example, hangs.example]
        """

    private func withHub(_ body: (TestHub) async throws -> Void) async throws {
        try await TestHub.run(Self.source, Self.configuration, environment: ["PASSWORD": "hunter22"], body)
    }

    @Test func theReportShowsResultUsageLogAndSamples() async throws {
        try await withHub { hub in
            let report = await hub.probe("one.example", isDebug: true)
            #expect(report.contains("plugin      test"))
            #expect(report.contains("target      \"one.example\""))
            #expect(report.contains("result      success"))
            #expect(report.contains { $0.hasPrefix("duration    0.") && $0.hasSuffix(" s of 29.500 s") })
            #expect(report.contains { $0.hasPrefix("cpu         0.") && $0.hasSuffix(" s of 0.250 s") })
            #expect(report.contains { $0.hasPrefix("memory      ") && $0.hasSuffix(" of 32 MiB") })
            #expect(report.contains("samples     2 of 10000"))
            #expect(report.contains("network     as the plugin is granted"))
            let line = "log.debug   collecting with <secret> key=<secret>"
            #expect(report.contains { $0.hasSuffix(line) }, "\(report)")
            #expect(report.contains("  a{address=\"one.example\"} 1"))
            #expect(report.contains("  probe_success 1"))
            #expect(!report.contains { $0.contains("hunter22") })
        }
    }

    @Test func theReportOfAnotherTargetShowsItsGrants() async throws {
        try await withHub { hub in
            let report = await hub.probe("192.168.0.7", isDebug: true)
            #expect(report.contains("network     192.168.0.7:23"))
            #expect(await hub.probe("127.0.0.1", isDebug: true).first?.hasPrefix("403 ") == true)
        }
    }

    @Test func aRunThatHangsShowsHowFarItCame() async throws {
        try await withHub { hub in
            let report = await hub.probe("hangs.example", isDebug: true, within: .milliseconds(400))
            #expect(report.contains("result      failure: timeout: no result within the deadline"))
            #expect(report.contains { $0.hasSuffix("log.info    hanging") }, "\(report)")
            #expect(report.contains("  probe_success 0"))
        }
    }

    @Test func aDebugProbeIsARunOfItsOwnAndLeavesNothing() async throws {
        try await withHub { hub in
            async let scrape = hub.probe("held.example")
            await hub.log.wait(for: "waiting")
            async let debug = hub.probe("held.example", isDebug: true)
            await hub.wait { $0.probes.inProgress == 2 }
            #expect(await hub.manager.reports()[0].probes.targets == 1)
            _ = await hub.probe("192.168.0.1", isDebug: true)
            #expect(await debug.contains("  runs_total 2"))
            #expect(await scrape.contains("runs_total 1"))
            #expect(await hub.manager.reports()[0].probes.targets == 0)
        }
    }

    @Test func onlyAFewDebugProbesGoOnAtOnce() async throws {
        try await withHub { hub in
            await withTaskGroup(of: [String].self) { group in
                for _ in 0..<PluginSupervisor.tracedLimit {
                    group.addTask { await hub.probe("held.example", isDebug: true) }
                }
                await hub.wait { $0.probes.inProgress == PluginSupervisor.tracedLimit }
                let refused = await hub.probe("one.example", isDebug: true)
                #expect(refused == ["503 plugin test: 4 debug probes are under way"])
                _ = await hub.probe("192.168.0.1")
                for await report in group { #expect(report.contains("result      success"), "\(report)") }
            }
            #expect(await hub.probe("one.example", isDebug: true).contains("result      success"))
        }
    }
}
