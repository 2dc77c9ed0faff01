import Relay

/// One relay that the hub polls.
struct RelayConfiguration: Sendable, Equatable {
    /// Without credentials.
    var url: RequestURL
    /// The value of `Authorization`.
    var authorization: Token?
    var tls = ClientTLSConfiguration()
    /// Plain connections speak HTTP/2 at once.
    var isHTTP2 = false
    /// Where scrapes name the hub; nil for the machine's host name.
    var name: String?
    var labels: [String: String] = [:]
    var targets: [LocalTargets.Target] = []
    var pollTimeout = Duration.seconds(50)
    var deadAfter = Duration.seconds(10)
    var line = 0

    /// Pages of the hub that may be read through a relay; nothing that changes anything or tells about its insides.
    static let paths: Set<String> = [
        "/metrics", "/probe", "/snmp", "/federate", "/sd", "/-/healthy", "/-/ready",
    ]
}

/// What a client needs for TLS.
struct ClientTLSConfiguration: Sendable, Equatable {
    /// Nil for the system's authorities.
    var authorityFile: String?
    var certificateFile: String?
    var keyFile: String?
    var skipsVerification = false
}
