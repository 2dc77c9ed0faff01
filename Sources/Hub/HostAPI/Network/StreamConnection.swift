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
    private var collected: [UInt8] = []
    private var scanned = 0
    private var timer: Scheduled<Void>?
    private let limit: Int

    /// `limit` is for the bytes of one answer.
    init(_ stream: any ByteStream, eventLoop: any EventLoop, limit: Int, id: Int, place: String, idleTimeout: Double?) {
        self.stream = stream
        self.eventLoop = eventLoop
        self.limit = limit
        super.init(id: id, place: place, idleTimeout: idleTimeout)
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
        stream.send(bytes, isSecret: false) { [self] reason in
            if let reason { return finish(.failure("cannot send to \(place): \(reason)")) }
            var plan = Plan()
            plan.push(true)
            finish(.values(plan))
        }
    }

    func receive(_ wanted: Wanted, timeout: Double?, _ handle: OperationHandle) {
        begin(handle)
        collected = []
        scanned = 0
        if let timeout {
            timer = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(seconds: timeout)) { [weak self] in
                guard let self else { return }
                end(.failure("nothing received from \(place) within \(timeout) s"))
            }
        }
        stream.inbox.onChange = { [weak self] in self?.check(wanted) }
        check(wanted)
    }

    private func end(_ result: OperationResult) {
        timer?.cancel()
        timer = nil
        stream.inbox.onChange = nil
        finish(result)
    }

    private func check(_ wanted: Wanted) {
        guard isBusy else { return }
        let inbox = stream.inbox
        switch wanted {
        case .line: checkLine(inbox)
        case .some:
            if inbox.count > 0 { return answer(inbox.take(min(limit, inbox.count))) }
            if inbox.isAtEnd { endOfStream() }
        case .count(let count):
            collected += inbox.take(count - collected.count)
            if collected.count == count { return answer(collected) }
            if inbox.isAtEnd { endOfStream(" after \(collected.count) of \(count) bytes") }
        case .all:
            collected += inbox.take(limit + 1 - collected.count)
            if collected.count > limit { return end(.failure("more than \(limit) bytes from \(place)")) }
            if inbox.isAtEnd { inbox.failure == nil ? answer(collected) : endOfStream() }
        }
    }

    private func checkLine(_ inbox: StreamInbox) {
        if let length = inbox.lineLength(from: scanned) {
            var line = inbox.take(length).dropLast()
            if line.last == 0x0D { line = line.dropLast() }
            return answer(Array(line))
        }
        scanned = inbox.count
        if inbox.isFull { return end(.failure("line from \(place) is longer than \(StreamInbox.limit) bytes")) }
        guard inbox.isAtEnd else { return }
        inbox.count > 0 && inbox.failure == nil ? answer(inbox.take(inbox.count)) : endOfStream()
    }

    private func endOfStream(_ detail: String = "") {
        end(.failure("connection to \(place) ended\(detail)\(stream.inbox.failure.map { ": \($0)" } ?? "")"))
    }

    private func answer(_ bytes: [UInt8]) {
        var plan = Plan()
        plan.push(bytes)
        end(.values(plan))
    }
}
