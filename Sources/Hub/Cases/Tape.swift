import LuaSandbox
import SNMP

/// Whether a plugin's exchanges are written down, or played from a recorded case.
enum TapeMode: Sendable {
    case record
    case replay(RecordedRun)
}

/// A run's exchanges and the time it began, as `exchanges.json` has them.
struct RecordedRun: Sendable, Codable, Equatable {
    /// Unix seconds; in a replay the clocks stand still there, but for what the script sleeps.
    var time: Double
    var exchanges: [RecordedExchange]
}

/// The recorder or player of one plugin.
///
/// Lives on the plugin's thread.
final class Tape {
    /// Exchanges of one recording.
    static let exchangeLimit = 100_000
    /// Bytes of one recording, about.
    static let sizeLimit = 64 << 20

    let isReplay: Bool
    private var run: RecordedRun
    private var size = 0
    /// Streams by their place in `exchanges`, since several may be open.
    private var used: Set<Int> = []
    private let redactBytes: ([UInt8]) -> [UInt8]
    /// Seconds that the script has slept in a replay.
    private(set) var slept = 0.0
    /// What the case does not have; the run's own error may hide it.
    private(set) var missing: [String] = []

    init(_ mode: TapeMode, now: Double, redact: @escaping ([UInt8]) -> [UInt8]) {
        redactBytes = redact
        switch mode {
        case .record:
            isReplay = false
            run = RecordedRun(time: now, exchanges: [])
        case .replay(let recorded):
            isReplay = true
            run = recorded
        }
    }

    var recorded: RecordedRun { run }
    var now: Double { run.time + slept }

    func sleep(_ seconds: Double) { slept += seconds }

    private func blank(_ value: RecordedValue) -> RecordedValue { value.mapBytes(redactBytes) }

    private func redact(_ text: String) -> String { String(decoding: redactBytes(Array(text.utf8)), as: UTF8.self) }

    // MARK: Recording

    /// Adds an exchange; what is beyond the limits is left out, and missing in the replay.
    private func add(_ exchange: RecordedExchange, bytes: Int) -> Int? {
        size += bytes
        guard run.exchanges.count < Self.exchangeLimit, size <= Self.sizeLimit else { return nil }
        run.exchanges.append(exchange)
        return run.exchanges.count - 1
    }

    func note(_ name: String, _ arguments: [LuaValue], _ results: [LuaValue]) {
        let call = RecordedCall(
            call: name,
            arguments: arguments.map { blank(RecordedValue($0)) },
            results: results.map { blank(RecordedValue($0)) }
        )
        _ = add(.call(call), bytes: results.reduce(64) { $0 + ($1.string?.utf8.count ?? 16) })
    }

    func note(_ request: RecordedRequest) {
        var request = request
        request.http = redact(request.http)
        request.url = request.url.map(redact)
        request.body = request.body.map(blank)
        request.response = request.response.map(blank)
        request.error = request.error.map(redact)
        request.headers = request.headers?.map { .init(name: $0.name, value: redact($0.value)) }
        _ = add(.http(request), bytes: 256)
    }

    /// Notes what an agent answered by SNMP, or why it did not.
    func note(_ query: String, to agent: String, _ bindings: [VariableBinding], error: String?) {
        let objects = bindings.map { binding in
            switch binding.value {
            case .octets(let bytes): RecordedObject(VariableBinding(binding.name, .octets(redactBytes(bytes))))
            default: RecordedObject(binding)
            }
        }
        let recorded = RecordedQuery(snmp: query, agent: agent, objects: objects, error: error.map(redact))
        _ = add(.snmp(recorded), bytes: bindings.reduce(64) { $0 + SNMPHolding.overhead + $1.value.size })
    }

    /// Begins a connection's recording; the answer is for `note(_:in:)`.
    func open(_ place: String, error: String? = nil) -> Int? {
        add(.stream(RecordedStream(stream: place, steps: [], error: error.map(redact))), bytes: 64)
    }

    func note(_ step: RecordedStream.Step, in stream: Int) {
        guard case .stream(var recorded) = run.exchanges[stream] else { return }
        // Out of the array while it is changed, so that its steps are not copied.
        run.exchanges[stream] = .stream(RecordedStream(stream: "", steps: []))
        switch (step, recorded.steps.last) {
        case (.receive(.bytes(let new)), .receive(.bytes(let old))):
            recorded.steps[recorded.steps.count - 1] = .receive(.bytes(old + new))
        case (.send(.bytes(let new)), .send(.bytes(let old))):
            recorded.steps[recorded.steps.count - 1] = .send(.bytes(old + new))
        default: recorded.steps.append(step)
        }
        run.exchanges[stream] = .stream(recorded)
    }

    /// The recording with secrets blanked in what came over connections.
    func finished() -> RecordedRun {
        var result = run
        for (index, exchange) in result.exchanges.enumerated() {
            guard case .stream(var stream) = exchange else { continue }
            stream.steps = stream.steps.map { step in
                switch step {
                case .send(let value): .send(blank(value))
                case .receive(let value): .receive(blank(value))
                default: step
                }
            }
            result.exchanges[index] = .stream(stream)
        }
        return result
    }

    // MARK: Replaying

    /// The results of the next call that was recorded with these arguments; files may be read again and again.
    func results(of name: String, _ arguments: [LuaValue]) -> [RecordedValue]? {
        let arguments = arguments.map { blank(RecordedValue($0)) }
        let repeats = name.hasPrefix("fs.") || name.hasPrefix("os.")
        let found = next(repeats: repeats) { exchange -> [RecordedValue]? in
            guard case .call(let call) = exchange, call.call == name, call.arguments == arguments else { return nil }
            return call.results
        }
        if found == nil { missing.append("\(name)(\(arguments.map(Self.show).joined(separator: ", ")))") }
        return found
    }

    func response(to http: String, body: RecordedValue?) -> RecordedRequest? {
        let http = redact(http)
        let body = body.map(blank)
        let found = next(repeats: false) { exchange -> RecordedRequest? in
            guard case .http(let request) = exchange, request.http == http, request.body == body else { return nil }
            return request
        }
        if found == nil { missing.append(http) }
        return found
    }

    func stream(to place: String) -> RecordedStream? {
        let found = next(repeats: false) { exchange -> RecordedStream? in
            guard case .stream(let stream) = exchange, stream.stream == place else { return nil }
            return stream
        }
        if found == nil { missing.append("connection to \(place)") }
        return found
    }

    func answer(to query: String, of agent: String) -> RecordedQuery? {
        let found = next(repeats: false) { exchange -> RecordedQuery? in
            guard case .snmp(let recorded) = exchange, recorded.snmp == query, recorded.agent == agent else {
                return nil
            }
            return recorded
        }
        if found == nil { missing.append("snmp \(query) of \(agent)") }
        return found
    }

    /// The first match that was not used yet; else the last one, if it may be given again.
    private func next<Found>(repeats: Bool, _ match: (RecordedExchange) -> Found?) -> Found? {
        var last: Found?
        for (index, exchange) in run.exchanges.enumerated() {
            guard let found = match(exchange) else { continue }
            last = found
            if used.insert(index).inserted { return found }
        }
        return repeats ? last : nil
    }

    private static func show(_ value: RecordedValue) -> String {
        switch value {
        case .bytes(let bytes): "\"\(String(decoding: bytes.prefix(200), as: UTF8.self))\""
        case .integer(let number): "\(number)"
        case .number(let number): "\(number)"
        case .boolean(let flag): "\(flag)"
        case .null: "nil"
        case .list, .table: "table"
        }
    }
}
