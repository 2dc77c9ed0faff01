import SNMP

/// What an agent is told about who asks; the defaults are snmp_exporter's.
struct SNMPAuth: Sendable, Equatable {
    var version = 2
    var community = Secret("public")
    var level = SecurityLevel.noAuthNoPriv
    var username = ""
    var password = Secret("")
    var authProtocol = AuthenticationProtocol.md5
    var privPassword = Secret("")
    var privProtocol = PrivacyProtocol.des
    var contextName = ""

    /// Communities that everybody knows; blanking them would blank ordinary words.
    private static let wellKnown = ["public", "private"]

    /// What logs and pages must not show.
    var secretTexts: [String] {
        [community, password, privPassword].map { $0.reveal() }.filter { !$0.isEmpty && !Self.wellKnown.contains($0) }
    }
}
