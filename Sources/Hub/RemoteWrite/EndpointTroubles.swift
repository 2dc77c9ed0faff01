import Logging
import RemoteWrite
import SQLite

/// Remembers what went wrong, and says in the log when an endpoint begins to have trouble and when it is over, not each time.
struct EndpointTroubles {
    /// Refusals are logged this often at most, whatever they say.
    private static let refusalInterval = Duration.seconds(60)

    private let statistics: EndpointStatistics
    private let logger: Logger
    private var reason: String?
    private var queueProblem: String?
    private var nextRefusal: ContinuousClock.Instant?

    init(_ statistics: EndpointStatistics, logger: Logger) {
        self.statistics = statistics
        self.logger = logger
    }

    private var metadata: Logger.Metadata { ["endpoint": "\(statistics.configuration.name)"] }

    /// There was no answer.
    mutating func failed(_ reason: String) {
        statistics.failed(reason)
        statistics.update { $0.isFailing = true }
        guard self.reason == nil else { return }
        self.reason = reason
        logger.warning("remote write: cannot send, trying again", metadata: metadata.with("error", reason))
    }

    /// There was an answer; the receiver's words are logged as they are.
    mutating func answered(_ status: Int, _ text: String, _ step: Delivery.Step) {
        switch step {
        case .wait: failed("status \(status): \(text)")
        case .done(let outcome) where outcome.dropped > 0:
            statistics.failed("status \(status): \(text)")
            statistics.update { $0.isFailing = true }
            if let nextRefusal, ContinuousClock.now < nextRefusal { return }
            nextRefusal = ContinuousClock.now + Self.refusalInterval
            logger.error(
                "remote write: samples refused",
                metadata: metadata.with("status", "\(status)").with("dropped", "\(outcome.dropped)")
                    .with("answer", Self.isUnknowing(status, outcome) ? Self.unknowing : text)
            )
        case .done, .send:
            statistics.update { $0.isFailing = false }
            guard reason != nil else { return }
            reason = nil
            logger.info("remote write: sending again", metadata: metadata)
        }
    }

    /// Stands for the words of a receiver that says that all is well.
    private static let unknowing = "none of how many samples were written: the receiver does not know protocol 2.0"

    private static func isUnknowing(_ status: Int, _ outcome: Delivery.Outcome) -> Bool {
        (200..<300).contains(status) && outcome.reason == .rejected
    }

    func switched(to writeProtocol: WriteProtocol) {
        logger.info(
            "remote write: the receiver does not know the other protocol",
            metadata: metadata.with("protocol", writeProtocol.name)
        )
    }

    mutating func note(queue errors: [SQLiteError], isOnDisk: Bool) {
        if let error = errors.last {
            let text = "\(error)"
            statistics.failed(text)
            guard text != queueProblem else { return }
            queueProblem = text
            logger.error("remote write: queue", metadata: metadata.with("error", text))
        } else if isOnDisk, queueProblem != nil {
            queueProblem = nil
            logger.info("remote write: the queue is on disk", metadata: metadata)
        }
    }
}

extension Logger.Metadata {
    fileprivate func with(_ name: String, _ value: String) -> Self {
        merging([name: "\(value)"]) { $1 }
    }
}
