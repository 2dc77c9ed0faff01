import Exposition
import NIOCore
import Testing

@testable import Hub

/// Probes as the hub answers them, without the server.
@Suite struct ProbeTests {
    private static let source = """
        plugin { help = "Test.", settings = { password = { type = "secret", default = "" } } }
        local m = gauge("a", "h", { "address" })
        local runs = counter("runs_total", "h")
        function collect(target)
          if target.address == "192.168.0.1" then state.isReleased = true return end
          state.runs = (state.runs or 0) + 1
          log.debug("collecting with " .. target.settings.password, { address = target.address })
          if target.address:find("held") then
            log.info("held")
            while not state.isReleased do sleep(0.001) end
          end
          if target.address:find("hangs") then log.info("hanging") sleep(3600) end
          if target.address:find("fails") then error("no: " .. target.settings.password) end
          m(1, target.address)
          runs(state.runs)
        end
        """

    private static let configuration = """
        settings: { password: "${PASSWORD}" }
        probe: { networks: [192.168.0.0/16], ports: [23] }
        targets:
          - { address: 192.0.2.1, name: one, labels: { site: home } }
          - fails.example
          - hangs.example
        """

    private func withHub(
        _ configuration: String = Self.configuration,
        _ body: (TestHub) async throws -> Void
    ) async throws {
        try await TestHub.run(Self.source, configuration, environment: ["PASSWORD": "hunter22"], body)
    }

