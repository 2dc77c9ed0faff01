/// `UsmSecurityParameters` (RFC 3414 §2.4).
struct SecurityParameters {
    var engineID: [UInt8] = []
    var boots: Int32 = 0
    var time: Int32 = 0
    var userName: [UInt8] = []
    /// Where the digest is in the message that was read.
    var digest: Range<Int> = 0..<0
    var salt: [UInt8] = []

    init() {}

    /// Takes the octet string that is the next element.
    init(_ reader: inout BERReader) throws(BERError) {
        var outer = try reader.enter(BERTag.octetString)
        var inner = try outer.enter()
        engineID = try inner.octetString()
        boots = try inner.integer32()
        time = try inner.integer32()
        userName = try inner.octetString()
        digest = try inner.content(BERTag.octetString)
        salt = try inner.octetString()
    }

    /// Leaves room for a digest; the result is how far from the message's end it begins.
    func write(to writer: inout BERWriter, digestSize: Int) -> Int {
        var mark = 0
        writer.wrap(BERTag.octetString) { writer in
            writer.wrap(BERTag.sequence) { writer in
                writer.octetString(salt)
                writer.wrap(BERTag.octetString) { $0.append([UInt8](repeating: 0, count: digestSize)) }
                // Before the tag and the length of one byte.
                mark = writer.count - 2
                writer.octetString(userName)
                writer.integer(time)
                writer.integer(boots)
                writer.octetString(engineID)
            }
        }
        return mark
    }
}
