import Foundation
import Testing

extension EndToEndTests {
    @Suite struct FederationTests {
        /// A plugin with one sample of each kind and labels of all sorts.
        private static let plugin = """
            plugin { help = "Samples of all kinds." }
            local gauges = gauge("demo_temperature_celsius", "Temperatures.", { "room", "floor" })
            local total = counter("demo_requests_total", "Requests.", { "code" })
            local seconds = histogram("demo_duration_seconds", "Durations.", { "path" })
            function collect()
              gauges(21.5, "kitchen", "0")
              gauges(19, "attic", "2")
              gauges(-3, 'a "quoted" \\\\ room', "1")
              gauges(4, "two\\nlines", "1")
              gauges(5, "日本", "1")
              total(5, "200")
              total(7, "404")
              seconds({ buckets = { [0.1] = 1, [1] = 3 }, sum = 2.5, count = 4 }, "/a")
            end
            """

        private func withDemo(_ body: (Hub, Workspace) async throws -> Void) async throws {
            try await withWorkspace { workspace in
                try workspace.write(Self.plugin, to: "plugins/demo.lua")
                try workspace.write(Self.plugin.replacing("demo_", with: "node_"), to: "plugins/node.lua")
                let config = "{ external_labels: { location: home }, push: { enabled: true } }"
                let options = HubOptions(plugins: [workspace.plugins], config: config)
                try await withHub(options, in: workspace) { hub in try await body(hub, workspace) }
            }
        }

        /// The series of an answer, each as `name{labels}` in one form.
        private static func series(_ text: String) throws -> Set<String> {
            let samples = try Samples(parsing: text).all
            return Set(
                samples.map { sample in
                    let labels = sample.labels.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
                    return sample.name + labels.map { "{\($0.key)=\($0.value)}" }.joined()
                }
            )
        }

