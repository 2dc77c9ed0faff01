import Foundation
import Testing

extension EndToEndTests {
    @Suite struct PushTests {
        private static let enabled = HubOptions(
            config: "push: { enabled: true, admin_api: true }",
            listen: ["127.0.0.1:0"],
            addresses: 1
        )

        private static func script(_ name: String) -> String {
            Workspace.checkout.appending(path: "Tests/peers/\(name).py").path
        }

        private func withHubAndPushgateway(
            _ arguments: [String] = [],
            _ body: (_ hub: UInt16, _ peer: UInt16) async throws -> Void
        ) async throws {
            try await withWorkspace { workspace in
                var options = Self.enabled
                options.plugins = [workspace.plugins]
                try await withHub(options, in: workspace) { hub in
                    try await PushgatewayServer.running(arguments) { peer in
                        guard case .ipv4(let port) = hub.endpoints[0], case .ipv4(let peerPort) = peer else { return }
                        try await body(port, peerPort)
                    }
                }
            }
        }

        private static let utf8 = "--push.enable-utf8-names"

        /// Pushgateway takes UTF-8 names since 1.11, and only with an option.
        @Test(arguments: [[], [utf8]])
        func requestsAreAnsweredAndStoredAsByTheRealPushgateway(arguments: [String]) async throws {
            if arguments == [Self.utf8], try await !PushgatewayServer.has(Self.utf8) { return }
            try await withHubAndPushgateway(arguments) { hub, peer in
                let script = Self.script("compare_pushgateway")
                let result = try await run(
                    Workspace.python,
                    ["-B", script, "\(hub)", "\(peer)"],
                    within: .seconds(900)
                )
                #expect(result.status == 0, "\((result.output + result.errors).joined(separator: "\n"))")
                #expect(result.output.last?.hasPrefix("compared 462 requests") == true)
            }
        }

        @Test func thePythonClientPushesToBothAlike() async throws {
            try await withHubAndPushgateway { hub, peer in
                let script = Self.script("push_with_prometheus_client")
                let result = try await run(
                    Workspace.python,
                    ["-B", script, "\(hub)", "\(peer)"],
                    within: .seconds(300)
                )
                #expect(result.status == 0, "\((result.output + result.errors).joined(separator: "\n"))")
                #expect(result.output.last?.hasPrefix("61 steps") == true)
            }
        }

        @Test func nothingAcknowledgedIsLostWhenTheHubIsKilled() async throws {
            let arguments = ["-B", Self.script("crash_pushes"), try Hub.binary, "20"]
            let result = try await run(Workspace.python, arguments, within: .seconds(900))
            #expect(result.status == 0, "\((result.output + result.errors).joined(separator: "\n"))")
            #expect(result.output.last?.hasSuffix("none lost") == true)
        }

        @Test(arguments: [
            "full_disk", "broken_database", "unusable_folder", "two_processes", "bombs", "large_bodies", "slow_bodies",
            "cut_connections", "time_to_live", "limits", "credentials", "synced", "endless_queue",
        ])
        func aFaultCostsNoMoreThanItself(fault: String) async throws {
            let arguments = ["-B", Self.script("push_faults"), try Hub.binary, fault]
            let result = try await run(Workspace.python, arguments, within: .seconds(600))
            #expect(result.output.last == "passed", "\((result.output + result.errors).joined(separator: "\n"))")
        }

        @Test func aRealPrometheusGetsPushesByScrapeAndByFederation() async throws {
            try await withWorkspace { workspace in
                var options = Self.enabled
                options.plugins = [workspace.plugins]
                try await withHub(options, in: workspace) { hub in
                    let body = "# TYPE backup_bytes gauge\nbackup_bytes 42\n"
                    let push = try await HTTPRequest(
                        method: "PUT",
                        path: "/metrics/job/backup/host/nas",
                        body: Array(body.utf8)
                    ).send(to: hub.endpoints[0])
                    #expect(push.status == 200)
                    let target = hub.endpoints[0].host
                    let config = """
                        global: { scrape_interval: 1s, scrape_timeout: 1s }
                        scrape_configs:
                          - { job_name: hub, honor_labels: true, static_configs: [ { targets: ["\(target)"] } ] }
                          - job_name: federated
                            honor_labels: true
                            metrics_path: /federate
                            params: { "match[]": ['{job="backup"}'] }
                            static_configs: [ { targets: ["\(target)"], labels: { way: federation } } ]
                        """
                    try await PrometheusServer.running(config, in: workspace) { prometheus in
                        let found = try await eventually("both ways") {
                            let found = try await prometheus.query("backup_bytes")
                            return found.count == 2 ? found : nil
                        }
                        let common = ["__name__": "backup_bytes", "job": "backup", "host": "nas"]
                        #expect(found.contains { $0.metric == common && $0.value == 42 })
                        #expect(found.contains { $0.metric == common.merging(["way": "federation"]) { $1 } })
                    }
                }
            }
        }

        @Test func withoutThatPushesAreNotTaken() async throws {
            try await withWorkspace { workspace in
                try await withHub(HubOptions(plugins: [workspace.plugins]), in: workspace) { hub in
                    let push = HTTPRequest(method: "PUT", path: "/metrics/job/a", body: Array("a 1\n".utf8))
                    let answers = [
                        try await push.send(to: hub.endpoints[0]), try await hub.get("/api/v1/metrics"),
                    ]
                    #expect(answers.map(\.status) == [404, 404])
                }
            }
        }
    }
}
