import Foundation
import Testing

extension EndToEndTests {
    @Suite struct RemoteWriteTests {
        private let fixtures = ["remote_write"]

        @Test func aRealPrometheusTakesSamplesAndStaleMarkers() async throws {
            try await withWorkspace(plugins: fixtures) { workspace in
                let arguments = ["--web.enable-remote-write-receiver"]
                try await PrometheusServer.running("{}", arguments, in: workspace) { prometheus in
                    var options = HubOptions(plugins: [workspace.plugins])
                    let url = "http://\(prometheus.endpoint.host)/api/v1/write"
                    options.config = remoteWriteConfiguration(to: [("prometheus", url, "")], tally: nil)
                    try workspace.write(plugin(series: ["one", "two"]), to: "plugins/pair.lua")
                    try await withHub(options, in: workspace) { hub in
                        try await wait(until: "both series are there") {
                            try await names(of: prometheus) == ["one", "two"]
                        }
                        let up = try await prometheus.query(#"up{job="pair",instance="home"}"#)
                        #expect(up.map(\.value) == [1])
                        #expect(try await prometheus.query(#"hub_build_info{job="hub"}"#).count == 1)

                        try workspace.write(plugin(series: ["one"]), to: "plugins/pair.lua")
                        try await wait(until: "the series that vanished is stale") {
                            try await names(of: prometheus) == ["one"]
                        }
                        try workspace.remove("plugins/pair.lua")
                        try await wait(until: "the series of the removed plugin are stale") {
                            let left = try await prometheus.query(#"{job="pair"}"#)
                            return left.isEmpty
                        }
                        let samples = try await hub.scrape()
                        #expect(samples.sum("hub_remote_write_samples_dropped_total") == 0)
                        // Prometheus takes 2.0 since 2.54.
                        let expected = try await PrometheusServer.version() >= (2, 54) ? "2.0" : "1.0"
                        #expect(samples.value("hub_remote_write_protocol_info", ["protocol": expected]) == 1)
                    }
                }
            }
        }

        @Test func aRealVictoriaMetricsTakesSamples() async throws {
            try await withWorkspace(plugins: fixtures) { workspace in
                let endpoint = Endpoint.ipv4(try freePort())
                let program = try Program(
                    PeerProgram.victoriaMetrics.path,
                    [
                        "-storageDataPath=\(workspace.folder.appending(path: "vm").path)",
                        "-httpListenAddr=\(endpoint.host)", "-search.latencyOffset=0s",
                    ]
                )
                do {
                    try await wait(until: "VictoriaMetrics is ready") {
                        (try? await HTTPRequest(path: "/health").send(to: endpoint).status) == 200
                    }
                    var options = HubOptions(plugins: [workspace.plugins, Workspace.shippedPlugins])
                    let url = "http://\(endpoint.host)/api/v1/write"
                    options.config = remoteWriteConfiguration(to: [("vm", url, "")], tally: nil)
                    let server = PrometheusServer(endpoint: endpoint, log: program.errors)
                    try await withHub(options, in: workspace) { hub in
                        try await wait(until: "the load is there") {
                            let load = try await server.query(#"count_over_time(node_load1{job="node"}[1m])"#)
                            return load.first.map { $0.value >= 3 } ?? false
                        }
                        #expect(try await hub.scrape().sum("hub_remote_write_samples_dropped_total") == 0)
                    }
                    await program.stop()
                } catch {
                    await program.stop()
                    throw error
                }
            }
        }

        @Test func aStrictReceiverOf2FindsNothingWrong() async throws {
            try await withWorkspace(plugins: fixtures + ["good", "conflicts"]) { workspace in
                try await WriteReceiver.running { receiver in
                    var options = HubOptions(plugins: [workspace.plugins, Workspace.shippedPlugins])
                    options.config =
                        "external_labels: { location: home }\n"
                        + remoteWriteConfiguration(
                            to: [("strict", receiver.url, "shards: 4, max_samples_per_send: 50")],
                            tally: receiver.tally
                        )
                    try await withHub(options, in: workspace) { hub in
                        let values = try await receiver.tallied(6)
                        #expect(values == (1...values.count).map(Double.init))
                        let state = try await receiver.state()
                        #expect(state.violations == [])
                        #expect(state.requests.allSatisfy { $0.version == "2.0.0" && $0.samples <= 50 })
                        #expect((2...4).contains(state.mostUnderWay))
                        #expect(
                            state.metadata["test_tally"] == [
                                .type(2), .text("The number that was handed out."), .text(""),
                            ]
                        )
                        let tally = try #require(try await receiver.series("test_tally").first)
                        #expect(
                            tally.labels == [
                                "__name__": "test_tally", "instance": "home", "job": "tally", "location": "home",
                                "target": "t",
                            ]
                        )
                        #expect(try await receiver.series("up", ["job": "tally", "target": "t"]).count == 1)
                        #expect(try await hub.scrape().sum("hub_remote_write_samples_dropped_total") == 0)
                    }
                }
            }
        }

        @Test(arguments: [["--old"], ["--protocols", "v1"]])
        func aReceiverWithout2IsSpokenToIn1FromThenOn(arguments: [String]) async throws {
            try await withWorkspace(plugins: fixtures) { workspace in
                try await WriteReceiver.running(arguments) { receiver in
                    var options = HubOptions(plugins: [workspace.plugins])
                    options.config = remoteWriteConfiguration(to: [("old", receiver.url, "")], tally: receiver.tally)
                    try await withHub(options, in: workspace) { hub in
                        let values = try await receiver.tallied(5)
                        #expect(values == (1...values.count).map(Double.init))
                        let state = try await receiver.state()
                        #expect(state.violations == [])
                        #expect(state.requests.map(\.version).prefix(2) == ["2.0.0", "0.1.0"])
                        #expect(state.requests.dropFirst().allSatisfy { $0.version == "0.1.0" })
                        #expect(state.requests.dropFirst().allSatisfy { $0.type == "application/x-protobuf" })
                        #expect(state.metadata["up"]?.first == .type(2))
                        #expect(try await hub.scrape().sum("hub_remote_write_samples_dropped_total") == 0)
                    }
                }
            }
        }

        @Test func rulesChangeLabelsForOneEndpointAndLeaveOthersAlone() async throws {
            try await withWorkspace(plugins: fixtures) { workspace in
                try await WriteReceiver.running { first in
                    try await WriteReceiver.running { second in
                        var options = HubOptions(plugins: [workspace.plugins])
                        let rules = """
                            write_relabel_configs: [
                              { source_labels: [__name__], regex: "test_(.+)", target_label: __name__, replacement: "mine_$1" },
                              { source_labels: [__name__], regex: "mine_.*|up", action: keep },
                              { regex: "digit", action: labeldrop },
                              { source_labels: [job], action: uppercase, target_label: job } ]
                            """
                        options.config = remoteWriteConfiguration(
                            to: [("first", first.url, rules), ("second", second.url, "")],
                            tally: first.tally,
                            all: "  relabel_configs: [{ source_labels: [__name__], regex: hub_http_.*, action: drop }]"
                        )
                        try await withHub(options, in: workspace) { hub in
                            _ = try await second.tallied(3)
                            let mine = try await first.series("mine_tally")
                            #expect(mine.map { $0.labels["job"] } == ["TALLY"])
                            #expect(try await first.series("test_tally").isEmpty)
                            #expect(try await first.series("hub_build_info").isEmpty)
                            #expect(try await second.series("hub_build_info").count == 1)
                            #expect(try await second.series("hub_http_requests_total").isEmpty)
                            #expect(try await first.state().violations == [])
                            let dropped = try await hub.scrape().sum(
                                "hub_remote_write_samples_dropped_total",
                                ["endpoint": "first", "reason": "relabel"]
                            )
                            #expect(dropped > 0)
                        }
                    }
                }
            }
        }

        @Test func theHubProvesWhoItIsAndAsksTheReceiverToo() async throws {
            try await withWorkspace(plugins: fixtures) { workspace in
                let folder = workspace.folder.path
                let made = try await run(
                    "openssl",
                    [
                        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
                        "2", "-subj", "/CN=receiver.test", "-addext", "subjectAltName=DNS:receiver.test", "-keyout",
                        "\(folder)/key.pem", "-out", "\(folder)/cert.pem",
                    ]
                )
                #expect(made.status == 0)
                let arguments = [
                    "--certificate", "\(folder)/cert.pem", "--key", "\(folder)/key.pem", "--client-ca",
                    "\(folder)/cert.pem", "--header", "Authorization=Basic bWU6c2VjcmV0LXdvcmQ=", "--header",
                    "X-Tenant=7",
                ]
                try await WriteReceiver.running { numbers in
                    let receiver = try await WriteReceiver.start(arguments)
                    var options = HubOptions(plugins: [workspace.plugins])
                    let more = """
                        basic_auth: { username: me, password: "${WORD}" }, headers: { X-Tenant: "7" },
                        tls: { ca: "file:\(folder)/cert.pem", cert: "file:\(folder)/cert.pem",
                        key: "file:\(folder)/key.pem", server_name: receiver.test }
                        """
                    let url = "https://127.0.0.1:\(receiver.port)/write"
                    options.config = remoteWriteConfiguration(to: [("secure", url, more)], tally: numbers.tally)
                    options.environment = ["WORD": "secret-word"]
                    try await withHub(options, in: workspace) { hub in
                        try await wait(until: "samples are sent") {
                            try await hub.scrape().sum("hub_remote_write_samples_total") > 0
                        }
                        let log = hub.program.errors.lines.joined()
                        #expect(!log.contains("secret-word"))
                        #expect(try await hub.scrape().sum("hub_remote_write_samples_dropped_total") == 0)
                    }
                    await receiver.program.stop()
                }
            }
        }
    }
}

private func plugin(series: [String]) -> String {
    let lines = series.map { "  g(1, \"\($0)\")" }.joined(separator: "\n")
    return """
        plugin { help = "Has series." }

        local g = gauge("test_pair", "A series.", {"n"})

        function collect()
        \(lines)
        end

        """
}

private func names(of prometheus: PrometheusServer) async throws -> Set<String> {
    Set(try await prometheus.query("test_pair").compactMap { $0.metric["n"] })
}
