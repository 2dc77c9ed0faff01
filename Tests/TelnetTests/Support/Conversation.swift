import Testing

@testable import Telnet

/// What happens in a session, in order.
enum Step {
    /// The peer sends these bytes.
    case peer([UInt8])
    /// The session has sent exactly this since the last such step, negotiation apart.
    case sent(String)
    case command(String)
    case logout
    case timeout
    case hangUp
}

/// What a session has brought.
struct Outcome: Equatable {
    var sent: [UInt8] = []
    var secrets: [String] = []
    var negotiated: [UInt8] = []
    var banner: String?
    var outputs: [String] = []
    var error: TelnetError?
    var isClosed = false
}

/// How the peer's bytes are cut.
enum Pieces: CustomStringConvertible {
    case whole
    case single
    case random(seed: UInt64)

    static let all: [Pieces] = [.whole, .single] + (1...12).map { .random(seed: $0) }

    var description: String {
        switch self {
        case .whole: "whole"
        case .single: "byte by byte"
        case .random(let seed): "seed \(seed)"
        }
    }

    func cut(_ bytes: [UInt8]) -> [[UInt8]] {
        switch self {
        case .whole: return [bytes]
        case .single: return bytes.map { [$0] }
        case .random(let seed):
            var generator = Generator(seed: seed)
            var rest = bytes[...]
            var pieces: [[UInt8]] = []
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 1...9, using: &generator))
                pieces.append(Array(piece))
                rest = rest.dropFirst(piece.count)
            }
            return pieces
        }
    }
}

/// Carries out a session's actions; silence follows each step of the peer.
struct Conversation {
    private(set) var session: TelnetSession
    private(set) var outcome = Outcome()
    private var seen = 0
    private var awaitsQuiet = false
    private let pieces: Pieces

    init(_ options: TelnetOptions, _ pieces: Pieces) throws {
        session = try TelnetSession(options)
        self.pieces = pieces
    }

    static func run(_ steps: [Step], _ pieces: Pieces = .whole, options: TelnetOptions = .router) throws -> Outcome {
        var conversation = try Conversation(options, pieces)
        for step in steps { try conversation.take(step) }
        return conversation.outcome
    }

    mutating func take(_ step: Step) throws {
        switch step {
        case .peer(let bytes):
            for piece in pieces.cut(bytes) { carryOut(session.receive(piece), isReceived: true) }
            while awaitsQuiet { carryOut(session.quiet()) }
        case .sent(let text):
            #expect(String(decoding: outcome.sent[seen...], as: UTF8.self) == text)
            seen = outcome.sent.count
        case .command(let text): carryOut(try session.command(text))
        case .logout: carryOut(session.logout())
        case .timeout: carryOut(session.timedOut())
        case .hangUp: carryOut(session.connectionClosed())
        }
    }

    private mutating func carryOut(_ actions: [TelnetAction], isReceived: Bool = false) {
        // The timer runs out, or is dropped because something came.
        awaitsQuiet = false
        for action in actions {
            switch action {
            case .send(let bytes, .negotiation): outcome.negotiated += bytes
            case .send(let bytes, let content):
                outcome.sent += bytes
                if content == .secret { outcome.secrets.append(String(decoding: bytes, as: UTF8.self)) }
            case .awaitQuiet: awaitsQuiet = true
            case .loggedIn(let banner): outcome.banner = banner
            case .output(let text): outcome.outputs.append(text)
            case .failed(let error): outcome.error = error
            case .close: outcome.isClosed = true
            }
        }
    }
}

/// SplitMix64: the same numbers on every run.
struct Generator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

func options(_ change: (inout TelnetOptions) throws -> Void) rethrows -> TelnetOptions {
    var options = TelnetOptions.router
    try change(&options)
    return options
}

extension TelnetOptions {
    /// Password only.
    static var router: TelnetOptions {
        var options = TelnetOptions()
        options.password = "hirake-goma"
        return options
    }
}
