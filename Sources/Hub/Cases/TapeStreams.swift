import NIOCore

/// Passes a connection through and writes down what goes over it.
final class RecordingStream: ByteStream {
    private let stream: any ByteStream
    private let tape: Tape
    private let number: Int

    init(_ stream: any ByteStream, _ tape: Tape, _ number: Int) {
        self.stream = stream
        self.tape = tape
        self.number = number
        stream.inbox.tap = { event in
            switch event {
            case .bytes(let bytes): tape.note(.receive(.bytes(Array(bytes.readableBytesView))), in: number)
            case .end(let failure): tape.note(.end(failure ?? "closed"), in: number)
            }
        }
    }

    var inbox: StreamInbox { stream.inbox }
    var peer: String { stream.peer }

    func send(_ bytes: [UInt8], isSecret: Bool, completion: @escaping (String?) -> Void) {
        tape.note(isSecret ? .sendSecret : .send(.bytes(bytes)), in: number)
        stream.send(bytes, isSecret: isSecret, completion: completion)
    }

    func close() { stream.close() }
}

/// Plays what a connection has received, each time after what was sent before it.
final class ReplayedStream: ByteStream {
    /// What has been sent and was not expected yet; a secret stands for itself.
    private enum Sent: Equatable {
        case byte(UInt8)
        case secret
    }

    let inbox = StreamInbox()
    let peer: String
    private let eventLoop: any EventLoop
    private var steps: ArraySlice<RecordedStream.Step>
    private var sent: [Sent] = []
    private let redact: ([UInt8]) -> [UInt8]

    init(_ recorded: RecordedStream, eventLoop: any EventLoop, redact: @escaping ([UInt8]) -> [UInt8]) {
        peer = recorded.stream
        steps = recorded.steps[...]
        self.eventLoop = eventLoop
        self.redact = redact
        scheduleAdvance()
    }

    func send(_ bytes: [UInt8], isSecret: Bool, completion: @escaping (String?) -> Void) {
        if isSecret {
            sent.append(.secret)
        } else {
            sent += redact(bytes).map(Sent.byte)
        }
        completion(inbox.isAtEnd ? "closed" : nil)
        scheduleAdvance()
    }

    func close() {
        steps = []
        inbox.end()
    }

    /// From a fresh stack, as bytes come from a socket.
    private func scheduleAdvance() {
        eventLoop.assumeIsolated().execute { [weak self] in self?.advance() }
    }

    private func advance() {
        while let step = steps.first, !inbox.isAtEnd {
            switch step {
            case .receive(let value):
                if case .bytes(let bytes) = value { inbox.append(ByteBuffer(bytes: bytes)) }
            case .end(let reason): inbox.end(reason == "closed" ? nil : reason)
            case .send(.bytes(let bytes)):
                guard take(bytes.map(Sent.byte)) else { return }
            case .send: break
            case .sendSecret:
                guard take([.secret]) else { return }
            }
            steps = steps.dropFirst()
        }
        guard !sent.isEmpty, !inbox.isAtEnd else { return }
        inbox.end("the recorded case ends here, got \(Self.show(sent))")
    }

    /// Takes what is expected off the front of what was sent; false while it has not come, or when it is something else.
    private func take(_ expected: [Sent]) -> Bool {
        let common = min(expected.count, sent.count)
        guard sent[..<common] == expected[..<common] else {
            inbox.end("the recorded case expects \(Self.show(expected)) here, got \(Self.show(sent))")
            return false
        }
        guard sent.count >= expected.count else { return false }
        sent.removeFirst(expected.count)
        return true
    }

    private static func show(_ sent: [Sent]) -> String {
        let bytes = sent.prefix(200).flatMap { item -> [UInt8] in
            if case .byte(let byte) = item { return [byte] }
            return Array("<secret>".utf8)
        }
        return String(reflecting: String(decoding: bytes, as: UTF8.self))
    }
}
