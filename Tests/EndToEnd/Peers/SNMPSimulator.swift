import Foundation
import Glibc

/// Debian's snmpsimd on both families of loopback; every file `NAME.snmprec` is an agent with the community NAME.
///
/// With a user the names are those of contexts, and the agent has version 3 alone.
struct SNMPSimulator {
    /// A user of version 3, by SHA and AES, for contexts of another engine than the agent's own.
    struct User {
        var name: String
        var password: String
        var privPassword: String
        /// In hexadecimal.
        var contextEngineID: String

        fileprivate var arguments: [String] {
            [
                "--v3-engine-id=80001f8880e9630000d61ff449", "--v3-user=\(name)", "--v3-auth-key=\(password)",
                "--v3-auth-proto=SHA", "--v3-priv-key=\(privPassword)", "--v3-priv-proto=AES",
                "--v3-context-engine-id=\(contextEngineID)",
            ]
        }

        /// For net-snmp's programs.
        fileprivate func credentials(context: String) -> [String] {
            [
                "-v3", "-u\(name)", "-lauthPriv", "-aSHA", "-A\(password)", "-xAES", "-X\(privPassword)",
                "-E0x\(contextEngineID)", "-n\(context)",
            ]
        }
    }

    let port: UInt16

    var address: String { "127.0.0.1:\(port)" }
    var addressIPv6: String { "[::1]:\(port)" }

    /// Starts it with records by community or context, waits until it answers, and gives it to `body`.
    static func running<Value>(
        _ records: [String: [String]],
        as user: User? = nil,
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
        let identity = geteuid() == 0 ? ["--process-user=nobody", "--process-group=nogroup"] : []
        // What follows an engine belongs to it.
        let arguments =
            ["--data-dir=\(workspace.folder.path)/snmpsim/data", "--cache-dir=\(cache.path)"] + (user?.arguments ?? [])
            + ["--agent-udpv4-endpoint=127.0.0.1:\(port)", "--agent-udpv6-endpoint=[::1]:\(port)"]
        let program = try Program(
            "snmpsimd",
            arguments + ["--logging-method=null"] + identity,
            environment: ["HOME": cache.path]
        )
        do {
            let simulator = SNMPSimulator(port: port)
            for name in records.keys.sorted() {
                try await simulator.waitUntilReady(program, user?.credentials(context: name) ?? ["-v2c", "-c\(name)"])
            }
            let value = try await body(simulator)
            await program.stop()
            return value
        } catch {
            await program.stop()
            throw error
        }
    }

    /// Each is asked once, so that its index is there before anything is measured.
    private func waitUntilReady(_ program: Program, _ credentials: [String]) async throws {
        try await wait(until: "snmpsimd answers") {
            guard program.end == nil else {
                throw HarnessError(description: "snmpsimd ended: \(program.errors.lines.suffix(5))")
            }
            let options = ["-t5", "-r0", "-m", "", "-On", address, "1.3.6"]
            return try await run("snmpgetnext", credentials + options).status == 0
        }
    }
}
