import LuaSandbox
import NIOCore

/// A connection that the script reads and writes itself.
final class StreamConnection: Connection {
    /// What one `receive` waits for.
    enum Wanted {
        case line
        case all
        case some
        case count(Int)
    }

    private let stream: any ByteStream
    private let eventLoop: any EventLoop
    /// Bytes of the inbox that have no line feed.
    private var scanned = 0
    private var timer: Scheduled<Void>?
    private let limit: Int

    /// `limit` is for the bytes of one answer.
    init(_ stream: any ByteStream, eventLoop: any EventLoop, limit: Int, id: Int, place: String, idleTimeout: Double?) {
        self.stream = stream
        self.eventLoop = eventLoop
        self.limit = limit
        super.init(id: id, place: place, idleTimeout: idleTimeout)
        stream.inbox.onCount = { [weak self] in self?.incoming = $0 }
    }

    override func close() {
        timer?.cancel()
        stream.inbox.onChange = nil
        stream.close()
        super.close()
        finish(.failure("connection to \(place) was closed"))
    }

    func send(_ bytes: [UInt8], _ handle: OperationHandle) {
        begin(handle)
        outgoing = bytes.count
        stream.send(bytes, isSecret: false) { [self] reason in
            outgoing = 0
            if let reason {
                let failure = OperationResult.failure("cannot send to \(place): \(reason)")
                return isEnded ? finishClosed(failure) : finish(failure)
            }
            var plan = Plan()
            plan.push(true)
            finish(.values(plan))
        }
    }

    override var isEnded: Bool { stream.inbox.isAtEnd && stream.inbox.count == 0 }

    func receive(_ wanted: Wanted, timeout: Double?, _ handle: OperationHandle) {
        begin(handle)
        scanned = 0
        if let timeout {
            timer = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(seconds: timeout)) { [weak self] in
                guard let self else { return }
                end(.failure("nothing received from \(place) within \(timeout) s"))
            }
        }
        stream.inbox.onChange = { [weak self] in self?.check(wanted) }
        switch wanted {
        case .some: break
        case .count(let count): stream.inbox.limit = max(count, StreamInbox.idleLimit)
        case .line, .all: stream.inbox.limit = max(limit + 1, StreamInbox.idleLimit)
        }
        check(wanted)
    }

    private func end(_ result: OperationResult, closing: Bool = false) {
        timer?.cancel()
        timer = nil
        stream.inbox.onChange = nil
        stream.inbox.limit = StreamInbox.idleLimit
        closing ? finishClosed(result) : finish(result)
    }

    /// What has come stays in the inbox until the answer is complete, so that a timeout loses nothing.
    private func check(_ wanted: Wanted) {
        guard isBusy else { return }
        let inbox = stream.inbox
        switch wanted {
        case .line: checkLine(inbox)
        case .some:
            if inbox.count > 0 { return answer(inbox.take(limit)) }
            if inbox.isAtEnd { endOfStream() }
        case .count(let count):
            if inbox.count >= count { return answer(inbox.take(count)) }
            if inbox.isAtEnd { endOfStream(" after \(inbox.count) of \(count) bytes") }
        case .all:
            if inbox.count > limit { return tooMuch("more than \(limit) bytes from \(place)") }
            if inbox.isAtEnd { inbox.failure == nil ? answer(inbox.take(limit)) : endOfStream() }
        }
    }

    private func checkLine(_ inbox: StreamInbox) {
        if let length = inbox.lineLength(from: scanned), length <= limit {
            var line = inbox.take(length).dropLast()
            if line.last == 0x0D { line = line.dropLast() }
            return answer(Array(line))
        }
        scanned = inbox.count
        if inbox.count > limit { return tooMuch("line from \(place) is longer than \(limit) bytes") }
        guard inbox.isAtEnd else { return }
        inbox.count > 0 && inbox.failure == nil ? answer(inbox.take(inbox.count)) : endOfStream()
    }

    /// Whatever follows cannot be told apart from what was too much.
    private func tooMuch(_ message: String) { end(.failure(message), closing: true) }

    private func endOfStream(_ detail: String = "") {
        let reason = stream.inbox.failure.map { ": \($0)" } ?? ""
        end(.failure("connection to \(place) ended\(detail)\(reason)"), closing: isEnded)
    }

    private func answer(_ bytes: [UInt8]) {
        var plan = Plan()
        plan.push(bytes)
        end(.values(plan))
    }
}
