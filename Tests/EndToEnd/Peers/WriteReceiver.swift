import Foundation

/// A strict receiver of remote write that can be told to misbehave; the program is Tests/peers/remote_write_receiver.py.
struct WriteReceiver {
    let port: UInt16
    let program: Program

    struct State: Decodable {
        struct Request: Decodable {
            let time: Double
            let status: Int?
            let samples: Int
            let version: String?
            let type: String?
            let attempt: String?
        }

        let requests: [Request]
        let violations: [String]
        let samples: Int
        let repeatedRequests: Int
        let series: Int
        let mostUnderWay: Int
        let metadata: [String: [Metadata]]
        let handedOut: [Double]
    }

    /// A type's number, a help text or a unit.
    enum Metadata: Decodable, Equatable {
        case type(Int)
        case text(String)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Int.self) {
                self = .type(number)
            } else {
                self = .text(try container.decode(String.self))
            }
        }
    }

    struct Series {
        let labels: [String: String]
        /// Sorted by time, in milliseconds.
        let samples: [(time: Int, bits: UInt64)]

        var values: [Double] { samples.filter { $0.bits != Self.staleMarker }.map { Double(bitPattern: $0.bits) } }
        var endsStale: Bool { samples.last?.bits == Self.staleMarker }

        static let staleMarker: UInt64 = 0x7FF0_0000_0000_0002
    }

    private var endpoint: Endpoint { .ipv4(port) }
    var url: String { "http://127.0.0.1:\(port)/write" }
    /// What the plugin `tally` is to ask.
    var tally: String { "http://127.0.0.1:\(port)/next" }

    /// Starts it, gives it to `body` and stops it.
    static func running<Value>(
        _ arguments: [String] = [],
        _ body: (WriteReceiver) async throws -> Value
    ) async throws -> Value {
        let receiver = try await start(arguments)
        do {
            let value = try await body(receiver)
            await receiver.program.stop()
            return value
        } catch {
            await receiver.program.stop()
            throw error
        }
    }

    static func start(_ arguments: [String] = []) async throws -> WriteReceiver {
        let script = Workspace.checkout.appending(path: "Tests/peers/remote_write_receiver.py").path
        let program = try Program(Workspace.python, ["-B", script] + arguments)
        let port = try await eventually("the receiver listens") {
            guard program.end == nil else {
                throw HarnessError(description: program.errors.lines.joined(separator: "\n"))
            }
            return program.output.lines.first.flatMap { UInt16($0) }
        }
        return WriteReceiver(port: port, program: program)
    }

    func state() async throws -> State {
        let response = try await HTTPRequest(path: "/state").send(to: endpoint)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(State.self, from: Data(response.body))
    }

    /// What it acknowledged of one metric.
    func series(_ name: String, _ labels: [String: String] = [:]) async throws -> [Series] {
        struct Raw: Decodable {
            let labels: [String: String]
            let samples: [[Field]]
        }
        enum Field: Decodable {
            case number(Int)
            case text(String)

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let number = try? container.decode(Int.self) {
                    self = .number(number)
                } else {
                    self = .text(try container.decode(String.self))
                }
            }
        }
        let response = try await HTTPRequest(path: "/series?name=\(name)").send(to: endpoint)
        let raw = try JSONDecoder().decode([Raw].self, from: Data(response.body))
        return raw.filter { one in labels.allSatisfy { one.labels[$0] == $1 } }.map { one in
            let samples = one.samples.compactMap { pair -> (time: Int, bits: UInt64)? in
                guard case .number(let time) = pair[0], case .text(let bits) = pair[1] else { return nil }
                return UInt64(bits).map { (time, $0) }
            }
            return Series(labels: one.labels, samples: samples.sorted { $0.time < $1.time })
        }
    }

    /// Tells it what to do with the next requests, as JSON.
    func behave(_ behaviours: String) async throws {
        let request = HTTPRequest(method: "POST", path: "/behave", body: Array(behaviours.utf8))
        guard try await request.send(to: endpoint).status == 200 else {
            throw HarnessError(description: "the receiver does not take \(behaviours)")
        }
    }
}
