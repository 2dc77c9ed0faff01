import Foundation
import TestAgents
import Testing

extension EndToEndTests {
    /// What agents of version 3 refuse, and which of their objects are meant.
    @Suite struct SNMPSecurityTests {
        private static let root = "1.3.6.1.4.1.99999"
        private static let signed = "version: 3, auth_protocol: SHA, password: authpassword"
        private static let secret =
            "\(signed), security_level: authPriv, priv_protocol: AES, priv_password: privpassword"

        /// Users by the names of auths.
        private static let auths = [
            "alice": "username: alice, \(secret)",
            "signer": "username: signer, security_level: authNoPriv, \(signed)",
            "plain": "version: 3, username: alice, security_level: noAuthNoPriv",
            "stranger": "version: 3, username: stranger, security_level: noAuthNoPriv",
            "too_secret": "username: signer, \(secret)",
            "wrong_auth": "username: alice, \(secret.replacing("authpassword", with: "wrong-auth-password"))",
            "wrong_priv": "username: alice, \(secret.replacing("privpassword", with: "wrong-priv-password"))",
            "wrong_cipher": "username: des, \(secret)",
        ]
        private static let modules = """
            modules:
              one:
                retries: 1
                timeout: 500ms
                get: [\(root).1.0]
                metrics:
                - { name: testOne, oid: \(root).1, type: gauge, help: O. }

            """
        /// As snmpd.conf names them.
        private static let users: [SNMPAgent.User] = [
            .init(name: "alice", authentication: ("SHA", "authpassword"), privacy: ("AES", "privpassword")),
            .init(name: "signer", authentication: ("SHA", "authpassword")),
            .init(name: "des", authentication: ("SHA", "authpassword"), privacy: ("DES", "privpassword")),
        ]

        /// Runs `body` with a hub that may ask this agent.
        private func withHub(
            for agent: String,
            in workspace: Workspace,
            _ body: (Hub) async throws -> Void
        ) async throws {
            let auths = Self.auths.map { "  \($0): { \($1) }\n" }.joined()
            let file = try workspace.write("auths:\n\(auths)\(Self.modules)", to: "snmp.yml")
            let port = agent.split(separator: ":").last ?? ""
            var options = HubOptions(plugins: [Workspace.shippedPlugins])
            options.config = """
                plugins:
                  snmp:
                    settings: { config_file: ["\(file)"], modules: [one] }
                    probe: { networks: ["127.0.0.0/8", "::1/128"], ports: [\(port)] }
                """
            try await EndToEnd.withHub(options, in: workspace, body)
        }

        private func expectRefusals(_ cases: [(query: String, text: String)], of agent: String, _ hub: Hub) async throws
        {
            for (query, text) in cases {
                let answer = try await hub.get("/snmp?target=\(agent)&\(query)")
                #expect(answer.status == 500)
                #expect(answer.text.contains("one: \(agent): \(text)"), "\(query): \(answer.text)")
            }
        }

        private static let silence =
            "no response within 0.5 s (1 retry), but the agent has told its engine: privacy password, privacy protocol or context may be wrong"

        @Test func whatSnmpdRefusesIsSaid() async throws {
            let options = SNMPAgent.Options(users: Self.users, lines: ["override \(Self.root).1.0 integer 7"])
            try await withWorkspace { workspace in
                try await SNMPAgent.running(options, in: workspace) { agent in
                    try await withHub(for: agent.address, in: workspace) { hub in
                        let cases = [
                            ("auth=wrong_priv", Self.silence), ("auth=wrong_priv", Self.silence),
                            ("auth=alice&snmp_context=absent", Self.silence),
                            ("auth=stranger", "agent does not know the user \"stranger\""),
                            ("auth=too_secret", "agent does not support this security level for the user"),
                            ("auth=wrong_auth", "agent says the digest is wrong: "),
                            ("auth=wrong_cipher", "agent cannot decrypt: "),
                            ("auth=plain", "agent answered authorizationError"),
                        ]
                        try await expectRefusals(cases, of: agent.address, hub)
                        for auth in ["alice", "signer"] {
                            let samples = try await hub.scrape("/snmp?target=\(agent.address)&auth=\(auth)")
                            #expect(samples.value("testOne") == 7)
                        }
                    }
                }
            }
        }

