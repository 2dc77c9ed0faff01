import Foundation

/// Debian's telnetd with a small command line behind it; the program is Tests/peers/telnet_server.py.
struct TelnetServer {
    /// What Tests/peers/command_line.py lets in.
    static let username = "monitor"
    static let password = "simulated-password"

    let address: String
    private let program: Program

    /// Starts it, gives it to `body` and stops it.
    static func running<Value>(_ body: (TelnetServer) async throws -> Value) async throws -> Value {
        let script = Workspace.checkout.appending(path: "Tests/peers/telnet_server.py").path
        let program = try Program(Workspace.python, ["-B", script])
        do {
            let port = try await eventually("the telnet server listens") {
                guard program.end == nil else {
                    throw HarnessError(description: program.errors.lines.joined(separator: "\n"))
                }
                return program.output.lines.first
            }
            let value = try await body(TelnetServer(address: "127.0.0.1:\(port)", program: program))
            await program.stop()
            return value
        } catch {
            await program.stop()
            throw error
        }
    }

    /// `connected`, `login NAME`, `command ...`, `exit`, `left` and `ended`, in the order in which they came.
    var notes: [String] { Array(program.output.lines.dropFirst()) }
}
