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

    /// Starts it, waits until it answers, gives it to `body` and stops it.
    static func running<Value>(
        _ options: Options = Options(),
        in workspace: Workspace,
        _ body: (SNMPAgent) async throws -> Value
    ) async throws -> Value {
        let agent = try await started(options, in: workspace)
        do {
            let value = try await body(agent)
            await agent.program.stop()
            return value
        } catch {
            await agent.program.stop()
            throw error
        }
    }

    /// A port that was free may be somebody's by then: another one is tried.
    private static func started(_ options: Options, in workspace: Workspace, tries: Int = 3) async throws -> SNMPAgent {
        let port = try freeDatagramPort()
        let command = try SnmpdCommand(options, port: port, in: workspace.folder.appending(path: "snmpd-\(port)"))
        let program = try Program(SnmpdCommand.program, command.arguments, environment: command.environment)
        do {
            try await wait(until: "snmpd answers") {
                if program.end != nil {
                    throw HarnessError(description: "snmpd ended: \(program.errors.lines.suffix(20))")
                }
                return program.errors.lines.contains { $0.contains(SnmpdCommand.isReady) }
            }
            return SNMPAgent(port: port, program: program)
        } catch {
            let hasEnded = program.end != nil
            await program.stop()
            guard hasEnded, tries > 1 else { throw error }
            return try await started(options, in: workspace, tries: tries - 1)
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
