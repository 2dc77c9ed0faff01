import NIOCore
import Testing

@testable import Hub

@Suite struct DebugProbeTests {
    private static let source = """
        plugin { help = "Test.", settings = { password = { type = "secret", default = "" } } }
        local m = gauge("a", "h", { "address" })
        local runs = counter("runs_total", "h")
        function collect(target)
          state.runs = (state.runs or 0) + 1
          log.debug("collecting with " .. target.settings.password, { key = "hunter22" })
          if target.address:find("hangs") then log.info("hanging") sleep(3600) end
          if target.address:find("slow") then log.info("waiting") sleep(1) end
          m(1, target.address)
          runs(state.runs)
        end
        """

    private static let configuration = """
        settings: { password: "${PASSWORD}" }
        probe: { networks: [192.168.0.0/16], ports: [23] }
        targets: [one.example, slow.example, hangs.example]
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
            async let scrape = hub.probe("slow.example")
            await hub.log.wait(for: "waiting")
            #expect(await hub.probe("slow.example", isDebug: true).contains("  runs_total 2"))
            _ = await scrape
            #expect(await hub.manager.reports()[0].probes.targets == 0)
        }
    }

    @Test func onlyAFewDebugProbesGoOnAtOnce() async throws {
        try await withHub { hub in
            let refused = await withTaskGroup(of: [String].self) { group in
                for _ in 0..<10 {
                    group.addTask { await hub.probe("slow.example", isDebug: true) }
                }
                return await group.reduce(into: 0) {
                    $0 += $1.first?.hasPrefix("503 plugin test: 4 debug") == true ? 1 : 0
                }
            }
            #expect(refused == 10 - PluginSupervisor.tracedLimit)
            #expect(await hub.probe("one.example", isDebug: true).contains("result      success"))
        }
    }
}
