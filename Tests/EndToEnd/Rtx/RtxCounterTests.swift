import Foundation
import Testing

extension EndToEndTests {
    /// What becomes of a router's counters from run to run, by SNMP; the router is Tests/peers/snmp_responder.py.
    @Suite struct RtxCounterTests {
        private static let wrap = 4_294_967_296

        /// A row of ifTable, and of ifXTable where there are wide counters.
        private static func interface(_ index: Int, _ name: String, narrow: Int, wide: Int? = nil) -> [String] {
            let (table, extended) = ("1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1")
            var lines = ["\(table).2.\(index) octets \(name)", "\(table).5.\(index) gauge32 1000000000"]
            lines += ["\(table).8.\(index) integer 1"]
            lines += [10, 16].map { "\(table).\($0).\(index) counter32 \(narrow)" }
            lines += [(11, 5), (12, 2), (17, 6), (18, 3)].map { "\(table).\($0).\(index) counter32 \($1)" }
            if let wide {
                lines += [6, 10].map { "\(extended).\($0).\(index) counter64 \(wide)" }
                lines += [7, 8, 9, 11, 12, 13].map { "\(extended).\($0).\(index) counter64 \($0)" }
            }
            return lines
        }

        private static let octets = (in: "1.3.6.1.2.1.2.2.1.10.1", out: "1.3.6.1.2.1.2.2.1.16.1")
        private static let uptime = "1.3.6.1.4.1.1182.2.2.4.0"
        private static let router = ["1.3.6.1.4.1.1182.2.1.4.0 gauge32 24", "\(uptime) timeticks 100000"]

        @Test func interfacesAreNamedAsTheConsoleNamesThem() async throws {
            let lines =
                Self.router + Self.interface(1, "LAN1", narrow: 1000)
                + Self.interface(2, "TUNNEL[1]", narrow: 1, wide: 10_000_000_000)
                + Self.interface(3, "PP[01]", narrow: 7) + Self.interface(4, "LOOPBACK1", narrow: 7)
                + Self.interface(5, "SWX2110P-8G_Z0000000AA:1", narrow: 7) + Self.interface(6, "WAN1", narrow: 9)
            try await withRouter(lines) { responder, workspace in
                try await withRtxHub(targets(of: responder), settings: "via: [snmp], pps: []", in: workspace) { hub in
                    let found = RouterSamples.lines(of: "v2c", in: try await hub.get("/metrics").text)
                    #expect(
                        found.filter { $0.hasPrefix("ifIn") || $0.hasPrefix("ifOper") } == [
                            #"ifInOctets{if="1"} 1000"#, #"ifInOctets{if="tunnel1"} 10000000000"#,
                            #"ifInOctets{if="wan1"} 9"#, #"ifInPkts{if="1"} 7"#, #"ifInPkts{if="tunnel1"} 24"#,
                            #"ifInPkts{if="wan1"} 7"#, #"ifOperStatus{if="1"} 1"#, #"ifOperStatus{if="tunnel1"} 1"#,
                            #"ifOperStatus{if="wan1"} 1"#,
                        ]
                    )
                    // Version 1 cannot carry the wide ones.
                    let old = RouterSamples.lines(of: "v1", in: try await hub.get("/metrics").text)
                    #expect(old.contains(#"ifInOctets{if="tunnel1"} 1"#))
                    #expect(old.contains(#"ifOutPkts{if="tunnel1"} 9"#))
                }
            }
        }

        /// None of the spellings of PPs and tunnels is documented.
        @Test func everySpellingOfAnInterfaceIsUnderstood() async throws {
            let spellings = [
                "LAN1", "lan2", " LAN3 ", "PP[02]", "PP03", "PP 4", "Pp#5", "PP[10]:", "TUNNEL[1]", "TUNNEL2",
                "Tunnel 3", "TUNNEL(4)", "TUNNEL_05", "PP[02]", "LAN1/1", "PP[ANONYMOUS01]", "VLAN1",
            ]
            let rows = spellings.enumerated().flatMap { Self.interface($0 + 1, $1, narrow: 100 + $0) }
            try await withRouter(Self.router + rows) { responder, workspace in
                try await withRtxHub(targets(of: responder), settings: "via: [snmp]", in: workspace) { hub in
                    let lines = RouterSamples.lines(of: "v2c", in: try await hub.get("/metrics").text)
                    let names = ["1", "2", "3"] + [2, 3, 4, 5, 10].map { "pp\($0)" } + (1...5).map { "tunnel\($0)" }
                    let expected = names.enumerated().map { "ifInOctets{if=\"\($1)\"} \(100 + $0)" }
                    #expect(lines.filter { $0.hasPrefix("ifInOctets") } == expected.sorted())
                }
            }
        }

