import LuaSandbox
import SNMP

extension Plan {
    /// Pushes a value as the type of Lua that holds it.
    ///
    /// Octet strings are their bytes, names and IP addresses text, everything that counts an integer. What an integer
    /// cannot hold of Counter64, from 2^63 on, is the nearest float, as Prometheus would have it anyway. A missing
    /// object is nil.
    mutating func push(_ value: SNMPValue) {
        switch value {
        case .integer(let number): push(Int(number))
        case .counter32(let number), .gauge32(let number), .timeTicks(let number): push(Int(number))
        case .counter64(let number):
            if let exact = Int(exactly: number) { push(exact) } else { push(Double(number)) }
        case .octets(let bytes): push(bytes)
        case .opaque(let bytes):
            if let number = Self.number(inOpaque: bytes) { push(number) } else { push(bytes) }
        case .ipAddress(let bytes): push(SNMPText.ip(bytes) ?? "")
        case .oid(let name): push(name.digits())
        case .null, .noSuchObject, .noSuchInstance, .endOfMibView: pushNil()
        }
    }

    /// The float or double that net-snmp wraps: a tag of two bytes, a length, and the number as IEEE 754 has it.
    private static func number(inOpaque bytes: [UInt8]) -> Double? {
        guard bytes.count > 3, bytes[0] == 0x9F else { return nil }
        let digits = bytes[3...]
        switch (bytes[1], bytes[2], digits.count) {
        case (0x78, 4, 4): return Double(Float(bitPattern: digits.reduce(0) { $0 << 8 | UInt32($1) }))
        case (0x79, 8, 8): return Double(bitPattern: digits.reduce(0) { $0 << 8 | UInt64($1) })
        default: return nil
        }
    }
}

extension SNMPValue {
    /// The name of the type, as `snmp.walk` tells it.
    var typeName: String {
        switch self {
        case .integer: "integer"
        case .octets: "octets"
        case .null: "null"
        case .oid: "oid"
        case .ipAddress: "ip"
        case .counter32: "counter32"
        case .gauge32: "gauge32"
        case .timeTicks: "timeticks"
        case .opaque: "opaque"
        case .counter64: "counter64"
        case .noSuchObject, .noSuchInstance, .endOfMibView: "missing"
        }
    }

    /// What the value takes in memory, about.
    var size: Int {
        switch self {
        case .octets(let bytes), .ipAddress(let bytes), .opaque(let bytes): 32 + bytes.count
        case .oid(let name): 32 + 4 * name.components.count
        default: 0
        }
    }
}

extension ObjectIdentifier {
    /// Digits with dots between them, from the component at `start` on.
    func digits(from start: Int = 0) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(4 * max(0, components.count - start))
        for component in components.dropFirst(start) {
            if !text.isEmpty { text.append(UInt8(ascii: ".")) }
            if component < 10 {
                text.append(UInt8(ascii: "0") + UInt8(component))
            } else {
                text.append(contentsOf: String(component).utf8)
            }
        }
        return text
    }
}
