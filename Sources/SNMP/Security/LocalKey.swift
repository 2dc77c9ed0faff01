/// Keys of users, from their passwords (RFC 3414 §2.6 and A.2).
enum LocalKey {
    /// Bytes of repeated password that make a key.
    static let passwordLength = 1 << 20

    /// The user's key, the same for all engines: an expensive step.
    static func key(of password: [UInt8], _ algorithm: AuthenticationProtocol) -> [UInt8] {
        guard !password.isEmpty else { return algorithm.hash([]) }
        var text: [UInt8] = []
        text.reserveCapacity(passwordLength + password.count)
        while text.count < passwordLength { text += password }
        text.removeLast(text.count - passwordLength)
        return algorithm.hash(text)
    }

    /// The user's key at one engine.
    static func localized(_ key: [UInt8], engineID: [UInt8], _ algorithm: AuthenticationProtocol) -> [UInt8] {
        algorithm.hash(key + engineID + key)
    }

    /// The key for enciphering at one engine, as long as the cipher needs it.
    static func privacyKey(
        _ key: [UInt8],
        engineID: [UInt8],
        _ algorithm: AuthenticationProtocol,
        _ cipher: PrivacyProtocol
    ) -> [UInt8] {
        var result = localized(key, engineID: engineID, algorithm)
        while result.count < cipher.keySize {
            if cipher.extendsByReeder {
                // The last part is taken for a password again.
                let part = Array(result.suffix(algorithm.hash([]).count))
                result += localized(self.key(of: part, algorithm), engineID: engineID, algorithm)
            } else {
                result += algorithm.hash(result)
            }
        }
        return Array(result.prefix(cipher.keySize))
    }
}

extension PrivacyProtocol {
    /// Bytes; those of DES are followed by its pre-IV.
    var keySize: Int {
        switch self {
        case .des, .aes: 16
        case .aes192, .aes192c: 24
        case .aes256, .aes256c: 32
        }
    }

    var extendsByReeder: Bool { self == .aes192c || self == .aes256c }
}
