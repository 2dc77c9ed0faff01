extension SNMPCredentials {
    /// The least bytes of a password (RFC 3414 §11.2).
    package static let shortestPassword = 8

    /// What `version` says in a message.
    var version: Int32 {
        switch self {
        case .v1: CommunityMessage.v1
        case .v2c: CommunityMessage.v2c
        case .v3: V3Message.version
        }
    }

    /// Says what no agent would take.
    package func validate() throws(SNMPError) {
        guard case .v3(let user) = self else { return }
        guard (1...32).contains(user.name.utf8.count) else {
            throw .invalidOption("user name must have 1 to 32 bytes, got \(user.name.utf8.count)")
        }
        guard user.contextName.utf8.count <= 255 else {
            throw .invalidOption("context name must have at most 255 bytes, got \(user.contextName.utf8.count)")
        }
        guard user.contextEngineID.isEmpty || (5...32).contains(user.contextEngineID.count) else {
            throw .invalidOption("context engine id must have 5 to 32 bytes, got \(user.contextEngineID.count)")
        }
        guard user.level.isAuthenticated else { return }
        try Self.check(user.authentication?.password, "authentication", user.level)
        if user.level.isPrivate { try Self.check(user.privacy?.password, "privacy", user.level) }
    }

    private static func check(_ password: [UInt8]?, _ kind: String, _ level: SecurityLevel) throws(SNMPError) {
        guard let password else { throw .invalidOption("\(level.rawValue) needs protocol and password for \(kind)") }
        guard password.count >= shortestPassword else {
            throw .invalidOption("\(kind) password must have at least \(shortestPassword) bytes, got \(password.count)")
        }
    }
}
