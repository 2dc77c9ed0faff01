import NIOCore

/// Passes a response on and writes it down.
final class RecordingSink: HTTPSink {
    private let sink: any HTTPSink
    private let tape: Tape
    private var recorded: RecordedRequest
    private var body: [UInt8] = []

    init(_ sink: any HTTPSink, _ request: (method: String, url: RequestURL, body: [UInt8]?), _ tape: Tape) {
        self.sink = sink
        self.tape = tape
        recorded = RecordedRequest(
            http: "\(request.method) \(request.url.text)",
            body: request.body.map(RecordedValue.bytes)
        )
    }

    func begin(_ head: HTTPHead) -> String? {
        recorded.status = head.status
        recorded.url = head.url.text
        recorded.headers = head.headers.map { .init(name: $0.name, value: $0.value) }
        body = []
        return sink.begin(head)
    }

    func receive(_ bytes: ByteBuffer) -> String? {
        if body.count < Tape.sizeLimit { body.append(contentsOf: bytes.readableBytesView) }
        return sink.receive(bytes)
    }

    func end(_ error: NetworkError?) {
        recorded.response = .bytes(body)
        recorded.error = error?.text
        tape.note(recorded)
    }
}

extension RecordedRequest {
    /// Gives the response to a sink; the answer is why the sink did not want it.
    func play(to sink: any HTTPSink, _ asked: RequestURL) -> String? {
        guard let status else { return nil }
        let head = HTTPHead(
            status: status,
            headers: (headers ?? []).map { (name: $0.name, value: $0.value) },
            url: url.flatMap(RequestURL.init) ?? asked
        )
        if let refusal = sink.begin(head) { return error == nil ? refusal : nil }
        guard case .bytes(let bytes)? = response else { return nil }
        let refusal = sink.receive(ByteBuffer(bytes: bytes))
        return error == nil ? refusal : nil
    }
}
