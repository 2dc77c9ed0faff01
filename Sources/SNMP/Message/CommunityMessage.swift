/// A message of SNMPv1 (RFC 1157 §4) or SNMPv2c (RFC 1901 §3).
struct CommunityMessage {
    static let v1: Int32 = 0
    static let v2c: Int32 = 1

    let version: Int32
    let community: [UInt8]
    let pdu: PDUHeader

    static func encode(_ pdu: PDU, version: Int32, community: [UInt8]) -> [UInt8] {
        var writer = BERWriter()
        writer.wrap(BERTag.sequence) { writer in
            pdu.write(to: &writer)
            writer.octetString(community)
            writer.integer(version)
        }
        return writer.bytes
    }

    /// What follows the version in a message.
    init(version: Int32, _ reader: inout BERReader) throws(BERError) {
        self.version = version
        community = try reader.octetString()
        pdu = try PDUHeader(&reader)
    }
}
