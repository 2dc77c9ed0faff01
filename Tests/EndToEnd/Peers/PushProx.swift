import Foundation

/// PushProx's programs: stand-ins that put the same bytes on the wire, or the real ones in the folder PUSHPROX_DIR.
enum PushProx {
    private static func command(_ name: String) -> (path: String, arguments: [String]) {
        if let folder = ProcessInfo.processInfo.environment["PUSHPROX_DIR"] {
            return ("\(folder)/pushprox-\(name)", [])
        }
        return ("python3", ["-B", Workspace.checkout.appending(path: "Tests/peers/pushprox_\(name).py").path])
    }

    /// Starts a client and gives it to `body` at once; whether it has polled is for the test to find out.
    static func client<Value>(
        of proxy: Endpoint,
        name: String,
        _ body: (Program) async throws -> Value
    ) async throws -> Value {
        let (path, arguments) = command("client")
        let own = Endpoint.ipv4(try freePort())
        let options = ["--proxy-url=http://\(proxy.host)", "--fqdn=\(name)", "--metrics-addr=\(own.host)"]
        return try await running(Program(path, arguments + options), body)
    }

    /// Starts a proxy and waits until it answers.
    static func proxy<Value>(_ body: (Endpoint) async throws -> Value) async throws -> Value {
        let (path, arguments) = command("proxy")
        let endpoint = Endpoint.ipv4(try freePort())
        return try await running(Program(path, arguments + ["--web.listen-address=\(endpoint.host)"])) { _ in
            try await wait(until: "PushProx's proxy answers") {
                (try? await HTTPRequest(path: "/clients").send(to: endpoint).status) == 200
            }
            return try await body(endpoint)
        }
    }

    private static func running<Value>(
        _ program: Program,
        _ body: (Program) async throws -> Value
    ) async throws -> Value {
        do {
            let value = try await body(program)
            await program.stop()
            return value
        } catch {
            await program.stop()
            throw error
        }
    }
}
