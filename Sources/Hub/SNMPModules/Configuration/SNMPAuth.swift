/// What an agent is told about who asks; the defaults are snmp_exporter's.
struct SNMPAuth: Sendable, Equatable {
    var version = 2
    var community = Secret("public")
    var level = Level.none
    var username = ""
    var password = Secret("")
    var authProtocol = AuthProtocol.md5
    var privPassword = Secret("")
    var privProtocol = PrivProtocol.des
    var contextName = ""

    /// The security levels of the User-based Security Model (RFC 3414 §1.4.3).
    enum Level: String, Sendable, CaseIterable {
        case none = "noAuthNoPriv"
        case auth = "authNoPriv"
        case priv = "authPriv"
    }

    enum AuthProtocol: String, Sendable, CaseIterable {
        case md5 = "MD5"
        case sha = "SHA"
        case sha224 = "SHA224"
        case sha256 = "SHA256"
        case sha384 = "SHA384"
        case sha512 = "SHA512"
    }

    /// Without C the key is made longer as Blumenthal proposed, with it as Reeder did.
    enum PrivProtocol: String, Sendable, CaseIterable {
        case des = "DES"
        case aes = "AES"
        case aes192 = "AES192"
        case aes192c = "AES192C"
        case aes256 = "AES256"
        case aes256c = "AES256C"
    }

    /// Communities that everybody knows; blanking them would blank ordinary words.
    private static let wellKnown = ["public", "private"]

    /// What logs and pages must not show.
    var secretTexts: [String] {
        [community, password, privPassword].map { $0.reveal() }.filter { !$0.isEmpty && !Self.wellKnown.contains($0) }
    }
}
