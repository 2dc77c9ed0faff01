import Foundation

/// An agent of version 3 that reports what is wrong; the program is Tests/peers/snmp_engine.py.
struct SNMPEngine {
    private struct Listening: Decodable { let port: UInt16 }

    let address: String

    /// Starts it with these options, gives it to `body` and stops it.
    static func running<Value>(
        _ options: [String] = [],
        _ body: (SNMPEngine) async throws -> Value
    ) async throws -> Value {
        let script = Workspace.checkout.appending(path: "Tests/peers/snmp_engine.py").path
        // Not the tests' own Python: pysnmp is Debian's, as snmpsimd has it.
        let program = try Program("/usr/bin/python3", ["-B", script] + options)
        do {
            let line = try await eventually("the engine listens") {
                guard program.end == nil else {
                    throw HarnessError(description: program.errors.lines.joined(separator: "\n"))
                }
                return program.output.lines.first
            }
            let listening = try JSONDecoder().decode(Listening.self, from: Data(line.utf8))
            let value = try await body(SNMPEngine(address: "127.0.0.1:\(listening.port)"))
            await program.stop()
            return value
        } catch {
            await program.stop()
            throw error
        }
    }
}
