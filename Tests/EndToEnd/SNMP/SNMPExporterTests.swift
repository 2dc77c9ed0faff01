import Foundation
import TestAgents
import Testing

extension EndToEndTests {
    /// The hub beside Debian's snmp_exporter, with the same module file and the same agent.
    @Suite struct SNMPExporterTests {
        private static let fixtures = Workspace.fixtures.deletingLastPathComponent().appending(path: "snmp")
        private static let data = Workspace.checkout.appending(path: "Tests/HubTests/SNMPModules/Fixtures")
        /// What the hub says in addition to what snmp_exporter says.
        private static let additions = ["snmp_scrape_module_success", "snmp_scrape_dropped_samples"]

        private static func config(_ file: URL, _ more: String = "") -> String {
            """
            plugins:
              snmp:
                settings: { config_file: ["\(file.path)"] }
                probe: { networks: [127.0.0.0/8, "::1/128"], ports: [161, PORT] }
            \(more)
            """
        }

        private func withHub(
            _ file: URL,
            _ agent: SNMPAgent,
            in workspace: Workspace,
            more: String = "",
            _ body: (Hub) async throws -> Void
        ) async throws {
            var options = HubOptions(plugins: [Workspace.shippedPlugins])
            options.config = Self.config(file, more).replacing("PORT", with: "\(agent.port)")
            try await EndToEnd.withHub(options, in: workspace, body)
        }

        @Test(arguments: [
            ("features.yml", "features"), ("features.yml", "interfaces"), ("snmp-modules-0.21.yml", "if_mib"),
        ])
        func theHubSaysTheSameAsSNMPExporter(file: String, module: String) async throws {
            let folder = file == "features.yml" ? Self.fixtures : Self.data
            let modules = folder.appending(path: file)
            try await withWorkspace { workspace in
                var options = SNMPAgent.Options()
                options.lines = try SNMPFeatures.lines(in: workspace)
                try await SNMPAgent.running(options, in: workspace) { agent in
                    try await SNMPExporter.running(modules.path) { exporter in
                        try await withHub(modules, agent, in: workspace) { hub in
                            for address in [agent.address, agent.addressIPv6] {
                                try await compare(exporter, hub, "/snmp?target=\(address)&module=\(module)")
                            }
                        }
                    }
                }
            }
        }

        private func compare(_ exporter: Endpoint, _ hub: Hub, _ path: String) async throws {
            let request = HTTPRequest(path: path, headers: ["Accept": "text/plain;version=0.0.4"])
            let theirs = try await request.send(to: exporter)
            let ours = try await request.send(to: hub.endpoints[0])
            #expect(theirs.status == 200, "\(theirs.text)")
            #expect(ours.status == 200, "\(ours.text)")
            let difference = try ExpositionDifference(theirs.text, ours.text, addition: Self.additions) { name in
                ["sysUpTime", "ifLastChange", "featFloat"].contains(name) || name.hasSuffix("duration_seconds")
                    || name.hasPrefix("snmp_scrape_packets")
                    || name.hasPrefix("ifIn") || name.hasPrefix("ifOut") || name.hasPrefix("ifHC")
                    || name.hasSuffix("Pkts")
            }
            for line in difference.lines { print("snmp_exporter and hub differ: \(line)") }
            #expect(difference.lines == [])
            #expect(try Samples(parsing: ours.text).all.count > 5)
        }
    }
}
