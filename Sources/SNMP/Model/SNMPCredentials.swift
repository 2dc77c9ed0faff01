/// The version of the protocol, and what proves to an agent who asks.
package enum SNMPCredentials: Hashable, Sendable {
    /// RFC 1157; without Counter64 and GetBulk.
    case v1(community: [UInt8])
    /// RFC 3416 with the community of RFC 1901.
    case v2c(community: [UInt8])
    /// RFC 3414.
    case v3(USMUser)
}

/// A user of the user-based security model (RFC 3414), with what a request of that user needs.
package struct USMUser: Hashable, Sendable {
    /// 1 to 32 bytes.
    package var name: String
    package var level: SecurityLevel
    /// Needed from `authNoPriv` on, and ignored below.
    package var authentication: Authentication?
    /// Needed for `authPriv`, and ignored below.
    package var privacy: Privacy?
    /// Which of the agent's collections of objects is meant; the default one has no name.
    package var contextName = ""
    /// The engine whose objects are meant, where the agent is a proxy; empty for the agent's own.
    package var contextEngineID: [UInt8] = []

    package struct Authentication: Hashable, Sendable {
        package var algorithm: AuthenticationProtocol
        /// At least 8 bytes (RFC 3414 §11.2).
        package var password: [UInt8]

        package init(_ algorithm: AuthenticationProtocol, password: [UInt8]) {
            self.algorithm = algorithm
            self.password = password
        }
    }

    package struct Privacy: Hashable, Sendable {
        package var algorithm: PrivacyProtocol
        /// At least 8 bytes (RFC 3414 §11.2).
        package var password: [UInt8]

        package init(_ algorithm: PrivacyProtocol, password: [UInt8]) {
            self.algorithm = algorithm
            self.password = password
        }
    }

    package init(
        _ name: String,
        level: SecurityLevel = .noAuthNoPriv,
        authentication: Authentication? = nil,
        privacy: Privacy? = nil
    ) {
        self.name = name
        self.level = level
        self.authentication = authentication
        self.privacy = privacy
    }
}

/// How messages are protected (RFC 3411 §3.4.3), by the names that configurations use.
package enum SecurityLevel: String, CaseIterable, Hashable, Sendable {
    case noAuthNoPriv
    case authNoPriv
    case authPriv

    package var isAuthenticated: Bool { self != .noAuthNoPriv }
    package var isPrivate: Bool { self == .authPriv }
}

/// What a message's digest is made with, by the names that configurations use.
package enum AuthenticationProtocol: String, CaseIterable, Hashable, Sendable {
    /// RFC 3414 §6.
    case md5 = "MD5"
    /// SHA-1, RFC 3414 §7.
    case sha = "SHA"
    /// RFC 7860, as those that follow.
    case sha224 = "SHA224"
    case sha256 = "SHA256"
    case sha384 = "SHA384"
    case sha512 = "SHA512"
}

/// What a message is enciphered with, by the names that configurations use.
package enum PrivacyProtocol: String, CaseIterable, Hashable, Sendable {
    /// RFC 3414 §8.
    case des = "DES"
    /// AES-128, RFC 3826.
    case aes = "AES"
    /// The key is extended as draft-blumenthal-aes-usm-04 says.
    case aes192 = "AES192"
    case aes256 = "AES256"
    /// The key is extended as draft-reeder-snmpv3-usm-3desede-00 says, which Cisco's agents use.
    case aes192c = "AES192C"
    case aes256c = "AES256C"
}
