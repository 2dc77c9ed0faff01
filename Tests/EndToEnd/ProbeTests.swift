import Foundation
import Testing

extension EndToEndTests {
    @Suite struct ProbeTests {
        private static let config = """
            plugins:
              router:
                settings: { password: "${ROUTER_PASSWORD}" }
                probe: { networks: [192.168.0.0/16, "2001:db8::/32"], ports: [23] }
                targets:
                  - { address: 192.0.2.1, name: living-room, labels: { site: home } }
                  - fails.example
                  - hangs.example
            """

        private func withRouters(_ config: String = Self.config, _ body: (Hub) async throws -> Void) async throws {
            try await withWorkspace(plugins: ["targets", "good"]) { workspace in
                var options = HubOptions(plugins: [workspace.plugins])
                options.config = config
                options.environment = ["ROUTER_PASSWORD": "hunter22"]
                try await withHub(options, in: workspace, body)
            }
        }

        @Test func aProbeHasTheSamplesOfOneTargetWithoutItsLabel() async throws {
            try await withRouters { hub in
                for target in ["living-room", "192.0.2.1"] {
                    let samples = try await hub.scrape("/probe?plugin=router&target=\(target)")
                    #expect(samples.all.count == 5)
                    #expect(samples.value("probe_success") == 1)
                    #expect(samples.value("probe_duration_seconds") ?? 0 > 0.01)
                    #expect(samples.value("test_router_bytes_total", ["interface": "lan2"]) == 200)
                    #expect(samples.all.allSatisfy { $0.labels["target"] == nil })
                    #expect(samples("test_router_uptime_seconds").first?.labels == ["site": "home"])
                }
            }
        }

        @Test func aRealPrometheusFindsEveryTargetByItself() async throws {
            try await withWorkspace(plugins: ["targets", "good"]) { workspace in
                var options = HubOptions(plugins: [workspace.plugins])
                options.config = Self.config
                options.environment = ["ROUTER_PASSWORD": "hunter22"]
                try await withHub(options, in: workspace) { hub in
                    let config = """
                        global: { scrape_interval: 1s, scrape_timeout: 1s }
                        scrape_configs:
                          - job_name: hub-targets
                            http_sd_configs: [ { url: "http://\(hub.endpoints[0].host)/sd", refresh_interval: 1s } ]
                        """
                    try await PrometheusServer.running(config, in: workspace) { prometheus in
                        let found = try await eventually("all targets") {
                            let found = try await prometheus.query("probe_success")
                            return found.count == 3 ? found : nil
                        }
                        let good = found.filter { $0.value == 1 }.map(\.metric)
                        let expected = ["__name__": "probe_success", "job": "router", "instance": "living-room"]
                        #expect(good == [expected])
                        let uptime = try await prometheus.query("test_router_uptime_seconds{instance=\"living-room\"}")
                        #expect(uptime.first?.metric["site"] == "home")
                    }
                }
            }
        }

        @Test func aTargetInTheAllowedNetworksIsProbedAndLeavesNoSeries() async throws {
            try await withRouters { hub in
                for number in 1...20 {
                    let samples = try await hub.scrape("/probe?plugin=router&target=192.168.7.\(number):23")
                    #expect(samples.value("test_router_uptime_seconds") == 1)
                }
                #expect(
                    try await hub.scrape("/probe?plugin=router&target=%5B2001:db8::7%5D").value("probe_success") == 1
                )
                let samples = try await hub.scrape("/metrics", timeout: 1)
                #expect(samples("hub_target_up").count == 3)
                #expect(samples.value("hub_probe_targets", ["plugin": "router"]) == 21)
                #expect(samples.value("hub_probes_total", ["plugin": "router", "result": "success"]) == 21)
                #expect(samples.all.allSatisfy { !$0.labels.values.contains { $0.contains("192.168.7.") } })
            }
        }

        @Test func aFailureIsAnsweredAndAStrictProbeRefusesIt() async throws {
            try await withRouters { hub in
                let samples = try await hub.scrape("/probe?plugin=router&target=fails.example")
                #expect(samples.value("probe_success") == 0)
                #expect(samples.all.count == 2)
                let strict = try await hub.get("/probe?plugin=router&target=fails.example&strict=1")
                #expect(strict.status == 503)
                #expect(strict.text.contains("wrong password <secret>"))
            }
        }

