import Foundation

/// Debian's h2o with its status handler on two paths, which makes it write keys twice.
enum H2OServer {
    /// Starts it, waits until it answers and gives its address to `body`.
    static func running<Value>(in workspace: Workspace, _ body: (Endpoint) async throws -> Value) async throws -> Value
    {
        let endpoint = Endpoint.ipv4(try freePort())
        try workspace.write("hello\n", to: "index.html")
        let configuration = try workspace.write(
            """
            listen: { host: 127.0.0.1, port: \(endpoint.host.split(separator: ":")[1]) }
            num-threads: 2
            duration-stats: ON
            error-log: \(workspace.folder.path)/h2o.log
            hosts:
              default:
                paths:
                  "/": { file.dir: "\(workspace.folder.path)" }
                  "/server-status": { status: ON }
                  "/other": { status: ON }

            """,
            to: "h2o.conf"
        )
        return try await serving("h2o", ["-c", configuration], at: endpoint, body)
    }
}

/// Starts a web server, waits until it answers and gives its address to `body`.
func serving<Value>(
    _ name: String,
    _ arguments: [String],
    environment: [String: String] = [:],
    at endpoint: Endpoint,
    _ body: (Endpoint) async throws -> Value
) async throws -> Value {
    let program = try Program(name, arguments, environment: environment)
    do {
        try await wait(until: "\(name) answers") {
            if program.end != nil {
                throw HarnessError(description: "\(name) ended: \(program.errors.lines.joined(separator: "\n"))")
            }
            return (try? await HTTPRequest(path: "/").send(to: endpoint)) != nil
        }
        let value = try await body(endpoint)
        await program.stop()
        return value
    } catch {
        await program.stop()
        throw error
    }
}
