import Foundation
import Glibc
import TestAgents
import Testing

extension EndToEndTests {
    /// `snmp.get`, `walk` and `table` through the program, against Debian's snmpd.
    @Suite struct SNMPFunctionTests {
        static let objects = [
            "override .1.3.6.1.4.1.1182.2.1.4.0 uinteger 24", "override .1.3.6.1.4.1.1182.2.1.5.0 integer -3",
            "override .1.3.6.1.4.1.1182.2.1.15.0 counter 4294967295",
            "override .1.3.6.1.4.1.1182.2.2.3.0 octet_str \"RTX1200 Rev.10.01.53\"",
            "override .1.3.6.1.4.1.1182.2.2.4.0 timeticks 50833700",
        ]

        /// As a user of each kind asks: the settings of a target, in YAML's flow style.
        static let ways: [String] =
            ["version: \"1\"", "version: 2c", "version: 2", "community: public", "max_repetitions: 1"]
            + users.map(\.settings)

        static let users: [(user: SNMPAgent.User, settings: String)] = {
            let digests = [
                ("MD5", "MD5"), ("SHA", "SHA"), ("SHA-224", "SHA224"), ("SHA-256", "SHA256"), ("SHA-384", "SHA384"),
                ("SHA-512", "SHA512"),
            ]
            let ciphers = [("DES", "DES"), ("AES", "AES"), ("AES-192", "AES192"), ("AES-256", "AES256")]
            var users: [(SNMPAgent.User, String)] = [
                (.init(name: "nobody"), "version: 3, username: nobody")
            ]
            for (theirs, ours) in digests {
                let user = SNMPAgent.User(name: "auth\(ours)", authentication: (theirs, "authenticate"))
                users.append(
                    (user, "version: 3, username: auth\(ours), auth_protocol: \(ours), password: authenticate")
                )
            }
            for (theirs, ours) in ciphers {
                let user = SNMPAgent.User(
                    name: "priv\(ours)",
                    authentication: ("SHA-256", "authenticate"),
                    privacy: (theirs, "conceal everything")
                )
                users.append(
                    (
                        user,
                        "version: 3, username: priv\(ours), auth_protocol: SHA256, password: authenticate, "
                            + "priv_protocol: \(ours), priv_password: conceal everything"
                    )
                )
            }
            return users
        }()

        @Test func everyVersionUserAndFamilyOfAddressesGivesTheSameObjects() async throws {
            let options = SNMPAgent.Options(users: Self.users.map(\.user), lines: Self.objects)
            try await withAgent(options) { agent, workspace in
                let targets = Self.ways.enumerated().flatMap { number, settings in
                    [
                        "{ address: \"\(agent.address)\", name: \"v4-\(number)\", settings: { \(settings) } }",
                        "{ address: \"\(agent.addressIPv6)\", name: \"v6-\(number)\", settings: { \(settings) } }",
                    ]
                }
                try await withSNMPHub("agent", targets, in: workspace) { hub in
                    let text = try await hub.get("/metrics").text
                    for (number, way) in Self.ways.enumerated() {
                        for target in ["v4-\(number)", "v6-\(number)"] {
                            let error = try await hub.error(of: target, in: "agent")
                            #expect(error == nil, "\(way)")
                            let lines = RouterSamples.lines(of: target, in: text)
                            #expect(lines == Self.expected, "\(target): \(way)")
                        }
                    }
                }
            }
        }

        static let expected = [
            #"agent_object{oid="1.3.6.1.4.1.1182.2.1.15.0",type="counter32"} 4294967295"#,
            #"agent_object{oid="1.3.6.1.4.1.1182.2.1.4.0",type="gauge32"} 24"#,
            #"agent_object{oid="1.3.6.1.4.1.1182.2.1.5.0",type="integer"} -3"#,
            #"agent_object{oid="1.3.6.1.4.1.1182.2.2.4.0",type="timeticks"} 50833700"#,
            #"agent_objects{root="1.3.6.1.4.1.1182"} 5"#, #"agent_sum{root="1.3.6.1.4.1.1182"} 4345801016"#,
            #"agent_text_info{oid="1.3.6.1.4.1.1182.2.2.3.0",type="octets",value="RTX1200 Rev.10.01.53"} 1"#,
        ].sorted()

        @Test func whatAnAgentRefusesSaysWhyAndCostsOnlyItsTarget() async throws {
            let options = SNMPAgent.Options(users: Self.users.map(\.user), lines: Self.objects)
            let failures = [
                ("community: guessed-wrong, timeout: 500ms, retries: 1", "no response within 0.5 s (1 retry)"),
                ("version: 3, username: stranger, timeout: 1s", "stranger"),
                ("version: 3, username: authSHA, password: guessed-wrong, timeout: 1s", "digest"),
            ]
            try await withAgent(options) { agent, workspace in
                let targets =
                    failures.enumerated().map { number, failure in
                        "{ address: \"\(agent.address)\", name: \"\(number)\", settings: { \(failure.0) } }"
                    } + ["{ address: \"\(agent.address)\", name: good }"]
                try await withSNMPHub("agent", targets, in: workspace) { hub in
                    let text = try await hub.get("/metrics").text
                    #expect(RouterSamples.lines(of: "good", in: text) == Self.expected)
                    for (number, failure) in failures.enumerated() {
                        let error = try #require(try await hub.error(of: "\(number)", in: "agent"), "\(failure.0)")
                        #expect(error.contains(failure.1), "\(error)")
                        #expect(error.contains(agent.address), "\(error)")
                        #expect(!error.contains("guessed-wrong"))
                        #expect(RouterSamples.lines(of: "\(number)", in: text) == [])
                    }
                    #expect(!hub.program.errors.lines.contains { $0.contains("guessed-wrong") })
                }
            }
        }

