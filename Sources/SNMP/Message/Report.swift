extension SNMPError.Report {
    private static let usmStats = ObjectIdentifier([1, 3, 6, 1, 6, 3, 15, 1, 1])
    private static let mpdStats = ObjectIdentifier([1, 3, 6, 1, 6, 3, 11, 2, 1])
    private static let targetObjects = ObjectIdentifier([1, 3, 6, 1, 6, 3, 12, 1])

    /// What an agent means by the counter that it reports (RFC 3414 §5, RFC 3412 §5, RFC 3413 §4.1.2).
    init(_ name: ObjectIdentifier, _ user: USMUser) {
        func number(below root: ObjectIdentifier) -> UInt32? {
            name.isBelow(root) ? name.components.dropFirst(root.components.count).first : nil
        }
        switch (number(below: Self.usmStats), number(below: Self.mpdStats), number(below: Self.targetObjects)) {
        case (1, _, _): self = .unsupportedSecurityLevel
        case (2, _, _): self = .notInTimeWindow
        case (3, _, _): self = .unknownUserName(user.name)
        case (4, _, _): self = .unknownEngineID
        case (5, _, _): self = .wrongDigest
        case (6, _, _): self = .decryptionError
        case (_, 1, _): self = .unknownSecurityModel
        case (_, 2, _): self = .invalidMessage
        case (_, 3, _): self = .unknownPDUHandler(contextEngineID: user.contextEngineID)
        case (_, _, 4): self = .unavailableContext(user.contextName)
        case (_, _, 5): self = .unknownContext(user.contextName)
        default: self = .other(name)
        }
    }
}
