import RemoteWrite
import SQLite
import Synchronization

/// What is counted of one endpoint; read by scrapes, which never wait for it.
final class EndpointStatistics: Sendable {
    struct Snapshot: Sendable {
        var pendingSamples = 0
        var queueBytes = 0
        /// Milliseconds since 1970 of the samples that wait longest.
        var oldestTime: Int64?
        var isOnDisk = false
        var series = 0
        var sentSamples = 0
        var sentBytes = 0
        var retriedSamples = 0
        var dropped: [DropReason: Int] = [:]
        /// By status; 0 for those without an answer.
        var requests: [Int: Int] = [:]
        var requestSeconds = 0.0
        var queueErrors: [SQLiteError.Kind: Int] = [:]
        /// Unix seconds.
        var lastSuccess = 0.0
        var writeProtocol = WriteProtocol.v2
        /// Whether the receiver did not take the last samples, for whatever reason.
        var isFailing = false
        var lastError: Trouble?
    }

    /// What went wrong last, with the receiver or with the queue.
    struct Trouble: Sendable {
        let text: String
        /// Unix seconds.
        let time: Double
    }

    /// Other statuses are counted as the hundred they belong to, so that a receiver cannot make up series.
    private static let statuses: Set<Int> = [
        0, 200, 202, 204, 400, 401, 403, 404, 408, 413, 415, 422, 429, 500, 502, 503, 504,
    ]

    let configuration: EndpointConfiguration
    private let state = Mutex(Snapshot())

    init(_ configuration: EndpointConfiguration) { self.configuration = configuration }

    func snapshot() -> Snapshot { state.withLock { $0 } }

    func update(_ change: (inout sending Snapshot) -> Void) { state.withLock { change(&$0) } }

    func drop(_ reason: DropReason, _ count: Int) {
        guard count > 0 else { return }
        update { $0.dropped[reason, default: 0] += count }
    }

    func failed(_ text: String) {
        let trouble = Trouble(text: text, time: Clock.unixSeconds())
        update { $0.lastError = trouble }
    }

    /// Counts a request; `status` is nil where there was no answer.
    func requested(status: Int?, bytes: Int, seconds: Double) {
        let status = status ?? 0
        let counted = Self.statuses.contains(status) ? status : status / 100 * 100
        update {
            $0.requests[(0..<600).contains(counted) ? counted : 600, default: 0] += 1
            $0.requestSeconds += seconds
            $0.sentBytes += bytes
        }
    }
}
