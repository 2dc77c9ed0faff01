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
