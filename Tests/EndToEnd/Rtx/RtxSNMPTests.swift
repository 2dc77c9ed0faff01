import Foundation
import TestAgents
import Testing

extension EndToEndTests {
    /// Routers by SNMP: snmpd with a router's objects, and for both protocols the router simulator beside it.
    @Suite struct RtxSNMPTests {
        /// The machine's first interface, its loopback, is the router's LAN1.
        static let objects = [
            "override .1.3.6.1.2.1.1.1.0 octet_str \"Yamaha Corporation RTX1210 Rev.14.01.42\"",
            "override .1.3.6.1.4.1.1182.2.1.2.0 uinteger 268435456", "override .1.3.6.1.4.1.1182.2.1.4.0 uinteger 25",
            "override .1.3.6.1.4.1.1182.2.1.5.0 integer 7", "override .1.3.6.1.4.1.1182.2.1.6.0 uinteger 8",
            "override .1.3.6.1.4.1.1182.2.1.7.0 integer 9", "override .1.3.6.1.4.1.1182.2.1.15.0 integer 41",
            "override .1.3.6.1.4.1.1182.2.1.18.1.3.1 integer 11", "override .1.3.6.1.4.1.1182.2.1.18.1.4.1 integer 12",
            "override .1.3.6.1.4.1.1182.2.1.18.1.5.1 integer 13", "override .1.3.6.1.4.1.1182.2.1.18.1.3.2 uinteger 21",
            "override .1.3.6.1.4.1.1182.2.1.18.1.4.2 uinteger 22",
            "override .1.3.6.1.4.1.1182.2.1.18.1.5.2 uinteger 23",
            "override .1.3.6.1.4.1.1182.2.2.3.0 octet_str \"RTX1210 Rev.14.01.42 (Fri Jul  5 13:29:10 2024)\"",
            "override .1.3.6.1.4.1.1182.2.2.4.0 timeticks 8640000", "override .1.3.6.1.2.1.2.2.1.2.1 octet_str LAN1",
            "override .1.3.6.1.2.1.2.2.1.8.1 integer 1",
        ]

        @Test func aRouterIsReadWithoutALogin() async throws {
            try await withRouterAgent(SNMPAgent.Options(lines: Self.objects)) { agent, workspace in
                let ways = ["version: \"1\"", "version: 2c"]
                for (names, expected) in [("classic", Self.classic), ("prometheus", Self.prometheus)] {
                    let targets = ways.enumerated().map { number, way in
                        "{ address: 192.0.2.1, name: \"\(number)\", settings: { snmp_address: \"\(agent.address)\", snmp: { \(way) } } }"
                    }
                    try await withRtxHub(targets, settings: "via: [snmp], names: \(names)", in: workspace) { hub in
                        let text = try await hub.get("/metrics").text
                        for (number, way) in ways.enumerated() {
                            let lines = RouterSamples.lines(of: "\(number)", in: text)
                            let error = try await hub.error(of: "\(number)", in: "rtx")
                            #expect(error == nil)
                            #expect(Set(expected).subtracting(lines) == [], "\(way): \(lines)")
                            #expect(lines.contains { $0.hasPrefix("ifInOctets{if=\"1\"} ") } == (names == "classic"))
                        }
                    }
                }
            }
        }

        @Test func thePortOfATargetIsTheAgentsWhereNothingElseIsAsked() async throws {
            try await withRouterAgent(SNMPAgent.Options(lines: Self.objects)) { agent, workspace in
                let targets = [
                    "{ address: \"\(agent.address)\", name: v4 }", "{ address: \"\(agent.addressIPv6)\", name: v6 }",
                ]
                try await withRtxHub(targets, settings: "via: [snmp]", in: workspace) { hub in
                    let text = try await hub.get("/metrics").text
                    for target in ["v4", "v6"] {
                        let lines = RouterSamples.lines(of: target, in: text)
                        #expect(Set(Self.classic).subtracting(lines) == [], "\(lines)")
                    }
                }
            }
        }

        static let classic = [
            "yrhCpuUtil5sec 7", "yrhCpuUtil1min 8", "yrhCpuUtil5min 9", "yrhMemoryUtil 25", "yrhMemorySize 268435456",
            "yrhInboxTemperature 41", "yrhUptime 1", #"rtx_info{firmware="14.01.42",model="RTX1210"} 1"#,
            #"yrhMultiCpuUtil5sec{yrhMultiCpuIndex="1"} 11"#, #"yrhMultiCpuUtil5min{yrhMultiCpuIndex="2"} 23"#,
            #"ifOperStatus{if="1"} 1"#,
        ]

        static let prometheus = [
            #"rtx_cpu_usage_ratio{window="5s"} 0.07"#, #"rtx_cpu_core_usage_ratio{core="2",window="1m"} 0.22"#,
            "rtx_memory_usage_ratio 0.25", "rtx_memory_size_bytes 268435456", "rtx_temperature_celsius 41",
            "rtx_uptime_seconds 86400", #"rtx_info{firmware="14.01.42",model="RTX1210"} 1"#,
            #"rtx_interface_up{interface="lan1"} 1"#,
        ]

