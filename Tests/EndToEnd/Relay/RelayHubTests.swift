import Foundation
import Testing

extension EndToEndTests {
    /// A hub that is scraped through relays.
    @Suite struct RelayHubTests {
        private func options(_ relays: String, in workspace: Workspace) throws -> HubOptions {
            try workspace.write(
                """
                plugin { help = "A sample." }
                local value = gauge("demo_value", "A value.", { "job" })
                function collect() value(42, "node") end
                """,
                to: "plugins/demo.lua"
            )
            return HubOptions(plugins: [workspace.plugins], config: "relay:\n\(relays)")
        }

        private func waitForPolls(_ count: Int, _ hub: Hub) async throws {
            try await wait(until: "the hub polls") {
                try await hub.scrape().sum("hub_relay_client_waiting_polls") == Double(count)
            }
        }

        @Test func thePrintedScrapeConfigurationWorksThroughBothProxies() async throws {
            try await withWorkspace { workspace in
                try await RelayProgram.running(in: workspace) { relay in
                    try await PushProx.proxy { proxy in
                        let relays = """
                              - { url: "http://\(relay.endpoint.host)", name: raspberrypi }
                              - { url: "http://\(proxy.host)/", name: raspberrypi }
                            """
                        try await withHub(options(relays, in: workspace), in: workspace) { hub in
                            try await waitForPolls(2, hub)
                            let jobs = [relay.endpoint, proxy].enumerated().map { number, endpoint in
                                """
                                  - job_name: federate\(number)
                                    honor_labels: true
                                    metrics_path: /federate
                                    params: { "match[]": ['{job="node"}'] }
                                    proxy_url: http://\(endpoint.host)
                                    static_configs: [ { targets: ["raspberrypi:9090"], labels: { via: "\(number)" } } ]
                                """
                            }
                            let config = """
                                global: { scrape_interval: 1s, scrape_timeout: 1s }
                                scrape_configs:
                                \(jobs.joined(separator: "\n"))
                                """
                            try await PrometheusServer.running(config, in: workspace) { prometheus in
                                try await wait(until: "both ways work") {
                                    try await prometheus.query("demo_value{job=\"node\"} == 42").count == 2
                                }
                            }
                        }
                    }
                }
            }
        }

        @Test(arguments: [false, true])
        func listedTargetsAreServedAndNothingElse(isHTTP2: Bool) async throws {
            try await withWorkspace { workspace in
                try await NodeExporter.running { node in
                    try await RelayProgram.running(in: workspace) { relay in
                        let relays = """
                              - url: "http://\(relay.endpoint.host)"
                                name: raspberrypi
                                http2: \(isHTTP2)
                                targets:
                                  - { address: "\(node.host)", port: 9100, labels: { site: home } }
                                  - { address: "\(node.host)", port: 80, name: nas }
                                  - "127.0.0.1:1"
                            """
                        try await withHub(options(relays, in: workspace), in: workspace) { hub in
                            try await waitForPolls(2, hub)
                            #expect(
                                try await relay.scrape("http://raspberrypi:9100/metrics").text.contains("node_load1")
                            )
                            #expect(try await relay.scrape("http://nas/metrics").text.contains("node_load1"))
                            #expect(try await relay.scrape("http://raspberrypi:9090/sd").text == "[]\n")
                            #expect(try await relay.scrape("http://raspberrypi/metrics").text.contains("demo_value"))
                            let zipped = ["Accept-Encoding": "gzip"]
                            let packed = try await relay.scrape("http://raspberrypi:9100/metrics", headers: zipped)
                            #expect(packed.headers["content-encoding"] == "gzip")
                            let dead = try await relay.scrape("http://raspberrypi:1/metrics")
                            #expect(dead.status == 502)
                            #expect(dead.text.contains("127.0.0.1:1: connection refused"))
                            for (url, method, status) in [
                                ("http://raspberrypi:5/-/reload", "POST", 403), ("http://raspberrypi:5/", "GET", 403),
                                ("http://raspberrypi:5/metrics/job/x", "PUT", 405), ("http://nas:9100/m", "GET", 403),
                            ] {
                                #expect(try await relay.scrape(url, method: method).status == status, "\(url)")
                            }
                            let samples = try await relay.metrics()
                            #expect(samples.value("hub_relay_http2_connections") == (isHTTP2 ? 1 : 0))
                            let clients = try await HTTPRequest(path: "/clients").send(to: relay.endpoint).text
                            #expect(clients.contains("\"targets\":[\"raspberrypi:9100\"]"))
                            #expect(clients.contains("\"site\":\"home\""))
                            #expect(clients.contains("\"targets\":[\"nas:80\"]"))
                        }
                    }
                }
            }
        }

