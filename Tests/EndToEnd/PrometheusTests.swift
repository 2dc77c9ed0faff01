import Foundation
import Testing

extension EndToEndTests {
    @Suite struct PrometheusTests {
        @Test func aRealPrometheusScrapesTheHubOverIPv4AndIPv6() async throws {
            try await withWorkspace { workspace in
                try await withHub(HubOptions(plugins: [Workspace.shippedPlugins]), in: workspace) { hub in
                    let instances = Set(hub.endpoints.map(\.host))
                    #expect(instances.count == 2)
                    try await PrometheusServer.scraping(hub.endpoints, in: workspace) { prometheus in
                        try await wait(until: "both targets are up") {
                            let up = try await prometheus.query("up == 1")
                            return Set(up.compactMap { $0.metric["instance"] }) == instances
                        }
                        for name in ["node_load1", "node_cpu_seconds_total", "hub_plugin_success"] {
                            let series = try await prometheus.query(name)
                            #expect(Set(series.compactMap { $0.metric["instance"] }) == instances, "\(name)")
                        }
                        let success = try await prometheus.query(#"hub_plugin_success{plugin="node"}"#)
                        #expect(success.map(\.value) == [1, 1])
                    }
                }
            }
        }
    }
}
