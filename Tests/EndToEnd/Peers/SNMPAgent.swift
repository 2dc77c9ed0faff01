import Foundation
import TestAgents

/// Debian's snmpd on loopback.
struct SNMPAgent {
    typealias User = SnmpdCommand.User
    typealias Options = SnmpdCommand.Options

    /// The same port in both families.
    let port: UInt16
    private let program: Program

    /// Targets as plugins and exporters take them.
    var address: String { "127.0.0.1:\(port)" }
    var addressIPv6: String { "[::1]:\(port)" }

    /// Starts it, waits until it answers and gives it to `body`.
    static func running<Value>(
        _ options: Options = Options(),
        in workspace: Workspace,
        _ body: (SNMPAgent) async throws -> Value
    ) async throws -> Value {
        try await running(options, at: try freeDatagramPort(), in: workspace, body)
    }

    /// The same at a given port; started there again it is the same agent, booted once more.
    static func running<Value>(
        _ options: Options = Options(),
        at port: UInt16,
        in workspace: Workspace,
        _ body: (SNMPAgent) async throws -> Value
    ) async throws -> Value {
        let command = try SnmpdCommand(options, port: port, in: workspace.folder.appending(path: "snmpd-\(port)"))
        let program = try Program(SnmpdCommand.program, command.arguments, environment: command.environment)
        do {
            try await wait(until: "snmpd answers") {
                if program.end != nil {
                    throw HarnessError(
                        description: "snmpd ended: \(program.errors.lines.suffix(20).joined(separator: "\n"))"
                    )
                }
                return program.errors.lines.contains { $0.contains(SnmpdCommand.isReady) }
            }
            let value = try await body(SNMPAgent(port: port, program: program))
            await program.stop()
            return value
        } catch {
            await program.stop()
            throw error
        }
    }

    /// What Debian's snmpwalk says of a subtree, numeric and one line for each object.
    func walked(_ root: String, _ more: [String] = ["-v2c", "-cpublic"]) async throws -> [String] {
        try await run("snmpbulkwalk", more + ["-m", "", "-On", address, root]).output
    }
}

/// A UDP port that nobody listens on at this moment, in both families.
func freeDatagramPort() throws -> UInt16 {
    // Whoever has the TCP port of the same number as ephemeral port does not have the UDP port.
    try freePort()
}