        /// Several times over, and more than the sockets' buffers hold.
        @Test(arguments: [false, true])
        func largeAnswersOfATargetArriveWhole(isHTTP2: Bool) async throws {
            try await withWorkspace { workspace in
                let text = (0..<200_000).map { "demo_value{i=\"\($0)\"} \($0)\n" }.joined()
                try await NginxServer.running(serving: text, in: workspace) { addresses in
                    try await RelayProgram.running(in: workspace) { relay in
                        let place = addresses.plain.replacing("http://", with: "").replacing("/metrics", with: "")
                        let relays = """
                              - url: "http://\(relay.endpoint.host)"
                                name: pi
                                http2: \(isHTTP2)
                                targets: [ { address: "\(place)", port: 80 } ]
                            """
                        try await withHub(options(relays, in: workspace), in: workspace) { hub in
                            try await waitForPolls(1, hub)
                            for _ in 0..<5 {
                                let answer = try await relay.scrape("http://pi/metrics", seconds: 30)
                                #expect(answer.status == 200)
                                #expect(answer.body.count == text.utf8.count)
                            }
                        }
                    }
                }
            }
        }

        @Test func aHubThatStopsIsGoneAndOneThatComesBackIsThereAgain() async throws {
            try await withWorkspace { workspace in
                try await RelayProgram.running(in: workspace) { relay in
                    let options = try options("  - { url: \"http://\(relay.endpoint.host)\", name: pi }", in: workspace)
                    try await withHub(options, in: workspace) { _ in try await relay.waitForPolls(1) }
                    try await relay.waitForPolls(0)
                    let asker = try RawConnection(to: relay.endpoint)
                    let timeout = "X-Prometheus-Scrape-Timeout-Seconds: 60"
                    asker.send("GET http://pi/metrics HTTP/1.1\r\nHost: pi\r\n\(timeout)\r\n\r\n")
                    try await withHub(options, in: workspace) { _ in
                        let answer = try await onThread { asker.read(until: "\r\n\r\n") }
                        #expect(answer.hasPrefix("HTTP/1.1 200"))
                    }
                }
            }
        }

        @Test func aRelayThatComesLaterIsFoundByItself() async throws {
            try await withWorkspace { workspace in
                let port = try freePort()
                let options = try options("  - { url: \"http://localhost:\(port)\", name: pi }", in: workspace)
                try await withHub(options, in: workspace) { hub in
                    try await wait(until: "polls fail") {
                        try await hub.scrape().sum("pushprox_client_poll_errors_total") > 0
                    }
                    // Every address that was tried is named.
                    let log = hub.program.errors.lines.joined(separator: "\n")
                    #expect(log.contains("127.0.0.1:\(port): connection refused"))
                    #expect(log.contains("[::1]:\(port): connection refused"))
                    let program = try Program(Hub.binary, ["relay", "--listen", "ipv6://localhost:\(port)"])
                    do {
                        let url = "http://pi/metrics"
                        try await wait(until: "the hub is served by IPv6 alone") {
                            (try? await HTTPRequest(path: url).send(to: .ipv6(port)).status) == 200
                        }
                        await program.stop()
                    } catch {
                        await program.stop()
                        throw error
                    }
                }
            }
        }
    }
}
