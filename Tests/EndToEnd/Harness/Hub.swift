import Foundation

/// A running exporter-hub.
struct Hub {
    let program: Program
    /// The bound addresses in the order the program named them.
    let endpoints: [Endpoint]

    /// The program under test.
    ///
    /// - Throws: when the variable HUB_BINARY names none; a test that cannot run has failed.
    static var binary: String {
        get throws {
            guard let path = ProcessInfo.processInfo.environment["HUB_BINARY"] else {
                throw HarnessError(description: "HUB_BINARY is not set; `make test` sets it")
            }
            guard FileManager.default.isExecutableFile(atPath: path) else {
                throw HarnessError(description: "HUB_BINARY: no program at \(path)")
            }
            return path
        }
    }

    func get(_ path: String, from endpoint: Endpoint? = nil) async throws -> HTTPResponse {
        try await HTTPRequest(path: path).send(to: endpoint ?? endpoints[0])
    }

    func post(_ path: String) async throws -> HTTPResponse {
        try await HTTPRequest(method: "POST", path: path).send(to: endpoints[0])
    }

    /// Scrapes in text format 0.0.4 as Prometheus would with a scrape timeout of `timeout` seconds.
    ///
    /// - Throws: when the answer is not 200 or not an exposition.
    func scrape(
        _ path: String = "/metrics",
        from endpoint: Endpoint? = nil,
        timeout: Double = 10
    ) async throws -> Samples {
        let request = HTTPRequest(
            path: path,
            headers: [
                "Accept": "text/plain;version=0.0.4",
                "X-Prometheus-Scrape-Timeout-Seconds": "\(timeout)",
            ]
        )
        let response = try await request.send(to: endpoint ?? endpoints[0])
        guard response.status == 200 else {
            throw HarnessError(description: "\(path): status \(response.status): \(response.text.prefix(500))")
        }
        return try Samples(parsing: response.text)
    }
}

/// How a test starts the hub.
struct HubOptions {
    var plugins: [URL] = []
    /// The text of hub.yml; nil for none.
    var config: String?
    var listen = ["localhost:0"]
    /// How many addresses `listen` stands for.
    var addresses = 2
    var environment: [String: String] = [:]
    /// A program with its arguments that starts the hub, given as its last arguments.
    var launcher: [String] = []

    func arguments(in workspace: Workspace) throws -> [String] {
        var arguments = ["serve"]
        for directory in plugins { arguments += ["--plugins", directory.path] }
        for address in listen { arguments += ["--listen", address] }
        if let config { arguments += ["--config", try workspace.write(config, to: "hub.yml")] }
        return arguments
    }
}

/// Starts the hub, waits until it is ready, gives it to `body` and stops it.
///
/// - Throws: what `body` throws, with the end of the hub's log.
func withHub<Value>(
    _ options: HubOptions,
    in workspace: Workspace,
    _ body: (Hub) async throws -> Value
) async throws -> Value {
    let command = try options.launcher + [Hub.binary] + options.arguments(in: workspace)
    let program = try Program(command[0], Array(command.dropFirst()), environment: options.environment)
    do {
        let hub = Hub(program: program, endpoints: try await boundEndpoints(of: program, count: options.addresses))
        try await wait(until: "the hub is ready") { try await hub.get("/-/ready").status == 200 }
        let value = try await body(hub)
        await program.stop()
        return value
    } catch {
        await program.stop()
        let log = program.errors.lines.suffix(20).joined(separator: "\n")
        throw HarnessError(description: "\(error)\nthe hub's log ended with:\n\(log)")
    }
}

/// Reads the addresses from the lines `listening on http://ADDRESS:PORT` and `listening on unix:PATH`.
private func boundEndpoints(of program: Program, count: Int) async throws -> [Endpoint] {
    try await eventually("\(count) bound addresses") {
        if let end = program.end { throw HarnessError(description: "the hub ended with status \(end.status)") }
        let found = program.errors.lines.compactMap(boundEndpoint)
        return found.count >= count ? found : nil
    }
}

private func boundEndpoint(in line: String) -> Endpoint? {
    if let match = line.firstMatch(of: /listening on unix:([^ "]+)/) { return .unix(String(match.1)) }
    guard let match = line.firstMatch(of: /listening on http:\/\/(\[?[0-9a-f.:]+\]?):([0-9]+)/),
        let port = UInt16(match.2)
    else { return nil }
    return match.1.hasPrefix("[") ? .ipv6(port) : .ipv4(port)
}
