import Foundation
import Testing

extension EndToEndTests {
    /// Other projects' readers of what the hub writes.
    @Suite struct ParserTests {
        static let plugins = [Workspace.shippedPlugins, Workspace.fixtures.appending(path: "good")]

        @Test func promtoolFindsNothingThatItDoesNotFindInNodeExporter() async throws {
            try await withWorkspace { workspace in
                let peer = try await NodeExporter.running { try await NodeExporter.exposition(from: $0) }
                let known = try await promtool(peer, in: workspace)
                let ours = try await withHub(HubOptions(plugins: Self.plugins), in: workspace) { hub in
                    try await promtool(try await text(of: hub, accept: "text/plain;version=0.0.4"), in: workspace)
                }
                // 3 says that there were lint findings and nothing else.
                #expect(ours.status == 0 || ours.status == 3)
                #expect(ours.findings.filter { !known.findings.contains($0) } == [])
            }
        }

        @Test(arguments: [
            ("text", "text/plain;version=0.0.4", "text/plain; version=0.0.4"),
            (
                "openmetrics", "application/openmetrics-text;version=1.0.0",
                "application/openmetrics-text; version=1.0.0"
            ),
            ("text", "text/plain;version=1.0.0;escaping=allow-utf-8", "text/plain; version=1.0.0"),
            (
                "openmetrics", "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8",
                "application/openmetrics-text; version=1.0.0"
            ),
            (
                "openmetrics", "application/openmetrics-text;version=1.0.0;escaping=dots",
                "application/openmetrics-text; version=1.0.0"
            ),
        ])
        func thePythonClientParsesTheExposition(format: String, accept: String, type: String) async throws {
            try await withWorkspace { workspace in
                let options = HubOptions(plugins: Self.plugins, config: "push: { enabled: true }")
                try await withHub(options, in: workspace) { hub in
                    let pushed = Array(PrometheusFormatTests.pushed.utf8)
                    let push = HTTPRequest(method: "PUT", path: "/metrics/job/names/my.key/%C3%BC", body: pushed)
                    #expect(try await push.send(to: hub.endpoints[0]).status == 200)
                    let exposition = try await text(of: hub, accept: accept, expectedType: type)
                    let file = try workspace.write(exposition, to: "exposition.txt")
                    let script = Workspace.checkout.appending(path: "Tests/peers/parse_with_prometheus_client.py").path
                    let parser = try await run(Workspace.python, [script, format, file])
                    #expect(parser.status == 0, "\(parser.errors)")
                    #expect(parser.output.first?.hasPrefix("families=") == true)
                }
            }
        }

        @Test func theNodePluginSaysWhatNodeExporterSays() async throws {
            try await withWorkspace { workspace in
                var options = HubOptions(plugins: [Workspace.shippedPlugins])
                // The peer runs without its textfile collector.
                options.config = "plugins: { textfile: { enabled: false } }\n"
                let (ours, peer) = try await withHub(options, in: workspace) { hub in
                    try await NodeExporter.running { endpoint in
                        // Back to back, so that nothing but the time between two scrapes can differ.
                        let peer = try await NodeExporter.exposition(from: endpoint)
                        return (try await text(of: hub, accept: "text/plain;version=0.0.4"), peer)
                    }
                }
                let script = Workspace.checkout.appending(path: "Tests/peers/compare_exposition.py").path
                let files = [try workspace.write(ours, to: "ours.txt"), try workspace.write(peer, to: "peer.txt")]
                let comparison = try await run(Workspace.python, [script] + files)
                #expect(comparison.status == 0, "\((comparison.output + comparison.errors).joined(separator: "\n"))")
            }
        }
    }
}

/// The body of one scrape, checked for its status and content type.
private func text(
    of hub: Hub,
    accept: String,
    expectedType: String = "text/plain; version=0.0.4"
) async throws -> String {
    let response = try await HTTPRequest(path: "/metrics", headers: ["Accept": accept]).send(to: hub.endpoints[0])
    #expect(response.status == 200)
    #expect(response.headers["content-type"]?.hasPrefix(expectedType) == true, "\(response.headers)")
    return response.text
}

/// Runs `promtool check metrics`; its findings are the lines it prints, one per metric and rule.
private func promtool(_ exposition: String, in workspace: Workspace) async throws -> (status: Int32, findings: [String])
{
    let file = try workspace.write(exposition, to: "check.txt")
    // promtool reads its standard input only, which a shell can redirect.
    let result = try await run("sh", ["-c", "exec promtool check metrics < \"$1\"", "sh", file])
    return (result.status, result.output + result.errors)
}