        @Test func anAgentThatIsSilentCostsOnlyItsTargetAndUntilTheDeadline() async throws {
            try await withAgent(SNMPAgent.Options(lines: Self.objects)) { agent, workspace in
                var port = UInt16(0)
                // Somebody listens there, so that nothing refuses the requests.
                let silent = try bound(.ipv4(0), &port, SOCK_DGRAM)
                defer { close(silent) }
                let targets = [
                    "{ address: \"127.0.0.1:\(port)\", name: silent, settings: { timeout: 1m } }",
                    "{ address: \"\(agent.address)\", name: good }",
                ]
                try await withSNMPHub("agent", targets, in: workspace) { hub in
                    let samples = try await hub.scrape(timeout: 2)
                    #expect(samples.value("agent_objects", ["target": "good"]) == 5)
                    #expect(samples.value("hub_target_up", ["target": "silent"]) == 0)
                    #expect(samples.failures("agent", "timeout") == 1)
                    #expect(try await hub.scrape(timeout: 2).value("agent_objects", ["target": "good"]) == 5)
                }
            }
        }

        @Test(arguments: ["response_size", "snmp_size"])
        func aLimitOfAnswersIsNamedAndCounted(limit: String) async throws {
            try await withAgent(SNMPAgent.Options(lines: Self.objects)) { agent, workspace in
                let targets = [
                    "{ address: \"\(agent.address)\", name: small }",
                    "{ address: \"\(agent.addressIPv6)\", name: large, settings: { roots: [1.3.6.1.2.1] } }",
                ]
                try await withSNMPHub("agent", targets, limits: "\(limit): 4KiB", in: workspace) { hub in
                    var samples = try await hub.scrape()
                    #expect(samples.value("agent_objects", ["target": "small"]) == 5)
                    let error = try #require(try await hub.error(of: "large", in: "agent"))
                    #expect(error.contains("longer than 4096 bytes, see limits.\(limit)"), "\(error)")
                    samples = try await hub.scrape()
                    for known in ["response_size", "snmp_size", "objects", "requests"] {
                        let count = samples.value("hub_plugin_snmp_limits_exceeded_total", ["limit": known])
                        #expect(try #require(count) == 0 || known == limit)
                        #expect(try #require(count) > 0 || known != limit)
                    }
                    // What failed is not held any more.
                    #expect(samples.value("hub_plugin_snmp_answers_bytes") == 0)
                    let bytes = limit == "snmp_size" ? 4096.0 : Double(64 << 20)
                    #expect(samples.value("hub_plugin_snmp_answers_limit_bytes") == bytes)
                    #expect(samples.value("hub_plugin_snmp_remembered", ["kind": "agents"]) == 2)
                    #expect(samples.value("hub_plugin_snmp_remembered_limit", ["kind": "agents"]) == 10_000)
                }
            }
        }

        @Test func columnsOfTwoTablesAreJoined() async throws {
            try await withAgent(SNMPAgent.Options()) { agent, workspace in
                let names = try await agent.walked("1.3.6.1.2.1.2.2.1.2")
                let targets = [
                    "{ address: \"\(agent.address)\", name: new }",
                    "{ address: \"\(agent.addressIPv6)\", name: old, settings: { version: \"1\" } }",
                ]
                try await withSNMPHub("table", targets, in: workspace) { hub in
                    let samples = try await hub.scrape()
                    for target in ["new", "old"] {
                        let octets = samples("interface_receive_bytes_total", ["target": target])
                        #expect(octets.count == names.count)
                        #expect(octets.contains { $0.labels["name"] == "lo" })
                        #expect(samples.value("agent_missing", ["target": target]) == 1)
                        #expect(try #require(samples.value("agent_uptime_seconds", ["target": target])) > 0)
                    }
                }
            }
        }
    }
}

/// Runs `body` with an agent and a workspace that has the fixture plugins of SNMP.
func withAgent<Value>(
    _ options: SNMPAgent.Options,
    _ body: (SNMPAgent, Workspace) async throws -> Value
) async throws -> Value {
    try await withWorkspace(plugins: ["snmp"]) { workspace in
        try await SNMPAgent.running(options, in: workspace) { try await body($0, workspace) }
    }
}

/// Runs `body` with a hub whose fixture plugin has these targets, in YAML's flow style.
func withSNMPHub<Value>(
    _ plugin: String,
    _ targets: [String],
    settings: String = "",
    limits: String = "",
    in workspace: Workspace,
    _ body: (Hub) async throws -> Value
) async throws -> Value {
    var options = HubOptions(plugins: [workspace.plugins])
    let others = ["agent", "table"].filter { $0 != plugin }
    options.config =
        "plugins:\n" + others.map { "  \($0): { enabled: false }\n" }.joined() + "  \(plugin):\n"
        + "    settings: { \(settings) }\n    limits: { \(limits) }\n    targets:\n"
        + targets.map { "      - \($0)\n" }.joined()
    return try await withHub(options, in: workspace, body)
}
