import Logging
import Synchronization

/// A log that keeps its lines and lets a test wait for one.
final class RecordedLog: Sendable {
    private struct State {
        var lines: [String] = []
        var waiting: [(text: String, resume: @Sendable () -> Void)] = []
    }

    private let state = Mutex(State())

    /// `level message key=value ...`, the keys in alphabetical order.
    var lines: [String] { state.withLock { $0.lines } }

    var logger: Logger {
        var logger = Logger(label: "test") { _ in Handler(log: self) }
        logger.logLevel = .debug
        return logger
    }

    /// Returns when a line with this text is there.
    func wait(for text: String) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.lines.contains(where: { $0.contains(text) }) { return true }
                state.waiting.append((text, { continuation.resume() }))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    private func add(_ line: String) {
        let due = state.withLock { state in
            state.lines.append(line)
            let due = state.waiting.filter { line.contains($0.text) }
            state.waiting.removeAll { line.contains($0.text) }
            return due
        }
        for waiter in due { waiter.resume() }
    }

    private struct Handler: LogHandler {
        let log: RecordedLog
        var logLevel = Logger.Level.debug
        var metadata: Logger.Metadata = [:]

        init(log: RecordedLog) { self.log = log }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
            let fields = all.map { " \($0.key)=\($0.value)" }.joined()
            log.add("\(event.level) \(event.message)\(fields)")
        }
    }
}
