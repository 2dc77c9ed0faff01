import Foundation
import TestAgents
import Testing

extension EndToEndTests {
    /// The plugin `snmp` with module files of the test's own, against a real agent.
    @Suite struct SNMPPluginTests {
        private static let modules = """
            auths:
              public_v2: { community: public, version: 2 }
              first: { community: public, version: 1 }
              wrong: { community: secret-community, version: 2 }
              alice:
                version: 3
                username: alice
                security_level: authPriv
                auth_protocol: SHA
                password: authpassword
                priv_protocol: AES
                priv_password: privpassword
            modules:
              if_mib:
                walk: [1.3.6.1.4.1.99999.2.6]
                metrics:
                - { name: testText, oid: 1.3.6.1.4.1.99999.2.6, type: DisplayString, help: T., indexes: [{ labelname: i, type: gauge }] }
              scaled:
                get: [1.3.6.1.4.1.99999.9.0]
                metrics:
                - { name: testScaled, oid: 1.3.6.1.4.1.99999.9, type: gauge, help: S., scale: 0.5, offset: 10 }
              filtered:
                walk: [1.3.6.1.4.1.99999.5.2, 1.3.6.1.4.1.99999.5.3]
                filters:
                - { oid: 1.3.6.1.4.1.99999.5.1, targets: [1.3.6.1.4.1.99999.5.2], values: ['^up'] }
                metrics:
                - { name: testFiltered, oid: 1.3.6.1.4.1.99999.5.2, type: gauge, help: F., indexes: [{ labelname: i, type: gauge }] }
                - { name: testWalked, oid: 1.3.6.1.4.1.99999.5.3, type: gauge, help: W., indexes: [{ labelname: i, type: gauge }] }
              repeated:
                walk: [1.3.6.1.4.1.99999.5]
                metrics:
                - { name: testRepeated, oid: 1.3.6.1.4.1.99999.5.2, type: gauge, help: R. }
              slow:
                walk: [1.3.6.1.4.1.99999.7]
                timeout: 30s
                metrics: []

            """
        private static let objects = [
            "5.1.1 octet_str \"up\"", "5.1.2 octet_str \"down\"", "5.1.3 octet_str \"up and away\"", "5.2.1 integer 1",
            "5.2.2 integer 2", "5.2.3 integer 3", "5.3.1 integer 1", "5.3.2 integer 2", "9.0 integer 99",
            "2.6.3 octet_str \"three\"",
        ].map { "override 1.3.6.1.4.1.99999.\($0)" }

        private func withSNMP(
            _ modules: String = Self.modules,
            settings: String = "",
            targets: String = "[]",
            lines: [String] = [],
            _ body: (Hub, SNMPAgent, Workspace) async throws -> Void
        ) async throws {
            try await withWorkspace { workspace in
                let file = try workspace.write(modules, to: "snmp.yml")
                var agent = SNMPAgent.Options()
                agent.lines = Self.objects + lines
                agent.users = [
                    .init(name: "alice", authentication: ("SHA", "authpassword"), privacy: ("AES", "privpassword"))
                ]
                try await SNMPAgent.running(agent, in: workspace) { agent in
                    var options = HubOptions(plugins: [Workspace.shippedPlugins])
                    options.config = """
                        plugins:
                          snmp:
                            settings: { config_file: ["\(file)"] \(settings) }
                            probe: { networks: ["127.0.0.0/8", "::1/128"], ports: [\(agent.port)] }
                            targets: \(targets.replacing("AGENT", with: agent.address))
                        """
                    try await withHub(options, in: workspace) { try await body($0, agent, workspace) }
                }
            }
        }

