import Relay

/// Everything relay.yml says, for `exporter-hub relay`.
struct ProxyConfiguration: Sendable, Equatable {
    /// Addresses to listen on; PushProx's port.
    var listen: [String] = [":8080"]
    var tls: ServerTLSConfiguration?
    var rules = AccessRules()
    var settings = ProxySettings()
    var log = LogConfiguration()
    var secrets = SecretRegistry()
}

/// The certificate of a server, and the authority of its clients' certificates.
struct ServerTLSConfiguration: Sendable, Equatable {
    var certificateFile: String
    var keyFile: String
    /// Nil when clients are not asked for certificates.
    var clientAuthorityFile: String?
}
