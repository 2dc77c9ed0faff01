import LuaSandbox
import SNMP

/// What every function of `snmp` that asks an agent is given: whom, and how.
///
/// The agent is an address, or the target of `collect` with its settings; options go over settings, key by key.
struct SNMPArguments {
    /// Seconds for each try where nothing is said: all four fit into Prometheus's scrape timeout of 10 s, and an answer to
    /// the first one counts as long as there are tries.
    static let timeout = 2.0
    /// Tries beyond the first one.
    static let retries = 0...20
    static let repetitions = 1...1000

    let endpoint: Endpoint
    private(set) var credentials: SNMPCredentials
    private(set) var options = SNMPOptions()
    /// Texts that must not be shown.
    private(set) var secrets: [String] = []

    /// `options` is the number of the argument with the options.
    init(_ call: HostCall, options index: Int, of name: String) throws(MisuseError) {
        var settings: LuaValue = .nil
        switch call.type(1) {
        case .string: endpoint = try Self.endpoint(call.string(1) ?? "", name)
        case .table:
            let target = try Self.target(call, name)
            endpoint = try Self.endpoint(target.address, name)
            settings = target.settings
        default:
            throw MisuseError(
                text: "bad argument #1 to '\(name)' (target or address expected, got \(call.typeName(1)))"
            )
        }
        var own = try OptionReader(call, index, function: name)
        var general = try OptionReader(settings, function: "\(name): the target's settings")
        let values = try SNMPOptionValues(&own).over(try SNMPOptionValues(&general))
        try own.finish()
        credentials = try values.credentials(name)
        options.timeout = values.timeout ?? Self.timeout
        options.retries = values.retries ?? options.retries
        options.maxRepetitions = values.maxRepetitions ?? options.maxRepetitions
        secrets = values.secrets
    }

    private static func endpoint(_ text: String, _ name: String) throws(MisuseError) -> Endpoint {
        guard let endpoint = Endpoint(text, defaultPort: SNMPAgent.port) else {
            throw MisuseError(text: "\(name): \"\(text.prefix(80))\" is not a host or host:port")
        }
        return endpoint
    }

    private static func target(
        _ call: HostCall,
        _ name: String
    ) throws(MisuseError) -> (address: String, settings: LuaValue) {
        var reader = LuaValueReader(call)
        let target: LuaValue
        do throws(CopyError) { target = try reader.read(1) } catch {
            throw MisuseError(text: "\(name): target: \(error.text)")
        }
        guard let address = target["address"]?.string else {
            throw MisuseError(text: "\(name): the target has no address")
        }
        return (address, target["settings"] ?? .nil)
    }
}

/// The options by which an agent is asked, each nil where it is not given.
struct SNMPOptionValues {
    private var version: String?
    private var community: [UInt8]?
    private var username: String?
    private var level: SecurityLevel?
    private var authentication: AuthenticationProtocol?
    private var password: [UInt8]?
    private var privacy: PrivacyProtocol?
    private var privacyPassword: [UInt8]?
    private var contextName: String?
    private(set) var timeout: Double?
    private(set) var retries: Int?
    private(set) var maxRepetitions: Int?

    init(_ reader: inout OptionReader) throws(MisuseError) {
        version = try reader.choice("version", ["1", "2", "2c", "3"])
        community = try reader.bytes("community")
        username = try reader.string("username").flatMap { $0.isEmpty ? nil : $0 }
        level = try reader.choice("security_level", SecurityLevel.self)
        authentication = try reader.choice("auth_protocol", AuthenticationProtocol.self)
        password = try reader.bytes("password")
        privacy = try reader.choice("priv_protocol", PrivacyProtocol.self)
        privacyPassword = try reader.bytes("priv_password")
        contextName = try reader.string("context_name")
        timeout = try reader.seconds("timeout")
        retries = try reader.integer("retries", in: SNMPArguments.retries)
        maxRepetitions = try reader.integer("max_repetitions", in: SNMPArguments.repetitions)
    }

    /// These, and the others' where these say nothing.
    func over(_ others: Self) -> Self {
        var result = self
        result.version = version ?? others.version
        result.community = community ?? others.community
        result.username = username ?? others.username
        result.level = level ?? others.level
        result.authentication = authentication ?? others.authentication
        result.password = password ?? others.password
        result.privacy = privacy ?? others.privacy
        result.privacyPassword = privacyPassword ?? others.privacyPassword
        result.contextName = contextName ?? others.contextName
        result.timeout = timeout ?? others.timeout
        result.retries = retries ?? others.retries
        result.maxRepetitions = maxRepetitions ?? others.maxRepetitions
        return result
    }

    /// What proves to the agent who asks.
    func credentials(_ name: String) throws(MisuseError) -> SNMPCredentials {
        let version = version ?? "2c"
        guard version == "3" || username == nil else { throw MisuseError(text: "\(name): username needs version 3") }
        switch version {
        case "1": return .v1(community: community ?? Self.publicCommunity)
        case "3": return .v3(try user(name))
        default: return .v2c(community: community ?? Self.publicCommunity)
        }
    }

    private static let publicCommunity = Array("public".utf8)

    private func user(_ name: String) throws(MisuseError) -> USMUser {
        guard let username else { throw MisuseError(text: "\(name): version 3 needs a username") }
        // What is given says how far protection goes, where nothing else does.
        let derived: SecurityLevel =
            privacyPassword != nil ? .authPriv : password != nil ? .authNoPriv : .noAuthNoPriv
        var user = USMUser(username, level: level ?? derived)
        user.contextName = contextName ?? ""
        if user.level.isAuthenticated {
            guard let password else { throw MisuseError(text: "\(name): \(user.level.rawValue) needs a password") }
            user.authentication = .init(authentication ?? .sha, password: password)
        }
        if user.level.isPrivate {
            guard let privacyPassword else { throw MisuseError(text: "\(name): authPriv needs a priv_password") }
            user.privacy = .init(privacy ?? .aes, password: privacyPassword)
        }
        return user
    }

    /// The texts that must not be shown; everybody's community is none.
    var secrets: [String] {
        let given = [community == Self.publicCommunity ? nil : community, password, privacyPassword]
        return given.compactMap { $0 }.map { String(decoding: $0, as: UTF8.self) }
    }
}

extension OptionReader {
    /// One of these texts; an integer counts as one.
    fileprivate mutating func choice(_ key: String, _ choices: [String]) throws(MisuseError) -> String? {
        guard let word = try word(key), !word.isEmpty else { return nil }
        guard let found = choices.first(where: { $0.lowercased() == word.lowercased() }) else {
            throw refusal("\(key) must be \(choices.joined(separator: ", ")), got \"\(word.prefix(40))\"")
        }
        return found
    }

    fileprivate mutating func choice<Choice>(_ key: String, _ type: Choice.Type) throws(MisuseError) -> Choice?
    where Choice: RawRepresentable<String> & CaseIterable {
        try choice(key, Choice.allCases.map(\.rawValue)).flatMap(Choice.init)
    }
}
