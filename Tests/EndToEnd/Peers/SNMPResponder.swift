import Foundation

/// Agents of versions 1 and 2c on loopback addresses; the program is Tests/peers/snmp_responder.py.
struct SNMPResponder {
    private struct Listening: Decodable { let addresses: [String] }

    let addresses: [String]
    private let program: Program

    /// Gives objects another value: `1.3.6.1.2.1.1.3.0 timeticks 4711`.
    func set(_ objects: [String]) async throws {
        for object in objects {
            let answered = program.output.lines.count
            program.say(object)
            _ = try await eventually("\(object) is changed") { program.output.lines.dropFirst(answered).first }
        }
    }

    /// Starts it with these options, gives it to `body` and stops it.
    static func running<Value>(
        _ options: [String],
        _ body: (SNMPResponder) async throws -> Value
    ) async throws -> Value {
        let script = Workspace.checkout.appending(path: "Tests/peers/snmp_responder.py").path
        let program = try Program(Workspace.python, ["-B", script] + options)
        do {
            let line = try await eventually("the agents listen") {
                guard program.end == nil else {
                    throw HarnessError(description: program.errors.lines.joined(separator: "\n"))
                }
                return program.output.lines.first
            }
            let listening = try JSONDecoder().decode(Listening.self, from: Data(line.utf8))
            let value = try await body(SNMPResponder(addresses: listening.addresses, program: program))
            await program.stop()
            return value
        } catch {
            await program.stop()
            throw error
        }
    }
}
