extension V3Message {
    /// What makes an agent tell its engine's id (RFC 3414 §4).
    static func probe(id: Int32, requestID: Int32) -> [UInt8] {
        encode(id: id, flags: .reportable, SecurityParameters(), digestSize: 0) { writer in
            writeScopedPDU(PDU(kind: .get, requestID: requestID), contextEngineID: [], contextName: [], &writer)
        }.bytes
    }

    /// A request of a user to an engine; nil when it cannot be enciphered.
    ///
    /// `salt` is a number that no message had before.
    static func encode(
        _ pdu: PDU,
        id: Int32,
        _ user: USMUser,
        _ keys: KeyRing.Keys,
        _ engine: (id: [UInt8], boots: Int32, time: Int32),
        salt number: UInt64
    ) -> [UInt8]? {
        var security = SecurityParameters()
        (security.engineID, security.boots, security.time) = engine
        security.userName = Array(user.name.utf8)
        let contextEngineID = user.contextEngineID.isEmpty ? engine.id : user.contextEngineID
        var scoped = BERWriter()
        writeScopedPDU(pdu, contextEngineID: contextEngineID, contextName: Array(user.contextName.utf8), &scoped)
        var data = scoped.bytes
        let isPrivate = user.level.isPrivate
        if isPrivate {
            guard let cipher = user.privacy?.algorithm else { return nil }
            let salt = PrivacySalt(number, for: cipher, boots: engine.boots, time: engine.time)
            guard let secret = cipher.encrypt(data, key: keys.privacy, salt) else { return nil }
            security.salt = salt.bytes
            data = secret
        }
        let algorithm = user.level.isAuthenticated ? user.authentication?.algorithm : nil
        let flags: Flags = Flags(user.level).union(.reportable)
        var message = encode(id: id, flags: flags, security, digestSize: algorithm?.digestSize ?? 0) { writer in
            if isPrivate { writer.octetString(data) } else { writer.append(data) }
        }
        if let algorithm {
            let digest = algorithm.digest(message.bytes, key: keys.authentication)
            message.bytes.replaceSubrange(message.digest..<message.digest + digest.count, with: digest)
        }
        return message.bytes
    }

    /// A message with zeros for the digest, and where they begin.
    private static func encode(
        id: Int32,
        flags: Flags,
        _ security: SecurityParameters,
        digestSize: Int,
        _ data: (inout BERWriter) -> Void
    ) -> (bytes: [UInt8], digest: Int) {
        var writer = BERWriter()
        var mark = 0
        writer.wrap(BERTag.sequence) { writer in
            data(&writer)
            mark = security.write(to: &writer, digestSize: digestSize)
            writer.wrap(BERTag.sequence) { writer in
                writer.integer(securityModel)
                writer.octetString([flags.rawValue])
                writer.integer(longest)
                writer.integer(id)
            }
            writer.integer(version)
        }
        return (writer.bytes, writer.count - mark)
    }

    private static func writeScopedPDU(
        _ pdu: PDU,
        contextEngineID: [UInt8],
        contextName: [UInt8],
        _ writer: inout BERWriter
    ) {
        writer.wrap(BERTag.sequence) { writer in
            pdu.write(to: &writer)
            writer.octetString(contextName)
            writer.octetString(contextEngineID)
        }
    }
}
