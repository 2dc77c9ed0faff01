import Foundation
import Testing

/// A hub with a module file beside an agent, whose answers are to be those of an snmp_exporter.
enum SNMPComparison {
    static let fixtures = Workspace.fixtures.deletingLastPathComponent().appending(path: "snmp")
    static let data = Workspace.checkout.appending(path: "Tests/HubTests/SNMPModules/Fixtures")
    /// What the hub says in addition to what snmp_exporter says.
    private static let additions = ["snmp_scrape_module_success", "snmp_scrape_dropped_samples"]

    static func withHub(
        _ modules: String,
        settings: String = "",
        environment: [String: String] = [:],
        agentPort: UInt16,
        in workspace: Workspace,
        _ body: (Hub) async throws -> Void
    ) async throws {
        var options = HubOptions(plugins: [Workspace.shippedPlugins], environment: environment)
        options.config = """
            plugins:
              snmp:
                settings: { config_file: ["\(modules)"] \(settings) }
                probe: { networks: [127.0.0.0/8, "::1/128"], ports: [161, \(agentPort)] }
            """
        try await EndToEnd.withHub(options, in: workspace, body)
    }

    static func answer(_ endpoint: Endpoint, _ path: String) async throws -> HTTPResponse {
        try await HTTPRequest(path: path, headers: ["Accept": "text/plain;version=0.0.4"]).send(to: endpoint)
    }

    /// Expects the same families with the same samples; of those that `changing` names no value is compared.
    static func expectSame(_ theirs: String, _ ours: String, changing: @escaping (String) -> Bool) throws {
        let difference = try ExpositionDifference(theirs, ours, addition: additions) { name in
            name.hasSuffix("duration_seconds") || changing(name)
        }
        for line in difference.lines { print("snmp_exporter and hub differ: \(line)") }
        #expect(difference.lines == [])
        #expect(try Samples(parsing: ours).all.count > 5)
    }

    /// Modules of the format before 0.23, without their credentials, as those after it have them.
    static func newFormat(_ modules: URL) throws -> String {
        let lines = try String(contentsOf: modules, encoding: .utf8).split(separator: "\n")
        let kept = lines.filter { line in !["  version:", "  auth:"].contains { line.hasPrefix($0) } }
        return "auths:\n  public_v2: { version: 2 }\nmodules:\n" + kept.map { "  \($0)\n" }.joined()
    }
}