        @Test func aProbeOfWhatHangsIsAnsweredInTime() async throws {
            try await withRouters { hub in
                let start = ContinuousClock.now
                let samples = try await hub.scrape("/probe?plugin=router&target=hangs.example", timeout: 2)
                #expect(samples.value("probe_success") == 0)
                #expect(ContinuousClock.now - start < .seconds(2))
            }
        }

        @Test(arguments: [
            ("plugin=router", 400), ("target=living-room", 400), ("plugin=absent&target=a", 400),
            ("plugin=steady&target=a", 400), ("plugin=router&target=a&target=b", 400),
            ("plugin=router&target=127.0.0.1", 403), ("plugin=router&target=127.0.0.1&debug=1", 403),
            ("plugin=router&target=192.168.0.1:22", 403), ("plugin=router&target=::ffff:127.0.0.1", 403),
            ("plugin=router&target=0x7f.1", 403), ("plugin=router&target=2130706433", 403),
            ("plugin=router&target=http://192.168.0.1@127.0.0.1:23/", 403),
            ("plugin=router&target=%2531%2539%2532.168.0.1", 403), ("plugin=router&target=192.168.0.1%00", 403),
            ("plugin=router&target=192.168.0.1%0d%0aHost:%20x", 403), ("plugin=router&target=fe80::1%25eth0", 403),
        ])
        func whatMayNotBeAskedIsRefused(query: String, status: Int) async throws {
            try await withRouters { hub in
                let answer = try await hub.get("/probe?\(query)")
                #expect(answer.status == status, "\(answer.text)")
                #expect(!answer.text.contains("test_router"))
            }
        }

        @Test func aDebugProbeShowsTheRunWithoutSecrets() async throws {
            try await withRouters { hub in
                let answer = try await hub.get("/probe?plugin=router&target=living-room&debug=true")
                #expect(answer.status == 200)
                #expect(answer.headers["content-type"]?.hasPrefix("text/plain") == true)
                #expect(answer.text.contains("result      success"))
                #expect(answer.text.contains("login with <secret>"))
                #expect(answer.text.contains("  test_router_bytes_total{interface=\"lan1\",site=\"home\"} 100\n"))
                #expect(!answer.text.contains("hunter22"))

                let request = HTTPRequest(
                    path: "/probe?plugin=router&target=hangs.example&debug=1",
                    headers: ["X-Prometheus-Scrape-Timeout-Seconds": "1.5"]
                )
                let hanging = try await request.send(to: hub.endpoints[0])
                #expect(hanging.text.contains("failure: timeout"))
                #expect(hanging.text.contains("waiting for a prompt"))
            }
        }

        @Test func theLabelCanBeLeftOutOfTheScrape() async throws {
            let config = "plugins: { router: { target_label: false, targets: [192.0.2.1] } }"
            try await withRouters(config) { hub in
                let samples = try await hub.scrape()
                #expect(samples("test_router_uptime_seconds").map(\.labels) == [[:]])
                #expect(samples.value("hub_target_up", ["plugin": "router", "target": "192.0.2.1"]) == 1)
            }
        }

        @Test func aTenthOfHundredsThatHangsDelaysNobody() async throws {
            let names = (0..<500).map { $0.isMultiple(of: 10) ? "hangs-\($0)" : "router-\($0)" }
            let config = "plugins: { router: { targets: [\(names.joined(separator: ", "))] } }"
            try await withRouters(config) { hub in
                let start = ContinuousClock.now
                let samples = try await hub.scrape(timeout: 10)
                #expect(ContinuousClock.now - start < .seconds(10))
                #expect(samples("test_router_uptime_seconds").count == 450)
                #expect(samples.sum("hub_target_up", ["plugin": "router"]) == 450)
                #expect(samples.value("test_steady") == 1)
                let page = try await hub.get("/")
                #expect(page.text.contains("Targets: 50 failing, 450 ok"))
                let status = try await hub.get("/api/v1/status")
                #expect(status.body.count < 300_000)
            }
        }
    }
}
