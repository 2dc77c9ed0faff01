import Foundation
import Testing

extension EndToEndTests {
    @Suite struct PageTests {
        @Test func theStatusPageAndItsDataNameEveryPlugin() async throws {
            try await withWorkspace(plugins: ["good"]) { workspace in
                try await withHub(HubOptions(plugins: [workspace.plugins]), in: workspace) { hub in
                    _ = try await hub.scrape()
                    let page = try await hub.get("/")
                    #expect(page.headers["content-type"]?.hasPrefix("text/html") == true)
                    let status = try await hub.get("/api/v1/status")
                    #expect(status.headers["content-type"]?.hasPrefix("application/json") == true)
                    #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(status.body)) }
                    for plugin in ["folder", "kinds", "load", "steady"] {
                        #expect(page.text.contains(plugin), "/: \(plugin)")
                        #expect(status.text.contains("\"\(plugin)\""), "/api/v1/status: \(plugin)")
                    }
                }
            }
        }

        @Test func theStatusPageShowsPushesRelaysAndRemoteWrite() async throws {
            try await withWorkspace(plugins: ["good"]) { workspace in
                try await WriteReceiver.running { receiver in
                    try await RelayProgram.running(in: workspace) { relay in
                        let config = """
                            push: { enabled: true }
                            relay:
                              - { url: "http://\(relay.endpoint.host)", name: pi }
                              - { url: "http://127.0.0.1:1", name: pi }
                            remote_write:
                              interval: 1s
                              endpoints:
                                - { name: good, url: "\(receiver.url)" }
                                - { name: bad, url: "http://127.0.0.1:1/?key=${WRITE_KEY}" }
                            """
                        var options = HubOptions(plugins: [workspace.plugins], config: config)
                        options.environment = ["WRITE_KEY": "opensesame"]
                        try await withHub(options, in: workspace) { hub in
                            let path = "/metrics/job/backup/host/%3Cb%3E?ttl=1h"
                            let push = HTTPRequest(method: "PUT", path: path, body: Array("a 1\nb 2\n".utf8))
                            #expect(try await push.send(to: hub.endpoints[0]).status == 200)
                            let page = try await eventually("everything is known") {
                                let page = try await hub.get("/").text
                                let words = [">connected</span>", ">not connected</span>", "127.0.0.1:1"]
                                let isComplete =
                                    words.allSatisfy(page.contains)
                                    && page.matches(of: /data-label="Sent">[1-9]/).count == 1
                                    && page.matches(of: /class="state failing">failing/).count == 1
                                return isComplete ? page : nil
                            }
                            #expect(page.contains("host=&quot;&lt;b&gt;&quot;") && page.contains("Time left\">60 min"))
                            let status = try await hub.get("/api/v1/status").text
                            for text in [page, status] { #expect(!text.contains("opensesame")) }
                            #expect(status.contains("\"groupCount\":1") && status.contains("\"isConnected\":true"))
                        }
                    }
                }
            }
        }

        @Test func healthAndUnknownPathsAreAnswered() async throws {
            try await withWorkspace(plugins: ["good"]) { workspace in
                try await withHub(HubOptions(plugins: [workspace.plugins]), in: workspace) { hub in
                    for (path, status) in [("/-/healthy", 200), ("/-/ready", 200), ("/no/such/page", 404)] {
                        let answered = try await hub.get(path).status
                        #expect(answered == status, "\(path)")
                    }
                    #expect(try await hub.post("/metrics").status == 405)
                    #expect(try await hub.get("/-/reload").status == 405)
                }
            }
        }

        @Test func aScrapeIsCompressedOnlyWhenAskedFor() async throws {
            try await withWorkspace(plugins: ["good"]) { workspace in
                try await withHub(HubOptions(plugins: [workspace.plugins]), in: workspace) { hub in
                    let plain = try await hub.get("/metrics")
                    #expect(plain.headers["content-encoding"] == nil)
                    let request = HTTPRequest(path: "/metrics", headers: ["Accept-Encoding": "gzip"])
                    let packed = try await request.send(to: hub.endpoints[0])
                    #expect(packed.headers["content-encoding"] == "gzip")
                    // The magic number of a gzip member (RFC 1952 §2.3.1).
                    #expect(packed.body.starts(with: [0x1f, 0x8b]))
                    #expect(packed.body.count < plain.body.count)
                }
            }
        }

        @Test func countersThatCanFailStartAtZero() async throws {
            try await withWorkspace(plugins: ["good"]) { workspace in
                try await withHub(HubOptions(plugins: [workspace.plugins]), in: workspace) { hub in
                    let samples = try await hub.scrape()
                    let reasons = ["load", "error", "timeout", "cpu", "memory", "samples", "bytes", "abort"]
                    for reason in reasons {
                        let labels = ["plugin": "steady", "reason": reason]
                        #expect(samples.value("hub_plugin_failures_total", labels) == 0, "\(reason)")
                    }
                    for result in ["success", "failure"] {
                        let labels = ["plugin": "steady", "result": result]
                        #expect(samples.value("hub_plugin_reloads_total", labels) == 0, "\(result)")
                    }
                    for name in ["hub_build_info", "hub_scrapes_total", "process_cpu_seconds_total"] {
                        #expect(samples(name).count == 1, "\(name)")
                    }
                    for name in ["hub_plugin_duration_seconds", "hub_plugin_samples", "hub_plugin_memory_bytes"] {
                        #expect(samples.value(name, ["plugin": "steady"]) != nil, "\(name)")
                    }
                }
            }
        }
    }
}
