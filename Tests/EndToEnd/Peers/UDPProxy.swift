import Foundation

/// A bad network between a client and a server by UDP; the program is Tests/peers/udp_proxy.py.
struct UDPProxy {
    private struct Listening: Decodable { let port: UInt16 }

    /// What became of the datagrams of both directions.
    struct Counts: Decodable {
        let passed: Int
        let lost: Int
        let duplicated: Int
        let reordered: Int
        let delayed: Int
    }

    /// Where the client sends to.
    let address: String
    private let program: Program

    /// Starts it before `target`, gives it to `body` and stops it.
    ///
    /// Each of the four bad fates meets this share of the datagrams; the same seed gives the same sequence of fates. With
    /// `source` its answers come from that address.
    static func running<Value>(
        before target: String,
        badly share: Double = 0,
        seed: Int = 1,
        source: String? = nil,
        _ body: (UDPProxy) async throws -> Value
    ) async throws -> Value {
        let script = Workspace.checkout.appending(path: "Tests/peers/udp_proxy.py").path
        let fates = ["--lose", "--duplicate", "--reorder", "--delay"].flatMap { [$0, "\(share)"] }
        let answers = source.map { ["--listen", $0.contains(":") ? "::1" : "127.0.0.1", "--source", $0] } ?? []
        let arguments = ["-B", script, target, "--seed", "\(seed)"] + fates + answers
        let program = try Program(Workspace.python, arguments)
        do {
            let listening = try JSONDecoder().decode(Listening.self, from: try await line(0, of: program))
            let host = source?.contains(":") == true ? "[::1]" : "127.0.0.1"
            let value = try await body(UDPProxy(address: "\(host):\(listening.port)", program: program))
            await program.stop()
            return value
        } catch {
            await program.stop()
            throw error
        }
    }

    func counts() async throws -> Counts {
        let answered = program.output.lines.count
        program.say("")
        return try JSONDecoder().decode(Counts.self, from: try await Self.line(answered, of: program))
    }

    private static func line(_ number: Int, of program: Program) async throws -> Data {
        try await eventually("line \(number) of the proxy") {
            guard program.end == nil else {
                throw HarnessError(description: program.errors.lines.joined(separator: "\n"))
            }
            return program.output.lines.dropFirst(number).first.map { Data($0.utf8) }
        }
    }
}
