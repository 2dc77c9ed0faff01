import Foundation
import Testing

extension EndToEndTests {
    /// Bad networks, and agents that are large, slow or many.
    @Suite struct SNMPNetworkTests {
        /// Of each kind of fate, in each direction.
        private static let share = 0.1

        @Test(arguments: [1, 2])
        func onABadNetworkAWalkIsRightOrSaysWhyItFailed(seed: Int) async throws {
            try await withWorkspace(plugins: ["snmp"]) { workspace in
                try await SNMPResponder.running(["--interfaces", "3", "--objects", "300"]) { responder in
                    let agent = responder.addresses[0]
                    try await UDPProxy.running(before: agent, badly: Self.share, seed: seed) { proxy in
                        let roots = ["1.3.6.1.2.1.2.2", "1.3.6.1.2.1.31", "1.3.6.1.4.1.8072.9999.1"]
                        let settings =
                            "timeout: 400ms, retries: 5, max_repetitions: 10, roots: [\(roots.joined(separator: ", "))]"
                        let targets = [
                            "{ address: \"\(agent)\", name: direct }",
                            "{ address: \"\(proxy.address)\", name: bad }",
                            "{ address: \"\(proxy.address)\", name: bad-v1, settings: { version: \"1\", roots: [1.3.6.1.2.1.2.2] } }",
                        ]
                        try await withSNMPHub("agent", targets, settings: settings, in: workspace) { hub in
                            try await expectRight(hub)
                        }
                        let counts = try await proxy.counts()
                        #expect(min(counts.lost, counts.duplicated, counts.reordered, counts.delayed) > 10)
                    }
                }
            }
        }

        private func expectRight(_ hub: Hub) async throws {
            var right = 0
            for _ in 0..<3 {
                let headers = ["X-Prometheus-Scrape-Timeout-Seconds": "40"]
                let request = HTTPRequest(path: "/metrics", headers: headers, timeout: .seconds(45))
                let text = try await request.send(to: hub.endpoints[0]).text
                let direct = RouterSamples.lines(of: "direct", in: text)
                #expect(direct.count > 400)
                for target in ["bad", "bad-v1"] {
                    let lines = RouterSamples.lines(of: target, in: text)
                    if let error = try await hub.error(of: target, in: "agent") {
                        #expect(lines == [])
                        #expect(error.contains("no response within 0.4 s (5 retries)"), "\(error)")
                        continue
                    }
                    right += 1
                    let expected = direct.filter { target == "bad" || $0.contains("\"1.3.6.1.2.1.2.2") }
                    #expect(lines == expected, "\(target)")
                }
            }
            #expect(right >= 4)
        }

        @Test func aSimulatedAgentWithTwentyThousandObjectsIsReadWhole() async throws {
            let large = (1...20_000).map { "1.3.6.1.4.1.8072.9999.1.\($0)|65|\($0)" }
            let slow = (1...20).map { "1.3.6.1.4.1.8072.9999.2.\($0)|2:delay|value=\($0),wait=50" }
            try await withWorkspace(plugins: ["snmp"]) { workspace in
                try await SNMPSimulator.running(["large": large, "slow": slow], in: workspace) { simulator in
                    let root = "1.3.6.1.4.1.8072"
                    let targets = [
                        "{ address: \"\(simulator.address)\", name: large, settings: { community: large } }",
                        "{ address: \"\(simulator.addressIPv6)\", name: slow, settings: { community: slow } }",
                    ]
                    let settings = "sums: true, roots: [\(root)], max_repetitions: 10, timeout: 20s"
                    try await withSNMPHub("agent", targets, settings: settings, limits: "cpu: 2s", in: workspace) {
                        hub in
                        let headers = ["X-Prometheus-Scrape-Timeout-Seconds": "110"]
                        let request = HTTPRequest(path: "/metrics", headers: headers, timeout: .seconds(120))
                        let samples = try Samples(parsing: try await request.send(to: hub.endpoints[0]).text)
                        #expect(samples.value("agent_objects", ["target": "large"]) == 20_000)
                        #expect(samples.value("agent_sum", ["target": "large"]) == 200_010_000)
                        #expect(samples.value("agent_objects", ["target": "slow"]) == 20)
                        #expect(samples.value("agent_sum", ["target": "slow"]) == 210)
                    }
                }
            }
        }

        @Test func manyAgentsAreAskedByFewSockets() async throws {
            try await withWorkspace(plugins: ["snmp"]) { workspace in
                try await SNMPResponder.running(["--count", "300", "--delay", "0.1"]) { responder in
                    let targets = responder.addresses.map { "{ address: \"\($0)\" }" }
                    let settings = "sums: true, roots: [1.3.6.1.2.1.2.2]"
                    try await withSNMPHub("agent", targets, settings: settings, in: workspace) { hub in
                        let before = try descriptors(of: hub)
                        let samples = try await hub.scrape(timeout: 60)
                        #expect(samples("agent_objects").count == 300)
                        #expect(samples("agent_objects").allSatisfy { $0.value == 84 })
                        // One socket for each family of addresses, and what tells that something has come.
                        #expect(try descriptors(of: hub) <= before + 10)
                    }
                }
            }
        }

        @Test func manyAgentsThatAreNotThereCostNoTime() async throws {
            try await withWorkspace(plugins: ["snmp"]) { workspace in
                let port = try freeDatagramPort()
                var targets = (1...200).map { "{ address: \"127.0.9.\($0):\(port)\" }" }
                targets.append("{ address: \"[::1]:\(port)\" }")
                try await withSNMPHub("agent", targets, settings: "timeout: 1m", in: workspace) { hub in
                    let samples = try await hub.scrape(timeout: 100)
                    #expect(samples.sum("hub_target_up") == 0)
                    #expect(samples.failures("agent", "timeout") == 0)
                    #expect(samples.failures("agent", "error") == 201)
                    let error = try await hub.error(of: "[::1]:\(port)", in: "agent")
                    #expect(error?.contains("[::1]:\(port): connection refused") == true)
                }
            }
        }

        private func descriptors(of hub: Hub) throws -> Int {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/\(hub.program.pid)/fd").count
        }
    }
}
