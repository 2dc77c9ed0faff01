import Foundation
import Testing

extension EndToEndTests {
    /// What a real Prometheus makes of every format that it can be told to ask for.
    @Suite struct PrometheusFormatTests {
        /// Names, kinds and labels of all sorts, as a push can have them.
        static let pushed = """
            # TYPE "my.metric" gauge
            {"my.metric","my.label"="a \\"quoted\\" \\\\ text\\n"} 1
            # TYPE "my.requests_total" counter
            {"my.requests_total"} 2
            # TYPE "my.seconds" histogram
            {"my.seconds_bucket",le="0.5"} 1
            {"my.seconds_bucket",le="+Inf"} 2
            {"my.seconds_sum"} 3
            {"my.seconds_count"} 2
            # TYPE py_requests_total counter
            py_requests_total{code="200"} 5
            py_requests_total{code="404"} 6
            # TYPE py_requests_created gauge
            py_requests_created{code="200"} 1.7956535589e+09
            py_requests_created{code="404"} 1.7956535590e+09
            # TYPE legacy_octets counter
            legacy_octets 7
            # TYPE legacy_size summary
            legacy_size{quantile="0.5"} 1
            legacy_size_sum 2
            legacy_size_count 2

            """

        /// One scrape job: what it adds to the configuration.
        private struct Job {
            let name: String
            var settings: [String] = []
        }

        /// As far as a version has the settings.
        private static func jobs(_ version: (Int, Int)) -> [Job] {
            var jobs = [Job(name: "defaults")]
            if version >= (2, 49) {
                for format in [
                    "PrometheusProto", "OpenMetricsText0.0.1", "OpenMetricsText1.0.0", "PrometheusText0.0.4",
                ] {
                    jobs.append(Job(name: format, settings: ["scrape_protocols: [\(format)]"]))
                }
                jobs.append(Job(name: "plain", settings: ["enable_compression: false"]))
            }
            guard version >= (3, 0) else { return jobs }
            for format in ["OpenMetricsText1.0.0", "PrometheusText1.0.0"] {
                for escaping in ["allow-utf-8", "underscores", "dots", "values"] where version >= (3, 4) {
                    let names = "metric_name_escaping_scheme: \(escaping)"
                    jobs.append(
                        Job(name: "\(format) \(escaping)", settings: ["scrape_protocols: [\(format)]", names])
                    )
                }
            }
            return jobs
        }

        private static func configuration(_ jobs: [Job], _ target: String) -> String {
            let entries = jobs.flatMap { job in
                ["  - job_name: \"\(job.name)\"", "    static_configs: [ { targets: [\"\(target)\"] } ]"]
                    + job.settings.map { "    \($0)" }
            }
            return "global: { scrape_interval: 1s, scrape_timeout: 1s }\nscrape_configs:\n"
                + entries.joined(separator: "\n")
        }

        @Test func everyFormatIsTakenWithTheTypesOfAllFamilies() async throws {
            try await withWorkspace { workspace in
                var options = HubOptions(plugins: [Workspace.shippedPlugins])
                options.config = "push: { enabled: true }"
                try await withHub(options, in: workspace) { hub in
                    let push = HTTPRequest(method: "PUT", path: "/metrics/job/names", body: Array(Self.pushed.utf8))
                    #expect(try await push.send(to: hub.endpoints[0]).status == 200)
                    let jobs = Self.jobs(try await PrometheusServer.version())
                    let config = Self.configuration(jobs, hub.endpoints[0].host)
                    let text = try await hub.get("/metrics").text
                    try await PrometheusServer.running(config, in: workspace) { prometheus in
                        try await wait(until: "all targets are up", within: .seconds(60)) {
                            try await prometheus.query("up == 1").count == jobs.count
                        }
                        try await check(try await prometheus.types(), jobs, against: text)
                        #expect(prometheus.warnings == [])
                    }
                }
            }
        }

        @Test func theHubsOwnMetricsHaveTypesInOpenMetrics() async throws {
            try await withWorkspace { workspace in
                var options = HubOptions(plugins: [workspace.plugins, Workspace.shippedPlugins])
                options.config = "push: { enabled: true }"
                try await withHub(options, in: workspace) { hub in
                    let accept = ["Accept": "application/openmetrics-text;version=1.0.0"]
                    let answer = try await HTTPRequest(path: "/metrics", headers: accept).send(to: hub.endpoints[0])
                    let own = answer.text.split(separator: "\n").filter {
                        $0.hasPrefix("# TYPE hub_") || $0.hasPrefix("# TYPE process_")
                    }
                    #expect(own.count > 50)
                    #expect(own.filter { $0.hasSuffix(" unknown") } == [])
                }
            }
        }

        /// All families of `text`, of which only those are of no type that are of none there.
        private func check(_ types: [String: [String: String]], _ jobs: [Job], against text: String) async throws {
            let declared = text.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }.map {
                $0.split(separator: " ")
            }
            let untyped = Set(declared.filter { $0.last == "untyped" }.map { String($0[2]) })
            // In OpenMetrics they are samples of the counter.
            let count = declared.count { !$0[2].hasSuffix("_created") }
            #expect(count > 100)
            for job in jobs {
                let known = types[job.name] ?? [:]
                // It has no `_total`: where text is taken as well, that is served.
                let isOpenMetricsOnly = job.settings.contains { $0.contains("[OpenMetrics") }
                let untyped = isOpenMetricsOnly ? untyped.union(["legacy_octets"]) : untyped
                // Families come with their first samples, the hub's own among them.
                #expect(known.count >= count, "\(job.name)")
                let unknown = known.filter { $0.value == "unknown" || $0.value == "untyped" }.map(\.key)
                #expect(Set(unknown).subtracting(untyped) == [], "\(job.name)")
            }
        }
    }
}
