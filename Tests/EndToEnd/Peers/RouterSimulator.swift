import Foundation

/// Simulated Yamaha RTX routers, one process for all; the program is Tests/peers/router_simulator.py.
struct RouterSimulator {
    struct Router: Decodable {
        let port: UInt16
        /// As a client writes them, one for each host it listens on.
        let addresses: [String]
    }

    /// What routers have counted.
    struct Stats: Decodable {
        let connections: Int
        /// Connections over the session limit.
        let refused: Int
        let logins: Int
        let failedLogins: Int
        let openSessions: Int
        let maxSessions: Int
        /// How often each command came.
        let commands: [String: Int]
        /// The commands that do not begin with `show `, in their order.
        let notShow: [String]
    }

    private struct Listening: Decodable { let routers: [Router] }

    /// The login password of all routers.
    static let password = "simulated-password"

    let routers: [Router]
    private let program: Program

    /// Starts it, gives it to `body` and stops it.
    ///
    /// `options` are JSON objects with the options of each router (Tests/peers/router/options.py); each listens on all
    /// `hosts`.
    static func running<Value>(
        _ options: [String] = ["{}"],
        on hosts: [String] = ["127.0.0.1"],
        in workspace: Workspace,
        _ body: (RouterSimulator) async throws -> Value
    ) async throws -> Value {
        let config = try workspace.write("{\"routers\": [\(options.joined(separator: ", "))]}", to: "routers.json")
        let script = Workspace.checkout.appending(path: "Tests/peers/router_simulator.py").path
        let program = try Program(
            Workspace.python,
            [script, "--config", config, "--password", password] + hosts.flatMap { ["--listen", $0] }
        )
        do {
            let line = try await line(0, of: program)
            let value = try await body(
                RouterSimulator(routers: try decode(Listening.self, line).routers, program: program)
            )
            await program.stop()
            return value
        } catch {
            await program.stop()
            throw error
        }
    }

    /// What one router, or all together, have counted so far.
    func stats(of router: Int? = nil) async throws -> Stats {
        try Self.decode(Stats.self, try await ask("stats \(router.map(String.init) ?? "")"))
    }

    /// Waits until no session is open; a logout comes after the answer of the scrape that was its cause.
    func statsAfterLogout(of router: Int? = nil) async throws -> Stats {
        try await eventually("the end of all sessions", within: .seconds(10)) {
            let stats = try await stats(of: router)
            return stats.openSessions == 0 ? stats : nil
        }
    }

    /// Changes options of a router from its next command on.
    func set(_ router: Int, _ options: String) async throws { _ = try await ask("set \(router) \(options)") }

    /// Ends the open sessions of a router.
    func drop(_ router: Int) async throws { _ = try await ask("drop \(router)") }

    private func ask(_ command: String) async throws -> String {
        let answered = program.output.lines.count
        program.say(command)
        let answer = try await Self.line(answered, of: program)
        guard !answer.hasPrefix("{\"error\"") else { throw HarnessError(description: "\(command): \(answer)") }
        return answer
    }

    private static func line(_ number: Int, of program: Program) async throws -> String {
        try await eventually("line \(number) of the router simulator") {
            guard program.end == nil else {
                throw HarnessError(description: program.errors.lines.joined(separator: "\n"))
            }
            return program.output.lines.dropFirst(number).first
        }
    }

    private static func decode<Value: Decodable>(_ type: Value.Type, _ line: String) throws -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: Data(line.utf8))
    }
}
