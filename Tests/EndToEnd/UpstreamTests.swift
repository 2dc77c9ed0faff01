import Foundation
import Testing

extension EndToEndTests {
    /// The plugins that fetch from others, with real servers.
    @Suite struct UpstreamTests {
        private func options(_ configuration: String) -> HubOptions {
            var options = HubOptions(plugins: [Workspace.shippedPlugins])
            options.config = "plugins:\n  node: { enabled: false }\n  textfile: { enabled: false }\n" + configuration
            return options
        }

        @Test func nodeExporterIsServedWithALabelAndADeadOneCostsOnlyItself() async throws {
            try await withWorkspace { workspace in
                try await NodeExporter.running { endpoint in
                    let configuration = """
                          upstream:
                            settings: { drop: [go_*], labels: { site: home } }
                            targets:
                              - { address: "\(endpoint.host)", name: node }
                              - { address: "127.0.0.1:1", name: dead }

                        """
                    try await withHub(options(configuration), in: workspace) { hub in
                        let samples = try await hub.scrape()
                        let direct = try Samples(parsing: try await NodeExporter.exposition(from: endpoint))
                        let expected = Set(direct.all.map(\.name).filter { !$0.hasPrefix("go_") })
                        let found = samples.all.filter { $0.labels["target"] == "node" && $0.labels["site"] == "home" }
                        #expect(Set(found.map(\.name)) == expected)
                        #expect(samples.value("hub_target_up", ["plugin": "upstream", "target": "node"]) == 1)
                        #expect(samples.value("hub_target_up", ["plugin": "upstream", "target": "dead"]) == 0)
                    }
                }
            }
        }

        @Test func nginxIsServedByTLSWithAPassword() async throws {
            try await withWorkspace { workspace in
                let text = (0..<5000).map { "demo_value{i=\"\($0)\"} \($0)\n" }.joined()
                try await NginxServer.running(serving: text, in: workspace) { addresses in
                    let configuration = """
                          upstream:
                            limits: { cpu: 5s, samples: 30000, bytes: 16MiB }
                            settings:
                              username: \(NginxServer.username)
                              password: \(NginxServer.password)
                              ca_file: \(addresses.certificate)
                            targets:
                              - { address: "\(addresses.plain)", name: plain }
                              - { address: "\(addresses.secure)", name: secure }
                              - { address: "\(addresses.secure)", name: stranger, settings: { password: wrong123 } }
                              - { address: "\(addresses.secure)", name: untrusted, settings: { ca_file: "" } }
                              - { address: "\(addresses.secure)", name: careless, settings: { ca_file: "", insecure_skip_verify: true } }

                        """
                    try await withHub(options(configuration), in: workspace) { hub in
                        let samples = try await hub.scrape()
                        for (target, expected) in [
                            "plain": 5000, "secure": 5000, "careless": 5000, "stranger": 0, "untrusted": 0,
                        ] {
                            #expect(samples("demo_value", ["target": target]).count == expected, "\(target)")
                            let up = samples.value("hub_target_up", ["plugin": "upstream", "target": target])
                            #expect(up == (expected > 0 ? 1 : 0), "\(target)")
                        }
                        #expect(hub.program.errors.lines.contains { $0.contains("status 401") })
                        #expect(hub.program.errors.lines.contains { $0.contains("certificate verify failed") })
                        #expect(!hub.program.errors.lines.contains { $0.contains(NginxServer.password) })
                    }
                }
            }
        }

        @Test func h2oIsServedWithItsTypes() async throws {
            try await withWorkspace { workspace in
                try await H2OServer.running(in: workspace) { endpoint in
                    for path in ["/index.html", "/nothing", "/nothing"] {
                        _ = try await HTTPRequest(path: path).send(to: endpoint)
                    }
                    let configuration =
                        "  h2o: { targets: [{ address: \"http://\(endpoint.host)/server-status\", name: web }] }\n"
                    try await withHub(options(configuration), in: workspace) { hub in
                        // The durations of a request are counted when its connection is done with it.
                        let samples = try await eventually("a duration above 0") {
                            let samples = try await hub.scrape()
                            return samples("h2o_duration_seconds").isEmpty ? nil : samples
                        }
                        #expect(samples.value("h2o_status_errors_total", ["code": "404", "target": "web"]) == 2)
                        #expect(samples.value("h2o_worker_threads", ["target": "web"]) == 2)
                        #expect(samples("h2o_build_info").first?.labels["version"]?.hasPrefix("2.2") == true)
                        #expect((samples.value("h2o_sessions_total") ?? 0) >= 3)
                        #expect(samples("h2o_duration_seconds").count == 5)
                        let start = try #require(samples.value("h2o_start_time_seconds"))
                        #expect(abs(Date.now.timeIntervalSince1970 - start) < 600)
                        #expect(samples.value("hub_target_up", ["plugin": "h2o", "target": "web"]) == 1)
                    }
                }
            }
        }

        @Test func aHubInFrontOfAHubKeepsBothApart() async throws {
            try await withWorkspace { workspace in
                try await withHub(
                    options("  h2o: { targets: [{ address: \"http://127.0.0.1:1/\", name: web }] }\n"),
                    in: workspace
                ) { inner in
                    let address = inner.endpoints[0].host
                    let configuration = "  upstream: { targets: [{ address: \"\(address)\", name: inner }] }\n"
                    try await withHub(options(configuration), in: workspace) { outer in
                        _ = try await inner.scrape()
                        let samples = try await outer.scrape()
                        #expect(samples("hub_build_info").count == 2)
                        #expect(samples.value("hub_build_info", ["target": "inner"]) == 1)
                        #expect(
                            samples.value(
                                "hub_target_up",
                                ["plugin": "h2o", "exported_target": "web", "target": "inner"]
                            ) == 0
                        )
                        #expect(samples.value("hub_target_up", ["plugin": "upstream", "target": "inner"]) == 1)
                    }
                }
            }
        }
    }
}
