import SNMP

/// The value of an object as snmp_exporter sees it, what is opaque taken apart.
enum PlainValue {
    case integer(Int64)
    case unsigned(UInt64)
    case counter64(UInt64)
    case float(Float)
    case double(Double)
    case octets([UInt8])
    /// An object identifier or an IPv4 address.
    case text(String)
    case none

    init(_ value: SNMPValue) {
        switch value {
        case .integer(let number): self = .integer(Int64(number))
        case .octets(let bytes): self = .octets(bytes)
        case .oid(let oid): self = .text(oid.description)
        case .ipAddress(let bytes): self = .text(bytes.map(String.init).joined(separator: "."))
        case .counter32(let number), .gauge32(let number), .timeTicks(let number): self = .unsigned(UInt64(number))
        case .counter64(let number): self = .counter64(number)
        case .opaque(let bytes): self = OpaqueValue.decode(bytes)
        case .null, .noSuchObject, .noSuchInstance, .endOfMibView: self = .none
        }
    }

    /// What a sample gets; text counts as 0.
    func number(wrappingCounters: Bool) -> Double {
        switch self {
        case .counter64(let number): Double(wrappingCounters ? number % Self.wrap : number)
        case .float(let number): Double(number)
        case .double(let number): number
        default: Double(whole)
        }
    }

    /// What a sample gets, without its fraction: by it the names of an enumeration are looked up.
    ///
    /// What does not fit is the least number, as on the machines that the exporter mostly runs on.
    func state(wrappingCounters: Bool) -> Int {
        Int(exactly: number(wrappingCounters: wrappingCounters).rounded(.towardZero)) ?? .min
    }

    /// 2^53, from where on a Double skips whole numbers.
    private static let wrap: UInt64 = 1 << 53

    /// The value as a whole number; 0 where it is none.
    var whole: Int64 {
        switch self {
        case .integer(let number): number
        case .unsigned(let number), .counter64(let number): Int64(bitPattern: number)
        // Only texts of digits are numbers to gosnmp, and neither object identifiers nor addresses are.
        case .text(let text): Int64(text) ?? 0
        case .float, .double, .octets, .none: 0
        }
    }
}

/// Values inside of `Opaque`: net-snmp's floats, and the ordinary types.
enum OpaqueValue {
    /// After the tag 0x9F (net-snmp, asn1.h: ASN_OPAQUE_FLOAT and ASN_OPAQUE_DOUBLE).
    private static let float: UInt8 = 0x78
    private static let double: UInt8 = 0x79

    static func decode(_ bytes: [UInt8]) -> PlainValue {
        var rest = bytes[...]
        guard var tag = rest.popFirst() else { return .none }
        let isExtended = tag == 0x9F
        if isExtended {
            guard let number = rest.popFirst() else { return .none }
            tag = number
        }
        // A length below 128, in one byte; no number is longer.
        guard let length = rest.popFirst(), length < 0x80, Int(length) <= rest.count else { return .none }
        let content = rest.prefix(Int(length))
        switch (isExtended, tag) {
        case (true, float) where content.count == 4: return .float(Float(bitPattern: UInt32(bits(content))))
        case (true, double) where content.count == 8: return .double(Double(bitPattern: bits(content)))
        case (false, 0x02) where (1...8).contains(content.count):
            let shift = UInt64(64 - 8 * content.count)
            return .integer(Int64(bitPattern: bits(content) << shift) >> Int64(shift))
        case (false, 0x04): return .octets(Array(content))
        case (false, 0x41), (false, 0x42), (false, 0x43), (false, 0x47):
            return content.count <= 5 ? .unsigned(bits(content) & 0xFFFF_FFFF) : .none
        case (false, 0x46): return content.count <= 9 ? .counter64(bits(content)) : .none
        default: return .none
        }
    }

    private static func bits(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}
