import Foundation

/// A real Pushgateway that keeps its groups in memory.
enum PushgatewayServer {
    /// Starts it, waits until it is ready and gives its address to `body`.
    static func running<Value>(
        _ arguments: [String] = [],
        _ body: (Endpoint) async throws -> Value
    ) async throws -> Value {
        let endpoint = Endpoint.ipv4(try freePort())
        let program = try Program(
            PeerProgram.pushgateway.path,
            ["--web.listen-address=\(endpoint.host)", "--web.enable-admin-api", "--persistence.file="]
                + arguments
        )
        do {
            try await wait(until: "the Pushgateway is ready") {
                (try? await HTTPRequest(path: "/-/ready").send(to: endpoint).status) == 200
            }
            let value = try await body(endpoint)
            await program.stop()
            return value
        } catch {
            await program.stop()
            throw error
        }
    }

    /// Whether the program has an option, which depends on its version.
    static func has(_ option: String) async throws -> Bool {
        let help = try await run(PeerProgram.pushgateway.path, ["--help"])
        return (help.output + help.errors).contains { $0.contains(option) }
    }
}
