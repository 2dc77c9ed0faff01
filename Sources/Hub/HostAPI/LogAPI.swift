import Glibc
import Logging
import LuaSandbox

/// `log.debug`, `log.info`, `log.warn`, `log.error`: a message and a table of fields.
enum LogAPI {
    static let functions: [(name: String, function: HostFunction)] = [
        ("debug", { log($0, .debug) }), ("error", { log($0, .error) }), ("info", { log($0, .info) }),
        ("warn", { log($0, .warning) }),
    ]

    private static func log(_ state: OpaquePointer?, _ level: Logger.Level) -> Int32 {
        guard let call = HostCall(state), let instance = call.owner(as: PluginInstance.self) else { return 0 }
        var reader = LuaValueReader(call)
        do {
            let message = shown(call.type(1) == .table ? .table(items: [], fields: []) : try reader.read(1), instance)
            var fields: [(String, String)] = []
            if case .table(_, let entries) = try call.type(2) == .table ? reader.read(2) : .nil {
                fields = entries.prefix(fieldLimit).map { (word(shown($0.key, instance)), shown($0.value, instance)) }
            }
            note(level, message, fields, in: instance.currentRun?.transcript)
            instance.log.log(level, message, fields: fields, at: Clock.seconds(CLOCK_MONOTONIC))
            return 0
        } catch {
            return call.fail("log: \(error.text)")
        }
    }

    private static func note(
        _ level: Logger.Level,
        _ message: String,
        _ fields: [(String, String)],
        in transcript: RunTranscript?
    ) {
        guard let transcript else { return }
        transcript.note("log.\(level)", message + fields.map { " \($0.0)=\($0.1)" }.joined())
    }

    /// Fields of one line.
    static let fieldLimit = 64
    /// Bytes of a message or field; the log is for people.
    static let textLimit = 4096
    /// Bytes that are searched for secrets, so that none is cut in two where the text ends.
    private static let searchLimit = 2 * textLimit

    private static func shown(_ value: LuaValue, _ instance: PluginInstance) -> String {
        let whole = instance.secrets.redact(text(value))
        guard whole.utf8.count > textLimit else { return whole }
        return String(decoding: whole.utf8.prefix(textLimit), as: UTF8.self) + "..."
    }

    /// The name of a field, which stands in the line as it is.
    private static func word(_ text: String) -> String {
        String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber || "_.-".contains($0)) ? $0 : "_" })
    }

    private static func text(_ value: LuaValue) -> String {
        switch value {
        case .nil: "nil"
        case .boolean(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let bytes): String(decoding: bytes.prefix(searchLimit), as: UTF8.self)
        case .table: "table"
        default: value.typeName
        }
    }
}