    @Test(arguments: ["one", "192.0.2.1"])
    func aConfiguredTargetIsAnsweredWithoutItsLabel(name: String) async throws {
        try await withHub { hub in
            #expect(
                await hub.probe(name) == [
                    "a{address=\"192.0.2.1\",site=\"home\"} 1", "probe_success 1", "runs_total{site=\"home\"} 1",
                ]
            )
        }
    }

    @Test func aTargetInTheAllowedNetworksIsAnswered() async throws {
        try await withHub { hub in
            #expect(
                await hub.probe("192.168.0.7:23") == [
                    "a{address=\"192.168.0.7:23\"} 1", "probe_success 1", "runs_total 1",
                ]
            )
        }
    }

    private static let sharing = """
        probe: { networks: [192.168.0.0/16], ports: [23] }
        targets: [held.example]
        """

    @Test func scrapesAndProbesShareOneRun() async throws {
        try await withHub(Self.sharing) { hub in
            async let scrape = hub.metric("runs_total")
            await hub.log.wait(for: "held")
            await withTaskGroup(of: [String].self) { group in
                for _ in 0..<5 { group.addTask { await hub.probe("held.example") } }
                await hub.wait { $0.probes.inProgress == 5 }
                _ = await hub.probe("192.168.0.1")
                for await answer in group { #expect(answer.contains("runs_total 1"), "\(answer)") }
            }
            #expect(await scrape == ["{target=\"held.example\"} 1"])
        }
    }

    @Test func probesOfOneOtherTargetShareOneRun() async throws {
        try await withHub(Self.sharing) { hub in
            await withTaskGroup(of: [String].self) { group in
                for name in ["held", "HELD", "held.", "held"] { group.addTask { await hub.probe(name) } }
                await hub.wait { $0.probes.inProgress == 4 }
                _ = await hub.probe("192.168.0.1")
                for await answer in group { #expect(answer.contains("runs_total 1"), "\(answer)") }
            }
        }
    }

    @Test func aBackgroundPluginServesItsLastResult() async throws {
        try await withHub("interval: 30m\ntargets: [192.0.2.1]") { hub in
            await hub.log.wait(for: "collecting")
            for _ in 0..<3 { #expect(await hub.probe("192.0.2.1").contains("runs_total 1")) }
        }
    }

    @Test func aFailureIsAnAnswer() async throws {
        try await withHub { hub in
            #expect(await hub.probe("fails.example") == ["probe_success 0"])
            let request = ProbeRequest(plugin: "test", target: "fails.example")
            guard case .answered(_, let failure) = await hub.hub.probe(request) else {
                Issue.record("refused")
                return
            }
            #expect(failure == "test (fails.example): error: test.lua:13: no: <secret>")
        }
    }

    @Test func aProbeIsAnsweredAtItsDeadline() async throws {
        try await withHub { hub in
            #expect(await hub.probe("hangs.example", within: .milliseconds(100)) == ["probe_success 0"])
            #expect(await hub.probe("one").contains("probe_success 1"))
        }
    }

    @Test func whatIsNeitherConfiguredNorAllowedIsRefused() async throws {
        try await withHub { hub in
            #expect(
                await hub.probe("127.0.0.1:23") == [
                    "403 target \"127.0.0.1:23\" of plugin test is neither configured nor allowed: 127.0.0.1 is in none of the "
                        + "allowed networks; hub.yml lists targets in plugins.test.targets, and what else may be probed in "
                        + "plugins.test.probe"
                ]
            )
            #expect(await hub.probe("192.168.0.7:22").first?.contains("port 22 is not allowed") == true)
        }
        try await withHub("targets: [192.0.2.1]") { hub in
            #expect(await hub.probe("192.168.0.7").first?.contains("only configured targets can be probed") == true)
        }
    }

    @Test func whatCannotBeAskedIsSaid() async throws {
        try await withHub("targets: [{ address: a, name: b }, { address: a, name: c }]") { hub in
            #expect(await hub.probe("a") == ["400 several targets of plugin test have the address \"a\": ask by name"])
            let unknown = await hub.hub.probe(ProbeRequest(plugin: "other", target: "a"))
            guard case .refused(400, "no plugin \"other\"") = unknown else {
                Issue.record("\(unknown)")
                return
            }
        }
        try await withHub("enabled: false") { hub in
            #expect(await hub.probe("a") == ["400 plugin test is not enabled in hub.yml"])
        }
        try await withHub("interval: 30m") { hub in
            #expect(await hub.probe("a").first?.hasPrefix("400 plugin test has no targets") == true)
        }
    }

    @Test func otherTargetsAreLimitedAndInNoMetricByName() async throws {
        let configuration = "probe: { networks: [192.168.0.0/16], ports: [23], max_targets: 10 }\ntargets: [192.0.2.1]"
        try await withHub(configuration) { hub in
            for number in 1...50 { #expect(await hub.probe("192.168.0.\(number)").contains("probe_success 1")) }
            _ = await hub.probe("127.0.0.1")
            #expect(await hub.metric("hub_probe_targets") == ["{plugin=\"test\"} 10"])
            #expect(await hub.metric("hub_probe_targets_limit") == ["{plugin=\"test\"} 10"])
            #expect(
                await hub.metric("hub_probes_total") == [
                    "{plugin=\"test\",result=\"success\"} 50", "{plugin=\"test\",result=\"failure\"} 0",
                    "{plugin=\"test\",result=\"refused\"} 1",
                ]
            )
            #expect(await hub.metric("hub_target_up") == ["{plugin=\"test\",target=\"192.0.2.1\"} 1"])
            #expect(await hub.manager.reports()[0].targets.count == 1)
        }
    }

    @Test func aPluginThatEmitsTheProbesOwnMetricsDoesNotReplaceThem() async throws {
        let source = """
            plugin { help = "Test." }
            local m = gauge("probe_success", "Mine.")
            function collect() m(7) end
            """
        try await TestHub.run(source, "targets: [192.0.2.1]") { hub in
            #expect(await hub.probe("192.0.2.1") == ["probe_success 1"])
        }
    }

    @Test func aPluginThatDoesNotLoadIsAFailure() async throws {
        try await TestHub.run("plugin { ", "targets: [192.0.2.1]") { hub in
            #expect(await hub.probe("192.0.2.1") == ["probe_success 0"])
            for _ in 0..<10 { _ = await hub.probe("192.0.2.1", isDebug: true) }
            #expect(await hub.probe("192.0.2.1", isDebug: true).contains { $0.contains("failure: load") })
        }
    }
}
