/// A message of version 3 (RFC 3412 §6), with what is in it not looked at yet.
struct V3Message {
    static let version: Int32 = 3
    /// The user-based security model (RFC 3411 §5, `SnmpSecurityModel`).
    static let securityModel: Int32 = 3
    /// Bytes that an answer may have: what fits into a datagram of IPv4.
    static let longest: Int32 = 65_507

    struct Flags: OptionSet, Hashable {
        let rawValue: UInt8

        static let authenticated = Flags(rawValue: 1)
        static let encrypted = Flags(rawValue: 2)
        static let reportable = Flags(rawValue: 4)

        init(rawValue: UInt8) { self.rawValue = rawValue }

        init(_ level: SecurityLevel) {
            switch level {
            case .noAuthNoPriv: self = []
            case .authNoPriv: self = .authenticated
            case .authPriv: self = [.authenticated, .encrypted]
            }
        }

        /// How the message is protected; nil for what no message may be, encrypted without a digest.
        var level: SecurityLevel? {
            switch intersection([.authenticated, .encrypted]) {
            case []: .noAuthNoPriv
            case .authenticated: .authNoPriv
            case [.authenticated, .encrypted]: .authPriv
            default: nil
            }
        }
    }

    let id: Int32
    let level: SecurityLevel
    let security: SecurityParameters
    /// The whole message without what a datagram has after it.
    let bytes: [UInt8]
    /// The scoped PDU, enciphered or not.
    private let data: BERReader

    /// What follows the version in a message.
    init(_ bytes: [UInt8], _ reader: inout BERReader) throws(BERError) {
        var header = try reader.enter()
        id = try header.integer32()
        _ = try header.integer32()
        let flags = try header.octetString()
        guard flags.count == 1, let level = Flags(rawValue: flags[0]).level else { throw .unsupportedSecurity }
        self.level = level
        guard try header.integer32() == Self.securityModel else { throw .unsupportedSecurity }
        security = try SecurityParameters(&reader)
        self.bytes = bytes
        data = reader
    }

    /// Whether the digest is that of the message.
    func isAuthentic(_ algorithm: AuthenticationProtocol, key: [UInt8]) -> Bool {
        guard security.digest.count == algorithm.digestSize else { return false }
        var blank = bytes
        for index in security.digest { blank[index] = 0 }
        let digest = algorithm.digest(blank, key: key)
        // Not the place of the first difference, but whether there is one, decides how long it takes.
        return zip(digest, bytes[security.digest]).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// The PDU of a message that is not enciphered.
    func plainPDU() throws(BERError) -> PDUHeader {
        var data = data
        return try Self.scopedPDU(&data)
    }

    /// The PDU of a message that is enciphered; nil when the key is not the one it was made with.
    func pdu(_ cipher: PrivacyProtocol, key: [UInt8]) -> PDUHeader? {
        var data = data
        guard let content = try? data.octetString(),
            let salt = PrivacySalt(security.salt, boots: security.boots, time: security.time),
            let plain = cipher.decrypt(content, key: key, salt)
        else { return nil }
        var reader = BERReader(plain)
        return try? Self.scopedPDU(&reader)
    }

    private static func scopedPDU(_ reader: inout BERReader) throws(BERError) -> PDUHeader {
        var scoped = try reader.enter()
        _ = try scoped.content(BERTag.octetString)
        _ = try scoped.content(BERTag.octetString)
        return try PDUHeader(&scoped)
    }
}
