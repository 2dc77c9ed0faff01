import SNMP
import Testing

@testable import Hub

/// Version 3 against net-snmp's agent.
@Suite struct SNMPUserTests {
    private static let memory = "1.3.6.1.4.1.1182.2.1.4.0"

    private static let digests: [(AuthenticationProtocol, snmpd: String)] = [
        (.md5, "MD5"), (.sha, "SHA"), (.sha224, "SHA-224"), (.sha256, "SHA-256"), (.sha384, "SHA-384"),
        (.sha512, "SHA-512"),
    ]
    private static let ciphers: [(PrivacyProtocol, snmpd: String)] = [
        (.des, "DES"), (.aes, "AES"), (.aes192, "AES-192"), (.aes256, "AES-256"), (.aes192c, "AES-192-C"),
        (.aes256c, "AES-256-C"),
    ]

    private static func user(
        _ name: String,
        _ level: SecurityLevel,
        _ digest: AuthenticationProtocol = .sha,
        _ cipher: PrivacyProtocol = .aes,
        password: String = "maplesyrup",
        secret: String = "pancakes1"
    ) -> USMUser {
        USMUser(
            name,
            level: level,
            authentication: .init(digest, password: Array(password.utf8)),
            privacy: .init(cipher, password: Array(secret.utf8))
        )
    }

    private static func name(_ digest: AuthenticationProtocol, _ cipher: PrivacyProtocol) -> String {
        "\(digest.rawValue)-\(cipher.rawValue)"
    }

    /// Users of every kind that the agent knows, and `open` without a password.
    private static var configuration: String {
        var lines = ["createUser open", "rouser open noauth", "createUser both SHA maplesyrup AES pancakes1"]
        lines += ["rouser both auth"]
        for (digest, digestName) in digests {
            for (cipher, cipherName) in ciphers {
                let name = name(digest, cipher)
                lines.append("createUser \(name) \(digestName) maplesyrup \(cipherName) pancakes1")
                lines.append("rouser \(name) auth")
            }
        }
        return lines.joined(separator: "\n")
    }

    private func agent(_ snmpd: Snmpd, _ user: USMUser, host: String = "127.0.0.1", timeout: Double = 5) -> SNMPAgent {
        var options = SNMPOptions()
        options.timeout = timeout
        return SNMPAgent(endpoint: Endpoint(host: host, port: snmpd.port), credentials: .v3(user), options: options)
    }

    @Test(arguments: ["127.0.0.1", "::1"]) func everyDigestAndCipherIsSpoken(host: String) async throws {
        let snmpd = try Snmpd(Self.configuration)
        let plugin = try await SNMPPlugin()
        for (digest, _) in Self.digests {
            for (cipher, _) in Self.ciphers {
                let user = Self.user(Self.name(digest, cipher), .authPriv, digest, cipher)
                let result = try await plugin.get([Self.memory], from: agent(snmpd, user, host: host))
                #expect(try result.get().map(\.value) == [.gauge32(24)], "\(user.name)")
            }
            let user = Self.user(Self.name(digest, .aes), .authNoPriv, digest)
            let result = try await plugin.get([Self.memory], from: agent(snmpd, user, host: host))
            #expect(try result.get().map(\.value) == [.gauge32(24)], "\(user.name)")
        }
        let result = try await plugin.get([Self.memory], from: agent(snmpd, USMUser("open"), host: host))
        #expect(try result.get().map(\.value) == [.gauge32(24)])
        try await plugin.shutdown()
    }

    @Test(arguments: [SecurityLevel.authNoPriv, .authPriv]) func aWalkIsProtected(level: SecurityLevel) async throws {
        let snmpd = try Snmpd(Self.configuration)
        let plugin = try await SNMPPlugin()
        let (bindings, failure) = try await plugin.walk("1.3.6.1.2.1", of: agent(snmpd, Self.user("both", level)))
        #expect(failure == nil)
        #expect(bindings.count > 100)
        #expect(bindings.map(\.name) == bindings.map(\.name).sorted())
        try await plugin.shutdown()
    }

    @Test func whatIsWrongIsNamed() async throws {
        let snmpd = try Snmpd(Self.configuration)
        let plugin = try await SNMPPlugin()
        let cases: [(USMUser, SNMPError)] = [
            (Self.user("nobody", .authPriv), .report(.unknownUserName("nobody"))),
            (Self.user("both", .authPriv, password: "mapleleaf"), .report(.wrongDigest)),
            (Self.user("both", .authPriv, .sha256), .report(.wrongDigest)),
            (USMUser("both"), .errorStatus(.authorizationError, ObjectIdentifier(Self.memory))),
            (Self.user("open", .authNoPriv), .report(.unsupportedSecurityLevel)),
        ]
        for (user, error) in cases {
            let agent = agent(snmpd, user)
            let result = try await plugin.get([Self.memory], from: agent)
            #expect(result == .failure(.agent(agent.endpoint, error)), "\(user.name)")
        }
        try await plugin.shutdown()
    }

    /// net-snmp says nothing to a context that it does not have.
    @Test func aContextIsAskedFor() async throws {
        let snmpd = try Snmpd(Self.configuration)
        let plugin = try await SNMPPlugin()
        var user = Self.user("both", .authPriv)
        user.contextName = "nowhere"
        let agent = agent(snmpd, user, timeout: 0.1)
        let result = try await plugin.get([Self.memory], from: agent)
        let silence = SNMPError.noAuthenticResponse(timeout: 0.1, retries: 3, .silence)
        #expect(result == .failure(.agent(agent.endpoint, silence)))
        try await plugin.shutdown()
    }

    /// net-snmp drops what it deciphers to nonsense, and says nothing.
    @Test func aWrongPrivacyPasswordIsAnError() async throws {
        let snmpd = try Snmpd(Self.configuration)
        let plugin = try await SNMPPlugin()
        let agent = agent(snmpd, Self.user("both", .authPriv, secret: "waffles99"), timeout: 0.1)
        let result = try await plugin.get([Self.memory], from: agent)
        guard case .failure(.agent(_, let error)) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(error == .noAuthenticResponse(timeout: 0.1, retries: 3, .silence))
        try await plugin.shutdown()
    }
}
