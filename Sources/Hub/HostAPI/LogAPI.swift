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
            let message = text(try reader.read(1))
            var fields: [(String, String)] = []
            if case .table(_, let entries) = try call.type(2) == .table ? reader.read(2) : .nil {
                fields = entries.map { (text($0.key), instance.secrets.redact(text($0.value))) }
            }
            instance.log.log(level, instance.secrets.redact(message), fields: fields, at: now())
            return 0
        } catch {
            return call.fail("log: \(error.text)")
        }
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func text(_ value: LuaValue) -> String {
        switch value {
        case .nil: "nil"
        case .boolean(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string: value.string ?? ""
        case .table: "table"
        default: value.typeName
        }
    }
}
