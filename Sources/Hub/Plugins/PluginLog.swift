import Logging

/// What a plugin logs, with its name on every line and without floods.
final class PluginLog {
    private let logger: Logger
    private var limiter = LogLimiter()

    init(plugin: String, logger: Logger) {
        var logger = logger
        logger[metadataKey: "plugin"] = "\(plugin)"
        self.logger = logger
    }

    func log(_ level: Logger.Level, _ message: String, fields: [(String, String)], at seconds: Double) {
        guard level >= logger.logLevel, let admission = limiter.admit(message, at: seconds) else { return }
        var metadata: Logger.Metadata = [:]
        for (key, value) in fields where key != "plugin" { metadata[key] = "\(value)" }
        if admission > 0 { metadata["suppressed"] = "\(admission)" }
        logger.log(level: level, "\(message)", metadata: metadata)
    }
}

/// Lets the same line through once in a while, and only so many different ones.
struct LogLimiter {
    /// Seconds before the same text is logged again.
    static let repeatInterval = 300.0
    /// Texts that are remembered.
    static let memory = 256
    /// Lines at once; a new one every `refillInterval` seconds.
    static let burst = 20.0
    static let refillInterval = 3.0

    private var seen: [String: (logged: Double, suppressed: Int)] = [:]
    private var tokens = burst
    private var refilledAt = 0.0

    /// Nil when the line is to be left out; otherwise how many like it were since it was last logged.
    mutating func admit(_ text: String, at now: Double) -> Int? {
        tokens = min(Self.burst, tokens + max(0, now - refilledAt) / Self.refillInterval)
        refilledAt = now
        if let entry = seen[text], now - entry.logged < Self.repeatInterval {
            seen[text]?.suppressed += 1
            return nil
        }
        guard tokens >= 1 else { return nil }
        tokens -= 1
        if seen.count >= Self.memory { seen.removeAll() }
        let suppressed = seen[text]?.suppressed ?? 0
        seen[text] = (now, 0)
        return suppressed
    }
}
