import Foundation
import Glibc

/// Debian's snmpsimd on both families of loopback; every file `NAME.snmprec` is an agent with the community NAME.
struct SNMPSimulator {
    let port: UInt16

    var address: String { "127.0.0.1:\(port)" }
    var addressIPv6: String { "[::1]:\(port)" }

    /// Starts it with records by community, waits until it answers, and gives it to `body`.
    static func running<Value>(
        _ records: [String: [String]],
        in workspace: Workspace,
        _ body: (SNMPSimulator) async throws -> Value
    ) async throws -> Value {
        let port = try freeDatagramPort()
        for (community, lines) in records {
            try FileManager.default.createDirectory(
                at: workspace.folder.appending(path: "snmpsim/data"),
                withIntermediateDirectories: true
            )
            try workspace.write(lines.joined(separator: "\n") + "\n", to: "snmpsim/data/\(community).snmprec")
        }
        // It gives up its rights as root, and then has to write its index.
        let cache = workspace.folder.appending(path: "snmpsim/cache")
        try FileManager.default.createDirectory(at: cache, withIntermediateDirectories: true)
        chmod(cache.path, 0o777)
        let user = geteuid() == 0 ? ["--process-user=nobody", "--process-group=nogroup"] : []
        let program = try Program(
            "snmpsimd",
            [
                "--data-dir=\(workspace.folder.path)/snmpsim/data", "--cache-dir=\(cache.path)",
                "--agent-udpv4-endpoint=127.0.0.1:\(port)", "--agent-udpv6-endpoint=[::1]:\(port)",
                "--logging-method=null",
            ] + user,
            environment: ["HOME": cache.path]
        )
        do {
            let simulator = SNMPSimulator(port: port)
            try await simulator.waitUntilReady(program, records.keys.sorted())
            let value = try await body(simulator)
            await program.stop()
            return value
        } catch {
            await program.stop()
            throw error
        }
    }

    /// Each community is asked once, so that its index is there before anything is measured.
    private func waitUntilReady(_ program: Program, _ communities: [String]) async throws {
        for community in communities {
            try await wait(until: "snmpsimd answers for \(community)") {
                guard program.end == nil else {
                    throw HarnessError(description: "snmpsimd ended: \(program.errors.lines.suffix(5))")
                }
                let answer = try await run(
                    "snmpgetnext",
                    ["-v2c", "-c\(community)", "-t5", "-r0", "-m", "", "-On", address, "1.3.6"]
                )
                return answer.status == 0
            }
        }
    }
}