        @Test func modulesAreScaledFilteredAndJoined() async throws {
            try await withSNMP { hub, agent, _ in
                let samples = try await hub.scrape("/snmp?target=\(agent.address)&module=scaled,filtered&module=if_mib")
                #expect(samples.value("testScaled") == 59.5)
                #expect(samples("testFiltered").map(\.labels) == [["i": "1"], ["i": "3"]])
                #expect(samples("testWalked").count == 2)
                #expect(samples.value("testText", ["i": "3", "testText": "three"]) == 1)
                #expect(samples.sum("snmp_scrape_module_success") == 3)
                #expect(samples.value("snmp_scrape_pdus_returned", ["module": "filtered"]) == 4)
                #expect(samples.value("snmp_scrape_packets_sent", ["module": "scaled"]) == 1)
                #expect(samples.all.allSatisfy { $0.labels["target"] == nil })
            }
        }

        @Test(arguments: ["public_v2", "first", "alice"])
        func everyVersionSaysTheSame(auth: String) async throws {
            try await withSNMP { hub, agent, _ in
                for address in [agent.address, agent.addressIPv6, "udp://\(agent.address)"] {
                    let samples = try await hub.scrape("/snmp?target=\(address)&auth=\(auth)&module=if_mib,filtered")
                    #expect(samples("testFiltered").map(\.value) == [1, 3])
                    #expect(samples.value("testText", ["testText": "three"]) == 1)
                }
            }
        }

        @Test func aRepeatedSampleDoesNotFailTheScrape() async throws {
            try await withSNMP { hub, agent, _ in
                let samples = try await hub.scrape("/snmp?target=\(agent.address)&module=repeated")
                #expect(samples.value("testRepeated") == 1)
                #expect(samples.value("snmp_scrape_dropped_samples", ["module": "repeated"]) == 2)
                try await wait(until: "the log names it") {
                    hub.program.errors.lines.contains { $0.contains("testRepeated: duplicate sample {}") }
                }
            }
        }

        /// In the format before 0.23 each module has its own community, so that one of two can fail.
        @Test func aModuleThatFailsCostsOnlyItself() async throws {
            let old = """
                good:
                  walk: [1.3.6.1.4.1.99999.2.6]
                  metrics: [{ name: testText, oid: 1.3.6.1.4.1.99999.2.6, type: DisplayString, help: T. }]
                bad:
                  auth: { community: secret-community }
                  retries: 0
                  timeout: 300ms
                  walk: [1.3.6.1.2.1]
                """
            try await withSNMP(old) { hub, agent, _ in
                let samples = try await hub.scrape("/snmp?target=\(agent.address)&module=bad,good")
                #expect(samples.value("testText", ["testText": "three"]) == 1)
                #expect(samples.value("snmp_scrape_module_success", ["module": "bad"]) == 0)
                #expect(samples.value("snmp_scrape_module_success", ["module": "good"]) == 1)
                #expect(samples("snmp_scrape_duration_seconds").map(\.labels) == [["module": "good"]])
                for path in ["&module=bad,good&strict=1", "&module=bad"] {
                    let answer = try await hub.get("/snmp?target=\(agent.address)\(path)")
                    #expect(answer.status == 500)
                    #expect(
                        answer.text.hasPrefix("An error has occurred while serving metrics:\n\nbad: \(agent.address): ")
                    )
                    #expect(!answer.text.contains("secret-community"))
                }
                let alone = try await hub.scrape("/snmp?target=\(agent.address)&module=good")
                #expect(alone("snmp_scrape_duration_seconds").map(\.labels) == [[:]])
            }
        }

        @Test func aModuleThatHangsLeavesTheOthersInTime() async throws {
            let script = FileManager.default.temporaryDirectory.appending(path: "hang-\(UUID().uuidString).sh")
            try Data("sleep 8\n".utf8).write(to: script)
            defer { try? FileManager.default.removeItem(at: script) }
            try await withSNMP(lines: ["pass 1.3.6.1.4.1.99999.7 /bin/sh \(script.path)"]) { hub, agent, _ in
                let path = "/snmp?target=\(agent.address)&module=scaled,slow"
                let samples = try await hub.scrape(path, timeout: 3)
                #expect(samples.value("testScaled") == 59.5)
                #expect(samples.value("snmp_scrape_module_success", ["module": "slow"]) == 0)
                try await wait(until: "the log says why") {
                    hub.program.errors.lines.contains { $0.contains("not complete within") }
                }
            }
        }