        @Test func aCounterThatWrapsGoesOn() async throws {
            try await withRouter(Self.router + Self.interface(1, "LAN1", narrow: 4_294_967_000)) {
                responder,
                workspace in
                try await withRtxHub(targets(of: responder), settings: "via: [snmp]", in: workspace) { hub in
                    let octets = { (samples: Samples, target: String) in
                        samples.value("ifInOctets", ["target": target, "if": "1"])
                    }
                    var expected = 4_294_967_000
                    for (narrow, more) in [(4_294_967_000, 0), (704, 1000), (703, 4_294_967_295), (800, 97)] {
                        try await responder.set(["\(Self.octets.in) counter32 \(narrow)"])
                        expected += more
                        let samples = try await hub.scrape()
                        for target in ["v1", "v2c"] { #expect(octets(samples, target) == Double(expected)) }
                    }
                    #expect(expected > 2 * Self.wrap)
                }
            }
        }

        @Test func aRouterThatWasRestartedCountsAnew() async throws {
            try await withRouter(Self.router + Self.interface(1, "LAN1", narrow: 4_000_000_000)) {
                responder,
                workspace in
                try await withRtxHub(targets(of: responder), settings: "via: [snmp]", in: workspace) { hub in
                    let value = { (samples: Samples) in samples.value("ifInOctets", ["target": "v2c", "if": "1"]) }
                    #expect(value(try await hub.scrape()) == 4_000_000_000)
                    try await responder.set(["\(Self.uptime) timeticks 500", "\(Self.octets.in) counter32 2000"])
                    let samples = try await hub.scrape()
                    #expect(value(samples) == 2000)
                    #expect(samples.value("yrhUptime", ["target": "v2c"]) == 5.0 / 86_400)
                }
            }
        }

        /// TimeTicks wrap after 497 days; a router is not taken for one that was restarted then.
        @Test func aTimeSinceTheStartThatWrapsGoesOn() async throws {
            let start = Self.router.dropLast() + ["\(Self.uptime) timeticks 4294967000"]
            let lines = start + Self.interface(1, "LAN1", narrow: 4_294_967_000)
            try await withRouter(lines) { responder, workspace in
                try await withRtxHub(targets(of: responder), settings: "via: [snmp]", in: workspace) { hub in
                    _ = try await hub.scrape()
                    try await responder.set(["\(Self.uptime) timeticks 104", "\(Self.octets.in) counter32 704"])
                    let samples = try await hub.scrape()
                    let labels = ["target": "v2c", "if": "1"]
                    #expect(samples.value("ifInOctets", labels) == 4_294_968_000)
                    #expect(samples.value("yrhUptime", ["target": "v2c"]) == 42_949_674.0 / 86_400)
                }
            }
        }

        @Test func anAgentThatIsNoRouterIsAnError() async throws {
            try await withRouter(["1.3.6.1.2.1.1.3.0 timeticks 5"]) { responder, workspace in
                try await withRtxHub(targets(of: responder), settings: "via: [snmp]", in: workspace) { hub in
                    #expect(try await hub.scrape().value("hub_target_up", ["target": "v2c"]) == 0)
                    let error = try await hub.error(of: "v1", in: "rtx")
                    #expect(error?.contains("memory nor uptime of a Yamaha router in the agent's answer") == true)
                }
            }
        }

        private func targets(of responder: SNMPResponder) -> [String] {
            [("v1", "\"1\""), ("v2c", "2c")].map { name, version in
                "{ address: 192.0.2.1, name: \(name), settings: { snmp_address: \"\(responder.addresses[0])\", "
                    + "snmp: { version: \(version) } } }"
            }
        }

        private func withRouter(
            _ objects: some Sequence<String>,
            _ body: (SNMPResponder, Workspace) async throws -> Void
        ) async throws {
            try await withWorkspace { workspace in
                try workspace.ship("rtx")
                let file = try workspace.write(objects.joined(separator: "\n") + "\n", to: "router.txt")
                try await SNMPResponder.running(["--file", file]) { try await body($0, workspace) }
            }
        }
    }
}
