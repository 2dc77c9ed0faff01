import Glibc
import Logging
import Synchronization

/// One line on standard error for each event: `time level message key=value ...`, or the same as JSON.
struct HubLog: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    let format: LogConfiguration.Format
    let secrets: SecretRegistry

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        let fields = all.sorted { $0.key < $1.key }.map { ($0.key, secrets.redact("\($0.value)")) }
        let message = secrets.redact("\(event.message)")
        let time = Self.timestamp()
        let line =
            switch format {
            case .text: Self.text(time, event.level, message, fields)
            case .json: Self.json(time, event.level, message, fields)
            }
        Self.write(line)
    }

    private static func text(
        _ time: String,
        _ level: Logger.Level,
        _ message: String,
        _ fields: [(String, String)]
    ) -> String {
        var line = "\(time) \(level.rawValue) \(flat(message))"
        for (key, value) in fields {
            let isPlain =
                !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x3D && $0 != 0x7F }
            line += " \(key)=" + (isPlain ? value : quoted(value))
        }
        return line + "\n"
    }

    private static func json(
        _ time: String,
        _ level: Logger.Level,
        _ message: String,
        _ fields: [(String, String)]
    ) -> String {
        var line = "{\"time\":\"\(time)\",\"level\":\"\(level.rawValue)\",\"message\":\(quoted(message))"
        for (key, value) in fields { line += ",\(quoted(key)):\(quoted(value))" }
        return line + "}\n"
    }

    /// Line ends and other control characters would forge lines.
    private static func flat(_ text: String) -> String {
        text.utf8.contains { $0 < 0x20 || $0 == 0x7F } ? String(quoted(text).dropFirst().dropLast()) : text
    }

    /// A JSON string.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// UTC with milliseconds (RFC 3339).
    private static func timestamp() -> String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        var parts = tm()
        gmtime_r(&now.tv_sec, &parts)
        func pad(_ value: Int, _ width: Int = 2) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let date = "\(Int(parts.tm_year) + 1900)-\(pad(Int(parts.tm_mon) + 1))-\(pad(Int(parts.tm_mday)))"
        let time = "\(pad(Int(parts.tm_hour))):\(pad(Int(parts.tm_min))):\(pad(Int(parts.tm_sec)))"
        return "\(date)T\(time).\(pad(Int(now.tv_nsec) / 1_000_000, 3))Z"
    }

    private static let lock = Mutex(())

    private static func write(_ line: String) {
        var line = line
        lock.withLock { _ in
            line.withUTF8 { bytes in _ = Glibc.write(STDERR_FILENO, bytes.baseAddress, bytes.count) }
        }
    }
}

extension Logger {
    /// The program's logger for a configuration.
    static func hub(_ configuration: HubConfiguration, level: Logger.Level? = nil) -> Logger {
        var logger = hub(configuration.log, secrets: configuration.secrets)
        if let level { logger.logLevel = level }
        return logger
    }

    static func hub(_ configuration: LogConfiguration, secrets: SecretRegistry) -> Logger {
        var logger = Logger(label: "exporter-hub") { _ in
            HubLog(logLevel: .info, format: configuration.format, secrets: secrets)
        }
        logger.logLevel = Logger.Level(rawValue: configuration.level.rawValue) ?? .info
        return logger
    }
}