        @Test(arguments: [
            ("", 400, "'target' parameter must be specified once"),
            ("target=a&target=b", 400, "'target' parameter must be specified once"),
            ("target=AGENT&module=absent", 400, "Unknown module 'absent'"),
            ("target=AGENT&auth=absent", 400, "Unknown auth 'absent'"),
            ("target=AGENT&auth=a&auth=b", 400, "'auth' parameter must only be specified once"),
            ("target=AGENT&snmp_context=a&snmp_context=b", 400, "'snmp_context' parameter must only be specified once"),
            ("target=AGENT&module=,", 400, "'module' parameter must contain at least one module name"),
            ("target=192.0.2.1", 403, "192.0.2.1 is in none of the allowed networks"),
            ("target=127.0.0.1:1", 403, "port 1 is not allowed"),
        ])
        func whatCannotBeAskedIsRefusedInSNMPExportersWords(query: String, status: Int, text: String) async throws {
            try await withSNMP { hub, agent, _ in
                let answer = try await hub.get("/snmp?\(query.replacing("AGENT", with: agent.address))")
                #expect(answer.status == status)
                #expect(answer.text.contains(text), "\(answer.text)")
            }
        }

        @Test func targetsOfTheConfigurationAreOnMetricsAndByNameOnSNMP() async throws {
            let targets =
                "[{ address: \"AGENT\", name: switch, labels: { site: home, i: mine }, settings: { modules: [if_mib, scaled] } }]"
            try await withSNMP(targets: targets) { hub, _, _ in
                let labels = ["target": "switch", "site": "home", "i": "mine", "exported_i": "3", "testText": "three"]
                let samples = try await hub.scrape()
                #expect(samples("testText").map(\.labels) == [labels])
                #expect(samples.value("testScaled", ["target": "switch"]) == 59.5)
                #expect(samples.value("hub_target_up", ["plugin": "snmp", "target": "switch"]) == 1)
                let alone = try await hub.scrape("/snmp?target=switch")
                #expect(alone("testText").map(\.labels) == [["i": "3", "testText": "three"]])
                #expect(alone.value("testScaled") == 59.5)
                #expect(try await hub.scrape("/snmp?target=switch&module=filtered")("testFiltered").count == 2)
            }
        }

        @Test func aChangedModuleFileIsReadAgainAndAWrongOneIsNot() async throws {
            try await withSNMP { hub, agent, workspace in
                let path = "/snmp?target=\(agent.address)&module=scaled"
                #expect(try await hub.scrape(path).value("testScaled") == 59.5)
                try workspace.write(Self.modules.replacing("scale: 0.5", with: "scale: 2"), to: "snmp.yml")
                #expect(try await hub.scrape(path).value("testScaled") == 208)
                try workspace.write(Self.modules.replacing("scale: 0.5", with: "scales: 3"), to: "snmp.yml")
                #expect(try await hub.scrape(path).value("testScaled") == 208)
                try await wait(until: "the log says why") {
                    hub.program.errors.lines.contains {
                        $0.contains("unknown key \\\"scales\\\"") || $0.contains("unknown key \"scales\"")
                    }
                }
            }
        }

        @Test func allThatIsWrongWithAModuleFileIsSaidByCheck() async throws {
            try await withWorkspace { workspace in
                let file = try workspace.write("modules:\n  a:\n    wolk: [1.3]\n    get: [x]\n", to: "snmp.yml")
                let config = try workspace.write(
                    "plugins: { snmp: { settings: { config_file: [\"\(file)\"] } } }",
                    to: "hub.yml"
                )
                let arguments = ["check", "--config", config, "--plugins", Workspace.shippedPlugins.path]
                let check = try await run(Hub.binary, arguments)
                #expect(check.status != 0)
                let text = (check.output + check.errors).joined(separator: "\n")
                #expect(text.contains("\(file):3: unknown key \"wolk\", did you mean \"walk\"?"), "\(text)")
                #expect(text.contains("\(file):4: get must be an object identifier"), "\(text)")
            }
        }
    }
}
