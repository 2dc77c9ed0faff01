import Foundation
import Testing

extension EndToEndTests {
    /// A published sample of the first exporter for the RTX1200, answered to the letter.
    @Suite struct RtxSampleTests {
        private static let published = [
            "yrhCpuUtil5sec 3", "yrhInboxTemperature 46", "yrhMemoryUtil 24", #"ifOutOctets{if="1"} 51255053848"#,
            #"ifInOctets{if="1"} 8057224805"#, #"ifOutPkts{if="1"} 43465561"#, #"ifInPkts{if="1"} 27396255"#,
            #"ifOutOctets{if="3"} 0"#, #"ipSession{proto="v4"} 59"#, #"ipSession{proto="v6"} 35"#,
            #"ipChannel{proto="v4"} 59"#,
        ]

        @Test func aProbeAnswersThePublishedSampleToTheLetter() async throws {
            try await withRouters { simulator, hub in
                for target in ["0", simulator.routers[0].addresses[0]] {
                    let answer = try await hub.get("/probe?plugin=rtx&target=\(target)")
                    #expect(answer.status == 200, "\(answer.text)")
                    let lines = answer.text.split(separator: "\n").map(String.init)
                    #expect(Set(Self.published).subtracting(lines) == [])
                    let samples = lines.filter {
                        !$0.hasPrefix("#") && !$0.hasPrefix("hub_") && !$0.hasPrefix("probe_")
                    }
                    #expect(try samples.sorted() == RouterSamples.expected())
                }
                #expect(try await simulator.stats().logins == 1)
            }
        }

        @Test func withoutTheTargetLabelTheMetricsAreThePublishedSample() async throws {
            try await withRouters(keys: "target_label: false") { _, hub in
                let lines = try await hub.get("/metrics").text.split(separator: "\n").map(String.init)
                #expect(Set(Self.published).subtracting(lines) == [])
                let samples = lines.filter { !$0.hasPrefix("#") && !$0.hasPrefix("hub_") && !$0.hasPrefix("process_") }
                #expect(try samples.sorted() == RouterSamples.expected())
            }
        }

        @Test func withTheTargetLabelTheMetricsAreThePublishedSampleAndTheLabel() async throws {
            try await withRouters { _, hub in
                let text = try await hub.get("/metrics").text
                #expect(Set(Self.published).subtracting(RouterSamples.lines(of: "0", in: text)) == [])
                #expect(text.contains("\nyrhCpuUtil5sec{target=\"0\"} 3\n"))
                #expect(text.contains("\nifOutOctets{if=\"1\",target=\"0\"} 51255053848\n"))
            }
        }

        @Test func promtoolComplainsOfNamesAtMost() async throws {
            for (names, complaints) in [("classic", 1...Int.max), ("prometheus", 0...0)] {
                try await withRouters(settings: "names: \(names)") { _, hub in
                    let found = try await promtoolComplaints(of: try await hub.get("/metrics").text)
                    #expect(complaints.contains(found.count), "\(names): \(found)")
                    let naming = [
                        "camelCase", "snake_case", "_total", "base unit", "should not contain abbreviated units",
                    ]
                    let others = found.filter { line in !naming.contains { line.contains($0) } }
                    #expect(others == [], "\(names)")
                }
            }
        }

        @Test func aRealPrometheusTakesAllSamples() async throws {
            try await withWorkspace { workspace in
                try workspace.ship("rtx")
                try await RouterSimulator.running(["{}", #"{ "model": "RTX830", "charset": "utf8" }"#], in: workspace) {
                    simulator in
                    var options = HubOptions(plugins: [workspace.plugins])
                    options.config = simulator.configuration(keys: "interval: 1s")
                    try await withHub(options, in: workspace) { hub in
                        try await PrometheusServer.scraping([hub.endpoints[0]], in: workspace, expectSamples)
                    }
                }
            }
        }

        private func expectSamples(_ prometheus: PrometheusServer) async throws {
            try await wait(until: "both routers are in Prometheus") {
                try await prometheus.query("count(hub_target_up{plugin=\"rtx\"} == 1)").map(\.value) == [2]
            }
            let octets = try await prometheus.query(#"ifOutOctets{if="1",target="0"}"#)
            #expect(octets.map(\.value) == [51_255_053_848])
            let total = try await prometheus.query(#"ipDhcp{type="",target="0"}"#)
            #expect(total.map(\.value) == [206])
            let targets = try await HTTPRequest(path: "/api/v1/targets").send(to: prometheus.endpoint).text
            #expect(targets.contains(#""health":"up""#) && targets.contains(#""lastError":"""#), "\(targets)")
            let lost = try await prometheus.query("scrape_samples_scraped - scrape_samples_post_metric_relabeling")
            #expect(lost.map(\.value) == [0])
        }
    }
}

/// The lines of `promtool check metrics` about the plugin's families.
private func promtoolComplaints(of exposition: String) async throws -> [String] {
    try await withWorkspace { workspace in
        let file = try workspace.write(exposition, to: "metrics.txt")
        let result = try await run("sh", ["-c", "exec promtool check metrics < \"$0\"", file])
        // 3 is for complaints, 1 for text that cannot be read.
        #expect([0, 3].contains(result.status), "\(result.errors)")
        return (result.output + result.errors).filter { !$0.hasPrefix("hub_") && !$0.hasPrefix("process_") }
    }
}
