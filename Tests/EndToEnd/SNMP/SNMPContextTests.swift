import Foundation
import Testing

extension EndToEndTests {
    /// Contexts of SNMPv3 behind another engine than the agent's own, with secrets from the environment.
    ///
    /// Debian's snmpsimd answers only who names both; an snmp_exporter that is new enough, where SNMP_EXPORTER names one,
    /// has to get the same answers.
    @Suite struct SNMPContextTests {
        private static let modules = """
            auths:
              alice:
                version: 3
                username: $SNMP_USER
                security_level: authPriv
                auth_protocol: SHA
                password: "${SNMP_START}password"
                priv_protocol: AES
                priv_password: $SNMP_PRIV_PASSWORD
                context_name: vlan-1
            modules:
              if_mib:
                get: [1.3.6.1.2.1.1.5.0]
                timeout: 2s
                retries: 1
                metrics: [{ name: sysName, oid: 1.3.6.1.2.1.1.5, type: DisplayString, help: Name. }]

            """
        private static let environment = [
            "SNMP_USER": "alice", "SNMP_START": "auth", "SNMP_PRIV_PASSWORD": "privpassword",
        ]
        private static let engineID = "8000000001020304"
        private static let user = SNMPSimulator.User(
            name: "alice",
            password: "authpassword",
            privPassword: "privpassword",
            contextEngineID: engineID
        )

        private func withContexts(
            settings: String = "",
            _ body: (Hub, Endpoint?, SNMPSimulator) async throws -> Void
        ) async throws {
            let exporter = try await SNMPExporter()
            let records = ["vlan-1": ["1.3.6.1.2.1.1.5.0|4|first"], "vlan-7": ["1.3.6.1.2.1.1.5.0|4|seventh"]]
            try await withWorkspace { workspace in
                let file = try workspace.write(Self.modules, to: "snmp.yml")
                try await SNMPSimulator.running(records, as: Self.user, in: workspace) { simulator in
                    try await SNMPComparison.withHub(
                        file,
                        settings: ", auth: alice, expand_environment_variables: true\(settings)",
                        environment: Self.environment,
                        agentPort: simulator.port,
                        in: workspace
                    ) { hub in
                        guard exporter.version >= SNMPExporter.Version.recorded else {
                            return try await body(hub, nil, simulator)
                        }
                        let arguments = ["--config.expand-environment-variables"]
                        try await exporter.running(file, arguments, environment: Self.environment) {
                            try await body(hub, $0, simulator)
                        }
                    }
                }
            }
        }

        @Test(arguments: [
            ("snmp_engineid=\(engineID)", "first"), ("snmp_engineid=\(engineID)&snmp_context=vlan-7", "seventh"),
            ("snmp_engineid=\(engineID)&snmp_context=vlan-1", "first"),
            ("snmp_engineid=\(engineID)&snmp_context=", "first"),
        ])
        func aContextIsAskedByItsEngineAndName(query: String, name: String) async throws {
            try await withContexts { hub, exporter, simulator in
                for endpoint in [hub.endpoints[0]] + (exporter.map { [$0] } ?? []) {
                    let path = "/snmp?target=\(simulator.address)&auth=alice&\(query)"
                    let answer = try await SNMPComparison.answer(endpoint, path)
                    try #require(answer.status == 200, "\(answer.text)")
                    #expect(try Samples(parsing: answer.text)("sysName").map(\.labels) == [["sysName": name]])
                }
            }
        }

        @Test(arguments: ["", "snmp_engineid=8000000001020305", "snmp_engineid=\(engineID)&snmp_context=vlan-9"])
        func aContextThatIsNotThereIsAnErrorWithoutSecrets(query: String) async throws {
            try await withContexts { hub, exporter, simulator in
                for endpoint in [hub.endpoints[0]] + (exporter.map { [$0] } ?? []) {
                    let path = "/snmp?target=\(simulator.address)&auth=alice&\(query)"
                    let answer = try await SNMPComparison.answer(endpoint, path)
                    #expect(answer.status == 500, "\(answer.text)")
                    #expect(!answer.text.contains("authpassword") && !answer.text.contains("privpassword"))
                }
                #expect(!hub.program.errors.lines.contains { $0.contains("privpassword") })
            }
        }

        @Test func theContextOfTheSettingsIsAskedWhereTheRequestNamesNone() async throws {
            try await withContexts(settings: ", context: vlan-7, engine_id: \"\(Self.engineID)\"") {
                hub,
                _,
                simulator in
                let path = "/snmp?target=\(simulator.addressIPv6)"
                #expect(try await hub.scrape(path)("sysName").map(\.labels) == [["sysName": "seventh"]])
                let other = try await hub.scrape(path + "&snmp_context=vlan-1")
                #expect(other("sysName").map(\.labels) == [["sysName": "first"]])
            }
        }

        @Test func aVariableThatIsNotSetIsNamedByCheck() async throws {
            try await withWorkspace { workspace in
                let file = try workspace.write(Self.modules, to: "snmp.yml")
                let settings = "{ config_file: [\"\(file)\"], expand_environment_variables: true }"
                let config = try workspace.write("plugins: { snmp: { settings: \(settings) } }", to: "hub.yml")
                let arguments = ["check", "--config", config, "--plugins", Workspace.shippedPlugins.path]
                let check = try await run(
                    Hub.binary,
                    arguments,
                    environment: ["SNMP_USER": "alice", "SNMP_START": "auth"]
                )
                #expect(check.status != 0)
                let text = (check.output + check.errors).joined(separator: "\n")
                #expect(text.contains("\(file):2: SNMP_PRIV_PASSWORD environment variable not found"), "\(text)")
                let good = try await run(Hub.binary, arguments, environment: Self.environment)
                #expect(good.status == 0, "\((good.output + good.errors).joined(separator: "\n"))")
            }
        }
    }
}
