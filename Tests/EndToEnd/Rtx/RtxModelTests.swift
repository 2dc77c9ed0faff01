import Foundation
import Testing

extension EndToEndTests {
    @Suite struct RtxModelTests {
        private static let models = [
            ("RTX810", "11.01.34"), ("RTX830", "15.02.31"), ("RTX1200", "10.01.53"), ("RTX1210", "14.01.42"),
            ("RTX1220", "15.04.07"), ("RTX1300", "23.00.12"),
        ]

        @Test func whatAModelDoesNotHaveIsNoSample() async throws {
            let small: Set<String> = ["RTX810", "RTX830"]
            let all = try RouterSamples.expected()
            try await withRouters(Self.models.map { "{ \"model\": \"\($0.0)\" }" }) { _, hub in
                let text = try await hub.get("/metrics").text
                for (number, (model, firmware)) in Self.models.enumerated() {
                    let expected = all.filter { line in
                        !small.contains(model) || !line.contains("if=\"3\"") && !line.contains("Temperature")
                    }.map { line in
                        line.hasPrefix("rtx_info") ? "rtx_info{firmware=\"\(firmware)\",model=\"\(model)\"} 1" : line
                    }
                    #expect(RouterSamples.lines(of: "\(number)", in: text) == expected, "\(model)")
                }
            }
        }

        @Test func whatARouterDoesNotHaveIsFoundOnceItDoes() async throws {
            let values = #"{ "values": { "lan": { "2": null }, "tunnel": { "1": null } } }"#
            try await withRouters([values]) { simulator, hub in
                let before = RouterSamples.lines(of: "0", in: try await hub.get("/metrics").text)
                #expect(!before.contains { $0.contains("if=\"2\"") || $0.contains("tunnel1") })
                let firstAsked = try await simulator.stats().commands["show status lan2"]
                #expect(firstAsked == 1)
                let counters = #""out_packets": 1, "out_octets": 2, "in_packets": 3, "in_octets": 4, "overflow": 5"#
                try await simulator.set(0, "{ \"values\": { \"lan\": { \"2\": { \(counters) } } } }")
                try await wait(until: "the added LAN is there") {
                    try await hub.scrape().value("ifInOverflow", ["if": "2"]) == 5
                }
                // One of the refused commands is asked again in each run, not all of them.
                let stats = try await simulator.stats()
                let asked = ["show environment", "show status tunnel 7"].map { stats.commands[$0, default: 0] }
                #expect(asked[1] < asked[0])
            }
        }

        @Test func aRouterThatWasRestartedIsSearchedAgainAtOnce() async throws {
            try await withRouters([#"{ "values": { "pp": { "2": null } } }"#]) { simulator, hub in
                #expect(try await hub.scrape().value("ifOperStatus", ["if": "pp2"]) == nil)
                try await simulator.set(0, #"{ "values": { "uptime": 60, "pp": { "2": { "connected": false } } } }"#)
                #expect(try await hub.scrape().value("ifOperStatus", ["if": "pp2"]) == 2)
                #expect(try await hub.scrape().value("yrhUptime") == 60.0 / 86400)
            }
        }

        @Test func namesByPrometheussConventionsHaveTheSameValues() async throws {
            try await withRouters(settings: "names: prometheus, serial: true") { _, hub in
                let samples = try await hub.scrape()
                #expect(samples.value("rtx_cpu_usage_ratio", ["window": "5s"]) == 0.03)
                #expect(samples.value("rtx_memory_usage_ratio") == 0.24)
                #expect(samples.value("rtx_temperature_celsius") == 46)
                #expect(samples.value("rtx_uptime_seconds") == 508_337)
                let bytes = samples.value("rtx_interface_transmit_bytes_total", ["interface": "lan1"])
                #expect(bytes == 51_255_053_848)
                #expect(samples.value("rtx_ip_sessions", ["family": "ipv6"]) == 35)
                #expect(samples.value("rtx_dhcp_addresses", ["scope": "2", "state": "available"]) == 15)
                #expect(samples.value("rtx_nat_ports_used", ["descriptor": "1"]) == 71)
                #expect(samples.value("rtx_info", ["model": "RTX1200", "serial": "D26012345"]) == 1)
                #expect(samples.all.filter { $0.name.hasPrefix("yrh") || $0.name.hasPrefix("if") }.isEmpty)
            }
        }
    }
}
