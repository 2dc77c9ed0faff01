/// The keys of users at engines, which cost too much to be made for every message.
struct KeyRing {
    /// Keys of passwords, and keys of users at engines, that are kept.
    static let limits = (passwords: 1_000, engines: SNMPMemory.limit.keys)

    struct Keys: Hashable, Sendable {
        var authentication: [UInt8] = []
        var privacy: [UInt8] = []
    }

    private struct PasswordID: Hashable {
        let password: [UInt8]
        let algorithm: AuthenticationProtocol
    }

    private struct UserID: Hashable {
        let authentication: USMUser.Authentication
        let privacy: USMUser.Privacy?
        let engineID: [UInt8]
    }

    private var passwords = RecentValues<PasswordID, [UInt8]>(limit: limits.passwords)
    private var engines = RecentValues<UserID, Keys>(limit: limits.engines)

    /// Users at engines whose keys are kept.
    var count: Int { engines.count }

    /// What the user's level needs.
    mutating func keys(of user: USMUser, engineID: [UInt8]) -> Keys {
        guard user.level.isAuthenticated, let authentication = user.authentication else { return Keys() }
        let privacy = user.level.isPrivate ? user.privacy : nil
        let id = UserID(authentication: authentication, privacy: privacy, engineID: engineID)
        if let keys = engines[id] { return keys }
        let algorithm = authentication.algorithm
        let key = key(of: authentication.password, algorithm)
        var keys = Keys(authentication: LocalKey.localized(key, engineID: engineID, algorithm))
        if let privacy {
            let key = self.key(of: privacy.password, algorithm)
            keys.privacy = LocalKey.privacyKey(key, engineID: engineID, algorithm, privacy.algorithm)
        }
        engines[id] = keys
        return keys
    }

    private mutating func key(of password: [UInt8], _ algorithm: AuthenticationProtocol) -> [UInt8] {
        let id = PasswordID(password: password, algorithm: algorithm)
        if let key = passwords[id] { return key }
        let key = LocalKey.key(of: password, algorithm)
        passwords[id] = key
        return key
    }
}
