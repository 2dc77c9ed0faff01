import Logging

/// Logs that a plugin fails when it begins, when the reason changes, now and then while it lasts, and when it is over.
struct FailureLog {
    /// Targets whose state is remembered.
    static let limit = 10_000

    private let plugin: String
    private let logger: Logger
    private var failing: [String: (message: String, count: Int)] = [:]

    init(plugin: String, logger: Logger) {
        self.plugin = plugin
        self.logger = logger
    }

    mutating func failed(_ failure: RunFailure, target: String) {
        let last = failing[target]
        let count = (last?.count ?? 0) + 1
        guard failing.count < Self.limit || last != nil else { return }
        failing[target] = (failure.message, count)
        // 1, 2, 4, 8, ... : a plugin that fails for a day every 15 seconds logs 13 lines.
        let isDue = count & (count - 1) == 0
        guard isDue || (last?.message != failure.message && count < Self.changes) else { return }
        logger.warning(
            "plugin failed",
            metadata: metadata(
                target,
                [
                    "reason": "\(failure.reason.rawValue)",
                    "error": "\(failure.message)", "failures": "\(count)",
                ]
            )
        )
    }

    /// Changes of the message that are logged each, before only every doubling is.
    private static let changes = 8

    mutating func succeeded(target: String) {
        guard let last = failing.removeValue(forKey: target) else { return }
        logger.info("plugin works again", metadata: metadata(target, ["failures": "\(last.count)"]))
    }

    private func metadata(_ target: String, _ more: Logger.Metadata) -> Logger.Metadata {
        var metadata = more
        metadata["plugin"] = "\(plugin)"
        if !target.isEmpty { metadata["target"] = "\(target)" }
        return metadata
    }
}
