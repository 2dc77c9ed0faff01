import Foundation
import TestAgents
import Testing

extension EndToEndTests {
    /// Agents on hosts with several addresses, which answer from another one than was asked.
    @Suite struct SNMPSourceTests {
        private static let modules = """
            auths:
              public_v2: { community: public, version: 2 }
              first: { community: public, version: 1 }
              alice:
                version: 3
                username: alice
                security_level: authPriv
                auth_protocol: SHA
                password: authpassword
                priv_protocol: AES
                priv_password: privpassword
            modules:
              anyone:
                retries: 1
                timeout: 500ms
                use_unconnected_udp_socket: true
                walk: [1.3.6.1.4.1.99999]
                metrics:
                - { name: testOne, oid: 1.3.6.1.4.1.99999.1, type: gauge, help: O. }
              asked:
                retries: 1
                timeout: 500ms
                walk: [1.3.6.1.4.1.99999]
                metrics:
                - { name: testOne, oid: 1.3.6.1.4.1.99999.1, type: gauge, help: O. }

            """

        /// For IPv6 it is another port of the only loopback address.
        @Test(arguments: ["127.0.0.2", "::1"])
        func anAnswerFromElsewhereIsTakenWhereTheModuleSaysSo(source: String) async throws {
            var options = SNMPAgent.Options(lines: ["override 1.3.6.1.4.1.99999.1.0 integer 7"])
            options.users = [
                .init(name: "alice", authentication: ("SHA", "authpassword"), privacy: ("AES", "privpassword"))
            ]
            try await withWorkspace { workspace in
                try await SNMPAgent.running(options, in: workspace) { agent in
                    let target = source.contains(":") ? agent.addressIPv6 : agent.address
                    try await UDPProxy.running(before: target, source: source) { proxy in
                        try await expectAnswers(of: proxy.address, in: workspace)
                    }
                }
            }
        }

        private func expectAnswers(of address: String, in workspace: Workspace) async throws {
            let file = try workspace.write(Self.modules, to: "snmp.yml")
            var options = HubOptions(plugins: [Workspace.shippedPlugins])
            options.config = """
                plugins:
                  snmp:
                    settings: { config_file: ["\(file)"] }
                    probe: { networks: ["127.0.0.0/8", "::1/128"], ports: [\(address.split(separator: ":").last ?? "")] }
                """
            try await withHub(options, in: workspace) { hub in
                for auth in ["public_v2", "first", "alice"] {
                    let path = "/snmp?target=\(address)&auth=\(auth)"
                    // Twice, for what is known of an agent by then.
                    for _ in 0..<2 {
                        #expect(try await hub.scrape("\(path)&module=anyone").value("testOne") == 7, "\(auth)")
                    }
                    let answer = try await hub.get("\(path)&module=asked")
                    #expect(answer.status == 500)
                    #expect(answer.text.contains("no response within 0.5 s (1 retry)"), "\(answer.text)")
                }
                let dropped = ["plugin": "snmp", "reason": "stranger"]
                let samples = try await hub.scrape()
                #expect(try #require(samples.value("hub_plugin_snmp_dropped_datagrams_total", dropped)) >= 6)
            }
        }
    }
}