        private static func path(_ selectors: [String]) -> String {
            let query = selectors.map { selector in
                "match%5B%5D=" + (selector.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")
            }
            return "/federate?" + query.joined(separator: "&")
        }

        @Test func thePrintedScrapeConfigurationWorksUnchanged() async throws {
            try await withDemo { hub, workspace in
                guard case .ipv4(let port)? = hub.endpoints.first(where: { $0.host.hasPrefix("127") }) else { return }
                let config = """
                    scrape_configs:
                      - job_name: home
                        scrape_interval: 1s
                        scrape_timeout: 1s
                        honor_labels: true
                        metrics_path: /federate
                        params: { "match[]": ['{job="node"}'] }
                        proxy_url: http://127.0.0.1:\(port)
                        static_configs: [ { targets: ["raspberrypi:9090"] } ]
                    """
                try await PrometheusServer.running(config, in: workspace) { prometheus in
                    let found = try await eventually("samples of the job") {
                        let found = try await prometheus.query(#"{job="node"}"#)
                        return found.isEmpty ? nil : found
                    }
                    let names = Set(found.compactMap { $0.metric["__name__"] })
                    let expected = ["node_temperature_celsius", "node_requests_total", "node_duration_seconds_bucket"]
                    #expect(names.isSuperset(of: expected + ["up"]))
                    #expect(!names.contains { $0.hasPrefix("demo_") || $0.hasPrefix("hub_") })
                    #expect(found.allSatisfy { $0.metric["location"] == "home" && $0.metric["instance"] == nil })
                    let types = try await prometheus.type(of: "node_duration_seconds")
                    #expect(types == ["histogram"])
                }
            }
        }

        /// Names that a plugin cannot have.
        private func pushOtherNames(to hub: Hub) async throws {
            let body = #"{"dotted.metric","dotted.label"="x y"} 1"# + "\n"
            let push = HTTPRequest(method: "PUT", path: "/metrics/job/demo", body: Array(body.utf8))
            #expect(try await push.send(to: hub.endpoints[0]).status == 200)
        }

        /// Everything is taken into a Prometheus; then both answer the same selectors.
        @Test func theSameSelectorsGiveTheSameSeriesAndErrorsAsPrometheusGives() async throws {
            try await withDemo { hub, workspace in
                try await pushOtherNames(to: hub)
                let config = """
                    global: { external_labels: { location: home } }
                    scrape_configs:
                      - job_name: home
                        scrape_interval: 1s
                        scrape_timeout: 1s
                        honor_labels: true
                        metrics_path: /federate
                        params: { "match[]": ['{__name__=~"demo_.+|dotted.+|node_.+|push_.+|up",job=~"demo|node"}'] }
                        static_configs: [ { targets: ["\(hub.endpoints[0].host)"] } ]
                    """
                try await PrometheusServer.running(config, in: workspace) { prometheus in
                    try await wait(until: "Prometheus has the samples") {
                        try await prometheus.query(#"{job="node"}"#).count > 5
                    }
                    let version = try await PrometheusServer.version()
                    let table = SelectorTable.all(since: version)
                    var different: [String] = []
                    for selectors in table {
                        // What Prometheus made itself, and what it was not given, is left out on both sides.
                        let path = Self.path(selectors)
                        let theirs = try await HTTPRequest(path: path).send(to: prometheus.endpoint)
                        let ours = try await hub.get(path)
                        if theirs.status != ours.status {
                            different.append(
                                "\(selectors): \(theirs.status) \(theirs.text), \(ours.status) \(ours.text)"
                            )
                        } else if theirs.status != 200 {
                            let isKnown = SelectorTable.isWordedOtherwise(selectors, before: version)
                            if !isKnown, SelectorTable.message(theirs.text) != SelectorTable.message(ours.text) {
                                different.append("\(selectors): \(theirs.text) / \(ours.text)")
                            }
                        } else {
                            let known = { (series: String) in
                                series.contains("{job=demo}") || series.contains("{job=node}")
                            }
                            let (left, right) = (try Self.series(theirs.text), try Self.series(ours.text))
                            let difference = left.filter(known).symmetricDifference(right.filter(known))
                            if !difference.isEmpty { different.append("\(selectors): \(difference.sorted())") }
                        }
                    }
                    #expect(different.isEmpty, "\(different.joined(separator: "\n"))")
                    #expect(table.count > 150)
                }
            }
        }

        @Test func selectorsMayComeInAForm() async throws {
            try await withDemo { hub, _ in
                let form = "match%5B%5D=%7Bjob%3D%22node%22%7D&match%5B%5D=demo_requests_total"
                let answer = try await HTTPRequest(
                    method: "POST",
                    path: "/federate?match[]=up",
                    headers: ["Content-Type": "application/x-www-form-urlencoded"],
                    body: Array(form.utf8)
                ).send(to: hub.endpoints[0])
                let samples = try Samples(parsing: answer.text)
                #expect(samples("up").count == 2)
                #expect(samples("demo_requests_total").count == 2)
                #expect(samples("demo_temperature_celsius").isEmpty)
                #expect(!samples("node_temperature_celsius").isEmpty)
                #expect(samples.all.allSatisfy { $0.labels["location"] == "home" && $0.labels["instance"] == "" })
            }
        }

        @Test func withoutSelectorsTheAnswerIsEmpty() async throws {
            try await withDemo { hub, _ in
                for path in ["/federate", "/federate?match[]={}"] {
                    let answer = try await hub.get(path)
                    #expect(answer.status == 200)
                    #expect(answer.text.isEmpty)
                }
            }
        }

        @Test func anExpressionThatBacktracksForeverElsewhereIsAnsweredSoon() async throws {
            try await withDemo { hub, _ in
                let answer = try await hub.get(Self.path([#"{room=~"(([a-z])+.)+[A-Z](([a-z])+.)+$"}"#]))
                #expect(answer.status == 200)
                #expect(answer.text.isEmpty)
            }
        }
    }
}
