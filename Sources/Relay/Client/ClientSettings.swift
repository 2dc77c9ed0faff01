package import NIOCore
package import NIOSSL

/// One relay and what a client does with it.
package struct ClientSettings: Sendable {
    /// As it was written, without credentials; the label `relay`.
    package var label: String
    package var host: String
    package var port: Int
    /// Before `/poll` and `/push`: empty, or as in `/relay`.
    package var pathPrefix = ""
    /// The value of `Authorization`.
    package var authorization: Token?
    /// Nil for plain connections.
    package var tls: NIOSSLContext?
    /// Plain connections speak HTTP/2 at once (RFC 9113 §3.3); with TLS it is negotiated.
    package var isHTTP2 = false
    package var targets: LocalTargets
    /// A poll is renewed after this time; below the 60 s after which front ends cut idle requests.
    package var pollTimeout = TimeAmount.seconds(50)
    package var connectTimeout = TimeAmount.seconds(10)
    package var deadAfter = TimeAmount.seconds(10)
    /// For a scrape that does not say how long its asker waits.
    package var scrapeTimeout = TimeAmount.seconds(10)
    /// Scrapes that are being answered; further ones are refused.
    package var scrapes = 64

    package init(label: String, host: String, port: Int, targets: LocalTargets) {
        self.label = label
        self.host = host
        self.port = port
        self.targets = targets
    }

    var authority: String {
        let host = host.contains(":") ? "[\(host)]" : host
        return port == (tls == nil ? 80 : 443) ? host : "\(host):\(port)"
    }
}
