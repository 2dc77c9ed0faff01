package import NIOHTTP1

/// Header fields that speak of one connection and are never passed on (RFC 9110 §7.6.1).
package enum HopByHop {
    private static let names = [
        "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer",
        "Transfer-Encoding", "Upgrade", "HTTP2-Settings",
    ]

    /// Removes them, and those that `Connection` names.
    package static func strip(_ headers: inout HTTPHeaders) {
        for option in headers[canonicalForm: "connection"] where option.lowercased() != "host" {
            headers.remove(name: String(option))
        }
        for name in names { headers.remove(name: name) }
    }
}
