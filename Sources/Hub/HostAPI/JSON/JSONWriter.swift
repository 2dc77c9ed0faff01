import CharacterSets
import LuaSandbox

/// Encodes a Lua value as JSON, always the same text for the same value.
///
/// A table with the keys 1 to n and no others is an array, the empty table too. Any other table is an object with its
/// keys sorted by their bytes, number keys as their text. `json.null` is null, as is nil itself.
struct JSONWriter {
    /// Bytes of the text: what a host call may read or send.
    static let sizeLimit = 8 << 20

    /// Why a value has no JSON, and where it is.
    struct Failure: Error {
        enum Cause {
            case duplicateKey
            case keyType(String)
            case notFinite
            case notUTF8
            /// The run has to end, which the sandbox says in its own words.
            case stopped
            case tooLarge
            case valueType(String)
        }

        let cause: Cause
        /// The way from the value down to the culprit, such as `.interfaces[2]`.
        var path = ""

        var text: String { path.isEmpty ? reason : "\(path): \(reason)" }

        private var reason: String {
            switch cause {
            case .duplicateKey: "key appears as a number and as a string"
            case .keyType(let name): "key must be a string or a number, got \(name)"
            case .notFinite: "number must be finite"
            case .notUTF8: "string must be UTF-8"
            case .stopped: "stopped"
            case .tooLarge: "text must not be longer than \(sizeLimit) bytes"
            case .valueType(let name): "value must not be a \(name)"
            }
        }
    }

    private typealias Entry = (key: [UInt8], value: LuaValue)

    /// Values and comparisons of keys between two looks whether to stop.
    private static let lookInterval = 1024

    private var text: [UInt8] = []
    private var steps = 0
    private let mustStop: () -> Bool

    private init(until mustStop: @escaping () -> Bool) { self.mustStop = mustStop }

    static func encode(_ value: LuaValue, until mustStop: @escaping () -> Bool = { false }) throws(Failure) -> [UInt8] {
        var writer = JSONWriter(until: mustStop)
        try writer.write(value)
        return writer.text
    }

    private mutating func step() throws(Failure) {
        steps += 1
        if steps % Self.lookInterval == 0, mustStop() { throw Failure(cause: .stopped) }
    }

    private mutating func write(_ value: LuaValue) throws(Failure) {
        try step()
        switch value {
        case .nil, .pointer(JSONAPI.nullAddress): append("null")
        case .boolean(let value): append(value ? "true" : "false")
        case .integer(let value): append(value.description)
        case .number(let value):
            guard value.isFinite else { throw Failure(cause: .notFinite) }
            append(value.description)
        case .string(let bytes): try writeString(bytes)
        case .table(let items, let fields):
            if fields.isEmpty, !items.contains(.nil) {
                try writeArray(items)
            } else {
                try writeObject(entries(items, fields))
            }
        case .pointer, .opaque: throw Failure(cause: .valueType(value.typeName))
        }
        guard text.count <= Self.sizeLimit else { throw Failure(cause: .tooLarge) }
    }

    private mutating func append(_ part: String) { text.append(contentsOf: part.utf8) }

    private mutating func writeArray(_ items: [LuaValue]) throws(Failure) {
        append("[")
        for (index, item) in items.enumerated() {
            if index > 0 { append(",") }
            do throws(Failure) { try write(item) } catch { throw Self.locate(error, below: "[\(index + 1)]") }
        }
        append("]")
    }

    private mutating func writeObject(_ entries: [Entry]) throws(Failure) {
        append("{")
        var previous: [UInt8]?
        for (key, value) in entries {
            if previous != nil { append(",") }
            do throws(Failure) {
                guard key != previous else { throw Failure(cause: .duplicateKey) }
                try writeString(key)
                append(":")
                try write(value)
            } catch {
                throw Self.locate(error, below: "." + String(decoding: key, as: UTF8.self))
            }
            previous = key
        }
        append("}")
    }

    private static func locate(_ failure: Failure, below place: String) -> Failure {
        Failure(cause: failure.cause, path: place + failure.path)
    }

    private mutating func entries(_ items: [LuaValue], _ fields: [LuaValue.Field]) throws(Failure) -> [Entry] {
        var entries: [Entry] = []
        for (index, item) in items.enumerated() where item != .nil {
            entries.append((Array("\(index + 1)".utf8), item))
        }
        for field in fields { entries.append((try Self.key(field.key), field.value)) }
        do {
            try entries.sort { first, second in
                try step()
                return first.key.lexicographicallyPrecedes(second.key)
            }
        } catch {
            throw Failure(cause: .stopped)
        }
        return entries
    }

    private static func key(_ key: LuaValue) throws(Failure) -> [UInt8] {
        switch key {
        case .string(let bytes): return bytes
        case .integer(let value): return Array(value.description.utf8)
        case .number(let value):
            guard value.isFinite else { throw Failure(cause: .notFinite) }
            return Array(value.description.utf8)
        default: throw Failure(cause: .keyType(key.typeName))
        }
    }

    private mutating func writeString(_ bytes: [UInt8]) throws(Failure) {
        guard UTF8Sequence.isValid(bytes) else { throw Failure(cause: .notUTF8) }
        append("\"")
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                text.append(UInt8(ascii: "\\"))
                text.append(byte)
            case 0x0A: append("\\n")
            case 0x0D: append("\\r")
            case 0x09: append("\\t")
            case ..<0x20:
                append(byte < 0x10 ? "\\u000" : "\\u00")
                append(String(byte, radix: 16))
            default: text.append(byte)
            }
        }
        append("\"")
    }
}
