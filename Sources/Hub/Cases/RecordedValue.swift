import FoundationEssentials
import LuaSandbox

/// A value of Lua in a recorded case.
///
/// As JSON: null, booleans and numbers as they are; text as a string, or as `{"lines": [...]}` when it has several
/// lines, each but the last ended by a line feed; bytes that are no UTF-8 as `{"base64": ...}`; a list as an array; a
/// table with names as `{"table": {...}}`.
enum RecordedValue: Sendable, Hashable {
    case null
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    case bytes([UInt8])
    case list([RecordedValue])
    case table([String: RecordedValue])

    init(_ value: LuaValue) {
        switch value {
        case .boolean(let flag): self = .boolean(flag)
        case .integer(let number): self = .integer(number)
        case .number(let number): self = .number(number)
        case .string(let bytes): self = .bytes(bytes)
        case .table(let items, let fields) where fields.isEmpty: self = .list(items.map(RecordedValue.init))
        case .table(_, let fields):
            self = .table(
                Dictionary(fields.map { ($0.key.string ?? $0.key.typeName, RecordedValue($0.value)) }) { $1 }
            )
        case .nil, .pointer, .opaque: self = .null
        }
    }

    func push(to plan: inout Plan) {
        switch self {
        case .null: plan.pushNil()
        case .boolean(let flag): plan.push(flag)
        case .integer(let number): plan.push(number)
        case .number(let number): plan.push(number)
        case .bytes(let bytes): plan.push(bytes)
        case .list(let items):
            plan.beginTable(items: items.count)
            for (index, item) in items.enumerated() {
                item.push(to: &plan)
                plan.item(index + 1)
            }
        case .table(let fields):
            plan.beginTable(fields: fields.count)
            for (name, value) in fields { plan.field(name) { value.push(to: &$0) } }
        }
    }

    /// The same with all its bytes changed.
    func mapBytes(_ change: ([UInt8]) -> [UInt8]) -> RecordedValue {
        switch self {
        case .bytes(let bytes): .bytes(change(bytes))
        case .list(let items): .list(items.map { $0.mapBytes(change) })
        case .table(let fields): .table(fields.mapValues { $0.mapBytes(change) })
        default: self
        }
    }
}

extension RecordedValue: Codable {
    private enum Key: String, CodingKey {
        case base64
        case lines
        case table
    }

    init(from decoder: any Decoder) throws {
        if let keys = try? decoder.container(keyedBy: Key.self) {
            if let lines = try keys.decodeIfPresent([String].self, forKey: .lines) {
                self = .bytes(Array(lines.joined(separator: "\n").utf8))
            } else if let table = try keys.decodeIfPresent([String: RecordedValue].self, forKey: .table) {
                self = .table(table)
            } else {
                let text = try keys.decode(String.self, forKey: .base64)
                guard let bytes = Data(base64Encoded: text) else {
                    throw DecodingError.dataCorruptedError(forKey: .base64, in: keys, debugDescription: "not base64")
                }
                self = .bytes(Array(bytes))
            }
            return
        }
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let flag = try? value.decode(Bool.self) {
            self = .boolean(flag)
        } else if let number = try? value.decode(Int.self) {
            self = .integer(number)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .bytes(Array(text.utf8))
        } else {
            self = .list(try value.decode([RecordedValue].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .null:
            var value = encoder.singleValueContainer()
            try value.encodeNil()
        case .boolean(let flag): try flag.encode(to: encoder)
        case .integer(let number): try number.encode(to: encoder)
        case .number(let number): try number.encode(to: encoder)
        case .list(let items): try items.encode(to: encoder)
        case .table(let table):
            var keys = encoder.container(keyedBy: Key.self)
            try keys.encode(table, forKey: .table)
        case .bytes(let bytes): try encode(bytes, to: encoder)
        }
    }

    private func encode(_ bytes: [UInt8], to encoder: any Encoder) throws {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            var keys = encoder.container(keyedBy: Key.self)
            return try keys.encode(Data(bytes).base64EncodedString(), forKey: .base64)
        }
        let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { String(Substring($0)) }
        guard lines.count > 1 else { return try text.encode(to: encoder) }
        var keys = encoder.container(keyedBy: Key.self)
        try keys.encode(lines, forKey: .lines)
    }
}
