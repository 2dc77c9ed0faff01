import FoundationEssentials
import SNMP

/// What an agent was asked by SNMP, with all that it answered.
struct RecordedQuery: Sendable, Hashable, Codable {
    /// `get` with the objects, or `walk` with the root.
    var snmp: String
    /// `192.0.2.1:161`.
    var agent: String
    /// In their order.
    var objects: [RecordedObject]
    /// Why there was no whole answer.
    var error: String?

    static func get(_ names: [ObjectIdentifier]) -> String {
        "get \(names.map(\.description).joined(separator: " "))"
    }

    static func walk(_ root: ObjectIdentifier) -> String { "walk \(root)" }
}

/// An object in a recorded case: its name, its type and its value in one text, as in `1.3.6.1.2.1.1.3.0 timeticks 4711`.
///
/// Octet strings that are printable are as they are, all others in hexadecimal digits with the type `hex`.
struct RecordedObject: Sendable, Hashable {
    let binding: VariableBinding

    init(_ binding: VariableBinding) { self.binding = binding }

    /// Nil for a text of another form.
    init?(_ text: String) {
        let parts = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, let name = ObjectIdentifier(parts[0]),
            let value = Self.value(parts[1], parts.count > 2 ? parts[2] : "")
        else { return nil }
        binding = VariableBinding(name, value)
    }

    var text: String {
        let (type, value) = Self.parts(of: binding.value)
        return value.map { "\(binding.name) \(type) \($0)" } ?? "\(binding.name) \(type)"
    }

    private static func parts(of value: SNMPValue) -> (type: String, value: String?) {
        switch value {
        case .integer(let number): ("integer", "\(number)")
        case .counter32(let number): ("counter32", "\(number)")
        case .gauge32(let number): ("gauge32", "\(number)")
        case .timeTicks(let number): ("timeticks", "\(number)")
        case .counter64(let number): ("counter64", "\(number)")
        case .oid(let name): ("oid", "\(name)")
        case .ipAddress(let bytes): ("ip", SNMPText.ip(bytes) ?? "")
        case .octets(let bytes):
            if let text = printable(bytes) { ("octets", text) } else { ("hex", digits(bytes)) }
        case .opaque(let bytes): ("opaque", digits(bytes))
        case .null: ("null", nil)
        case .noSuchObject: ("noSuchObject", nil)
        case .noSuchInstance: ("noSuchInstance", nil)
        case .endOfMibView: ("endOfMibView", nil)
        }
    }

    private static func value(_ type: Substring, _ text: Substring) -> SNMPValue? {
        switch type {
        case "integer": Int32(text).map(SNMPValue.integer)
        case "counter32": UInt32(text).map(SNMPValue.counter32)
        case "gauge32": UInt32(text).map(SNMPValue.gauge32)
        case "timeticks": UInt32(text).map(SNMPValue.timeTicks)
        case "counter64": UInt64(text).map(SNMPValue.counter64)
        case "oid": ObjectIdentifier(text).map(SNMPValue.oid)
        case "ip": IPAddress(text).flatMap { $0.bytes.count == 4 ? .ipAddress($0.bytes) : nil }
        case "octets": .octets(Array(text.utf8))
        case "hex": bytes(text).map(SNMPValue.octets)
        case "opaque": bytes(text).map(SNMPValue.opaque)
        case "null": .null
        case "noSuchObject": .noSuchObject
        case "noSuchInstance": .noSuchInstance
        case "endOfMibView": .endOfMibView
        default: nil
        }
    }

    private static func printable(_ bytes: [UInt8]) -> String? {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        return text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control } ? text : nil
    }

    private static func digits(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func bytes(_ digits: Substring) -> [UInt8]? {
        let digits = digits.map(\.hexDigitValue)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        return bytes
    }
}

extension RecordedObject: Codable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let object = Self(text) else {
            let reason = "\"\(text.prefix(80))\" is no object with a type and a value"
            throw DecodingError.dataCorruptedError(in: container, debugDescription: reason)
        }
        self = object
    }

    func encode(to encoder: any Encoder) throws { try text.encode(to: encoder) }
}