        @Test func byBothProtocolsTheConsoleHasTheCountersAndTheAgentTheRest() async throws {
            let user = SNMPAgent.Options(lines: Self.objects)
            try await withRouterAgent(user) { agent, workspace in
                try await RouterSimulator.running(["{}", "{}", #"{ "max_sessions": 0 }"#], in: workspace) { simulator in
                    let targets = simulator.routers.enumerated().map { number, router in
                        let via = number == 1 ? "[telnet, snmp]" : "[snmp, telnet]"
                        return "{ address: \"\(router.addresses[0])\", name: \"\(number)\", settings: { via: \(via), "
                            + "password: \(RouterSimulator.password), snmp_address: \"\(agent.address)\" } }"
                    }
                    try await withRtxHub(targets, in: workspace) { hub in
                        let text = try await hub.get("/metrics").text
                        try expectBoth(text, "0", snmpFirst: true)
                        try expectBoth(text, "1", snmpFirst: false)
                        // The console of the last one lets nobody in.
                        let lines = RouterSamples.lines(of: "2", in: text)
                        #expect(lines.contains(#"rtx_source_up{source="telnet"} 0"#))
                        #expect(lines.contains(#"rtx_source_up{source="snmp"} 1"#))
                        #expect(lines.contains("yrhCpuUtil5sec 7") && lines.contains("yrhUptime 1"))
                        // A counter that came from the agent for once would look like one that was reset.
                        #expect(!lines.contains { $0.hasPrefix("ifInOctets") })
                        #expect(hub.program.errors.lines.contains { $0.contains("no answer by telnet") })
                    }
                }
            }
        }

        private func expectBoth(_ text: String, _ target: String, snmpFirst: Bool) throws {
            let lines = RouterSamples.lines(of: target, in: text)
            let gauges = ["yrhCpuUtil", "yrhMemoryUtil", "yrhInboxTemperature", "rtx_info"]
            let console = try RouterSamples.expected()
            let kept = console.filter { line in !snmpFirst || !gauges.contains { line.hasPrefix($0) } }
            #expect(Set(kept).subtracting(lines) == [], "\(lines)")
            var more = ["yrhMemorySize 268435456", #"ifOperStatus{if="1"} 1"#]
            more += Self.classic.filter { $0.hasPrefix("yrhMultiCpu") }
            more += ["telnet", "snmp"].map { "rtx_source_up{source=\"\($0)\"} 1" }
            if snmpFirst { more += Self.classic.filter { line in gauges.contains { line.hasPrefix($0) } } }
            #expect(Set(more).subtracting(lines) == [], "\(lines)")
        }

        @Test func aRouterThatAnswersByNeitherSaysWhy() async throws {
            try await withWorkspace { workspace in
                try workspace.ship("rtx")
                let port = try freePort()
                let target =
                    "{ address: \"127.0.0.1:\(port)\", name: lost, settings: { via: [snmp, telnet], timeout: 1s, "
                    + "snmp_address: \"127.0.0.1:\(port)\", snmp: { timeout: 500ms, retries: 0 } } }"
                try await withRtxHub([target], in: workspace) { hub in
                    #expect(try await hub.scrape().value("hub_target_up", ["target": "lost"]) == 0)
                    let error = try #require(try await hub.error(of: "lost", in: "rtx"))
                    #expect(error.contains("connection refused; 127.0.0.1:\(port): "), "\(error)")
                }
            }
        }

        @Test func aWrongListOfProtocolsIsAnError() async throws {
            try await withWorkspace { workspace in
                try workspace.ship("rtx")
                let lists = [
                    ("[ssh]", "via must be a list of snmp and telnet, got \"ssh\""),
                    ("[snmp, snmp]", "via has snmp twice"),
                    ("[]", "via must have snmp, telnet or both"),
                ]
                let targets = lists.enumerated().map { number, list in
                    "{ address: 192.0.2.1, name: \"\(number)\", settings: { via: \(list.0) } }"
                }
                try await withRtxHub(targets, in: workspace) { hub in
                    _ = try await hub.scrape()
                    for (number, list) in lists.enumerated() {
                        #expect(try await hub.error(of: "\(number)", in: "rtx")?.contains(list.1) == true)
                    }
                }
            }
        }
    }
}

/// Runs `body` with an agent, and a workspace that has the rtx plugin.
private func withRouterAgent<Value>(
    _ options: SNMPAgent.Options,
    _ body: (SNMPAgent, Workspace) async throws -> Value
) async throws -> Value {
    try await withWorkspace { workspace in
        try workspace.ship("rtx")
        return try await SNMPAgent.running(options, in: workspace) { try await body($0, workspace) }
    }
}

/// Runs `body` with a hub whose rtx plugin has these targets, in YAML's flow style.
func withRtxHub<Value>(
    _ targets: [String],
    settings: String = "",
    in workspace: Workspace,
    _ body: (Hub) async throws -> Value
) async throws -> Value {
    var options = HubOptions(plugins: [workspace.plugins])
    options.config =
        "plugins:\n  rtx:\n    settings: { \(settings) }\n    targets:\n"
        + targets.map { "      - \($0)\n" }.joined()
    return try await withHub(options, in: workspace, body)
}
