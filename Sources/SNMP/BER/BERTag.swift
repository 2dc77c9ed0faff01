/// The identifier octets that SNMP uses (RFC 3416 §3, RFC 2578 §7.1).
enum BERTag {
    static let boolean: UInt8 = 0x01
    static let integer: UInt8 = 0x02
    static let bitString: UInt8 = 0x03
    static let octetString: UInt8 = 0x04
    static let null: UInt8 = 0x05
    static let objectIdentifier: UInt8 = 0x06
    static let sequence: UInt8 = 0x30
    static let ipAddress: UInt8 = 0x40
    static let counter32: UInt8 = 0x41
    static let gauge32: UInt8 = 0x42
    static let timeTicks: UInt8 = 0x43
    static let opaque: UInt8 = 0x44
    /// RFC 1442, withdrawn.
    static let nsapAddress: UInt8 = 0x45
    static let counter64: UInt8 = 0x46
    /// RFC 1442, withdrawn.
    static let unsigned32: UInt8 = 0x47
    static let noSuchObject: UInt8 = 0x80
    static let noSuchInstance: UInt8 = 0x81
    static let endOfMibView: UInt8 = 0x82
}
