import Foundation
import Testing

extension EndToEndTests {
    /// An exposition of a million samples on its way through the hub.
    @Suite struct MillionSampleTests {
        static let count = 1_000_000
        /// Bytes beside what the hub takes at rest: the samples twice, while a scrape is answered, and their text.
        static let memory = 300 << 20

        private func withUpstream(
            _ limits: String,
            _ body: (Hub) async throws -> Void
        ) async throws {
            try await withWorkspace { workspace in
                let text = (0..<Self.count).map { "demo_value{i=\"\($0)\"} \($0)\n" }.joined()
                try await NginxServer.running(serving: text, in: workspace) { addresses in
                    var options = HubOptions(plugins: [Workspace.shippedPlugins])
                    options.config = """
                        plugins:
                          node: { enabled: false }
                          textfile: { enabled: false }
                          upstream:
                            limits: \(limits)
                            settings: { username: \(NginxServer.username), password: \(NginxServer.password) }
                            targets: [{ address: "\(addresses.plain)", name: large }]

                        """
                    try await withHub(options, in: workspace, body)
                }
            }
        }

        @Test func theyPassWithRaisedLimitsInBoundedMemory() async throws {
            try await withUpstream("{ cpu: 30s, samples: 1100000, bytes: 256MiB, memory: 256MiB }") { hub in
                try ProcessUse.resetPeak(of: hub.program.pid)
                let before = try ProcessUse(of: hub.program.pid)
                let start = ContinuousClock.now
                let request = HTTPRequest(
                    path: "/metrics?plugin=upstream",
                    headers: ["Accept": "text/plain;version=0.0.4", "X-Prometheus-Scrape-Timeout-Seconds": "90"]
                )
                let response = try await request.send(to: hub.endpoints[0])
                let wall = ContinuousClock.now - start
                let after = try ProcessUse(of: hub.program.pid)
                #expect(response.text.utf8.count { $0 == UInt8(ascii: "\n") } >= Self.count)
                #expect(response.text.contains("demo_value{i=\"999999\",target=\"large\"} 999999\n"))
                #expect(after.peak - before.resident < Self.memory)
                print(
                    "a million samples: \(wall), \(after.cpu - before.cpu) CPU, \((after.peak - before.resident) >> 20) MiB"
                )
                #expect(try await hub.get("/-/healthy").status == 200)
            }
        }

        @Test func theDefaultLimitsRefuseThemWithAReason() async throws {
            try await withUpstream("{}") { hub in
                let samples = try await hub.scrape()
                #expect(samples.value("hub_target_up", ["plugin": "upstream", "target": "large"]) == 0)
                #expect(samples.failures("upstream", "samples") == 1)
                #expect(hub.program.errors.lines.contains { $0.contains("more than 10000 samples") })
            }
        }

        @Test func theMemoryLimitCountsThem() async throws {
            try await withUpstream("{ cpu: 30s, samples: 1100000, bytes: 256MiB }") { hub in
                let samples = try await hub.scrape(timeout: 60)
                #expect(samples.failures("upstream", "memory") == 1)
                #expect(hub.program.errors.lines.contains { $0.contains("memory limit exceeded") })
            }
        }
    }
}
