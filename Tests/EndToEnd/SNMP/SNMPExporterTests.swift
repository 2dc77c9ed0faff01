import Foundation
import TestAgents
import Testing

extension EndToEndTests {
    /// The hub beside snmp_exporter, with the same module file and the same agent.
    ///
    /// That is Debian's 0.21, or the one that SNMP_EXPORTER names.
    @Suite struct SNMPExporterTests {
        /// What changes from one request to the next.
        private static func isChanging(_ name: String) -> Bool {
            ["sysUpTime", "ifLastChange", "featFloat"].contains(name) || name.hasPrefix("snmp_scrape_packets")
                || ["ifIn", "ifOut", "ifHC"].contains { name.hasPrefix($0) } || name.hasSuffix("Pkts")
        }

        @Test(arguments: ["features", "interfaces", "if_mib"])
        func theHubSaysTheSameAsSNMPExporter(module: String) async throws {
            let exporter = try await SNMPExporter()
            try await withWorkspace { workspace in
                let modules = try Self.modules(with: module, for: exporter, in: workspace)
                var options = SNMPAgent.Options()
                options.lines = try SNMPFeatures.lines(in: workspace)
                try await SNMPAgent.running(options, in: workspace) { agent in
                    try await exporter.running(modules) { endpoint in
                        try await SNMPComparison.withHub(modules, agentPort: agent.port, in: workspace) { hub in
                            for address in [agent.address, agent.addressIPv6] {
                                let path = "/snmp?target=\(address)&module=\(module)"
                                let theirs = try await SNMPComparison.answer(endpoint, path)
                                let ours = try await SNMPComparison.answer(hub.endpoints[0], path)
                                #expect(theirs.status == 200, "\(theirs.text)")
                                #expect(ours.status == 200, "\(ours.text)")
                                try SNMPComparison.expectSame(theirs.text, ours.text, changing: Self.isChanging)
                            }
                        }
                    }
                }
            }
        }

        /// A module file of the exporter's format.
        private static func modules(
            with module: String,
            for exporter: SNMPExporter,
            in workspace: Workspace
        ) throws -> String {
            let hasAuths = exporter.version >= SNMPExporter.Version.auths
            guard module != "if_mib" else {
                let name = hasAuths ? "snmp-modules.yml" : "snmp-modules-0.21.yml"
                return SNMPComparison.data.appending(path: name).path
            }
            let features = SNMPComparison.fixtures.appending(path: "features.yml")
            guard hasAuths else { return features.path }
            return try workspace.write(try SNMPComparison.newFormat(features), to: "features.yml")
        }
    }

    /// The hub beside what snmp_exporter 0.30.1 printed of an agent with the same objects.
    ///
    /// Where SNMP_EXPORTER names one that is as new, it has to print that again.
    @Suite struct SNMPRecordedExporterTests {
        private static let modules = SNMPComparison.fixtures.appending(path: "features-0.30.yml")
        private static let objects = SNMPComparison.fixtures.appending(path: "features-0.30.agent")

        private func withAgent(_ body: (Hub, Endpoint?, SNMPAgent) async throws -> Void) async throws {
            let exporter = try await SNMPExporter()
            try await withWorkspace { workspace in
                var options = SNMPAgent.Options()
                options.lines = ["sysName agent"]
                options.lines += try SNMPFeatures.lines(of: Self.objects, below: "1.3.6.1.4.1.99998", in: workspace)
                let path = Self.modules.path
                try await SNMPAgent.running(options, in: workspace) { agent in
                    try await SNMPComparison.withHub(path, agentPort: agent.port, in: workspace) { hub in
                        guard exporter.version >= SNMPExporter.Version.recorded else {
                            return try await body(hub, nil, agent)
                        }
                        try await exporter.running(path) { try await body(hub, $0, agent) }
                    }
                }
            }
        }

        @Test(arguments: [("public_v2", "features-0.30-v2.prom"), ("first", "features-0.30-v1.prom")])
        func theHubSaysWhatSNMPExporterPrinted(auth: String, file: String) async throws {
            let text = try String(contentsOf: SNMPComparison.fixtures.appending(path: file), encoding: .utf8)
            let recorded = text.split(separator: "\n").dropFirst().joined(separator: "\n")
            // In version 1 the exporter gets objects one by one, and the hub several at once.
            let changing: (String) -> Bool = { auth == "first" && $0 == "snmp_scrape_packets_sent" }
            try await withAgent { hub, exporter, agent in
                for address in [agent.address, "udp6://" + agent.addressIPv6] {
                    let modules = "module=values,filtered&module=rows,once,none,values"
                    let path = "/snmp?target=\(address)&\(modules)&auth=\(auth)"
                    for endpoint in [hub.endpoints[0]] + (exporter.map { [$0] } ?? []) {
                        let answer = try await SNMPComparison.answer(endpoint, path)
                        #expect(answer.status == 200, "\(answer.text)")
                        try SNMPComparison.expectSame(recorded, answer.text, changing: changing)
                    }
                }
            }
        }

        /// Printed by snmp_exporter 0.30.1.
        @Test(arguments: [
            ("", "'target' parameter must be specified once"),
            ("target=", "'target' parameter must be specified once"),
            ("target=a&target=b", "'target' parameter must be specified once"),
            ("target=AGENT&module=absent", "Unknown module 'absent'"),
            ("target=AGENT&module=once,absent,missing", "Unknown module 'absent'"),
            ("target=AGENT&module=once%20", "Unknown module 'once '"),
            ("target=AGENT&module=Once", "Unknown module 'Once'"),
            ("target=AGENT&module=once&auth=absent", "Unknown auth 'absent'"),
            ("target=AGENT&module=absent&auth=missing", "Unknown auth 'missing'"),
            ("target=AGENT", "Unknown module 'if_mib'"),
            ("target=AGENT&auth=a&auth=b", "'auth' parameter must only be specified once"),
            ("target=AGENT&snmp_context=a&snmp_context=b", "'snmp_context' parameter must only be specified once"),
            ("target=AGENT&snmp_engineid=a&snmp_engineid=b", "'snmp_engineid' parameter must only be specified once"),
        ])
        func whatCannotBeAskedIsRefusedAsSNMPExporterDoes(query: String, text: String) async throws {
            try await withAgent { hub, exporter, agent in
                for endpoint in [hub.endpoints[0]] + (exporter.map { [$0] } ?? []) {
                    let path = "/snmp?" + query.replacing("AGENT", with: agent.address)
                    let answer = try await SNMPComparison.answer(endpoint, path)
                    #expect(answer.status == 400)
                    #expect(answer.text == text + "\n")
                }
            }
        }
    }
}