        @Test func whatPysnmpReportsIsSaid() async throws {
            try await withWorkspace { workspace in
                try await SNMPEngine.running { agent in
                    try await withHub(for: agent.address, in: workspace) { hub in
                        let cases = [
                            ("auth=alice&snmp_context=absent", "agent does not know the context \"absent\""),
                            ("auth=stranger", "agent does not know the user \"stranger\""),
                            ("auth=plain", "agent does not support this security level for the user"),
                            (
                                "auth=wrong_auth",
                                "no response within 0.5 s (1 retry), but messages whose digest does not match: "
                            ),
                            ("auth=wrong_priv", Self.silence),
                            (
                                "auth=alice&snmp_engineid=80000000010203",
                                "agent does not handle requests for the context engine id 80000000010203"
                            ),
                        ]
                        try await expectRefusals(cases, of: agent.address, hub)
                    }
                }
            }
        }

        /// An engine that has come to its last boot takes no message any more (RFC 3414 §2.2.2).
        @Test func anAgentThatTakesNoTimeIsAnError() async throws {
            try await withWorkspace { workspace in
                try await SNMPEngine.running(["--boots", "2147483647"]) { agent in
                    try await withHub(for: agent.address, in: workspace) { hub in
                        let text = "agent says the message is not in its time window"
                        try await expectRefusals([("auth=alice", text)], of: agent.address, hub)
                    }
                }
            }
        }

        /// The last time it has forgotten how often it was booted.
        @Test func anAgentThatIsStartedAgainIsUnderstoodAtOnce() async throws {
            try await withWorkspace { workspace in
                let port = try freeDatagramPort()
                try await withHub(for: "127.0.0.1:\(port)", in: workspace) { hub in
                    for boots in [5, 6, 2] {
                        try await SNMPEngine.running(["--port", "\(port)", "--boots", "\(boots)"]) { agent in
                            let samples = try await hub.scrape("/snmp?target=\(agent.address)&auth=alice")
                            #expect(samples.value("testOne") == 0)
                            let sent = samples.value("snmp_scrape_packets_sent", ["module": "one"])
                            // What is known of the engine, or nothing at first, costs one request in vain.
                            #expect(sent == 2)
                        }
                    }
                }
            }
        }

        @Test func aContextIsAskedForByItsNameAndEngine() async throws {
            let engine = "80001f88800102030405"
            try await withWorkspace { workspace in
                for (options, ending) in [([], ""), (["--context-engine-id", engine], "&snmp_engineid=\(engine)")] {
                    try await SNMPEngine.running(options) { agent in
                        try await withHub(for: agent.address, in: workspace) { hub in
                            for (context, value) in [("", 0.0), ("alpha", 1), ("beta", 2)] {
                                let query = "auth=alice&snmp_context=\(context)\(ending)"
                                let samples = try await hub.scrape("/snmp?target=\(agent.address)&\(query)")
                                #expect(samples.value("testOne") == value, "\(query)")
                            }
                            guard !ending.isEmpty else { return }
                            let text = "agent does not handle this kind of request"
                            try await expectRefusals([("auth=alice", text)], of: agent.address, hub)
                        }
                    }
                }
            }
        }

        /// A proxy answers with another agent's objects where the context is its (snmpd.conf(5), `proxy -Cn`).
        @Test func aProxyGivesTheObjectsOfTheContext() async throws {
            try await withWorkspace { workspace in
                let behind = SNMPAgent.Options(lines: ["override \(Self.root).1.0 integer 8"])
                try await SNMPAgent.running(behind, in: workspace) { other in
                    let lines = [
                        "override \(Self.root).1.0 integer 7",
                        "proxy -Cn behind -v 2c -c public \(other.address) .\(Self.root)",
                    ]
                    let options = SNMPAgent.Options(users: Self.users, lines: lines)
                    try await SNMPAgent.running(options, in: workspace) { agent in
                        try await withHub(for: agent.address, in: workspace) { hub in
                            for (context, value) in [("", 7.0), ("behind", 8)] {
                                let query = "auth=alice&snmp_context=\(context)"
                                let samples = try await hub.scrape("/snmp?target=\(agent.address)&\(query)")
                                #expect(samples.value("testOne") == value, "\(query)")
                            }
                        }
                    }
                }
            }
        }
    }
}
