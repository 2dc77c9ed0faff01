/// The names by which TLS agrees upon a protocol (RFC 7301).
package enum NegotiatedProtocol {
    /// HTTP/2 between a client and a relay of ours.
    ///
    /// The relay does not offer plain `h2`: Prometheus, and whatever else is built on Go's net/http, would take it for
    /// its connection to the proxy and then refuse to send a scrape over it ("http2: unsupported scheme").
    package static let http2 = "exporter-hub-relay-h2"
    /// What the relay takes, best first.
    package static let ofServer = [http2, "http/1.1"]
    /// What the client offers; a front end may know `h2`.
    package static let ofClient = [http2, "h2", "http/1.1"]

    static func isHTTP2(_ name: String?) -> Bool { name == http2 || name == "h2" }
}
