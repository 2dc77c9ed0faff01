/// The URL of a scrape that goes through the relay, as in `http://raspberrypi:9090/federate?match[]=up`.
///
/// Host and port belong to the client's side: the relay looks at the host alone, and only to find the client.
package struct ScrapeURL: Sendable, Equatable {
    package let scheme: String
    /// Host and port as they were written, without user information.
    package let authority: String
    /// The host in the form that clients' names are compared in.
    package let name: String
    /// Nil when the URL has none.
    package let port: Int?
    /// Path and query, at least `/`.
    package var target: String

    /// Nil for anything else than an absolute `http` or `https` URL.
    package init?(_ text: String) {
        guard let mark = text.firstRange(of: "://") else { return nil }
        scheme = text[..<mark.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        let rest = text[mark.upperBound...].prefix { $0 != "#" }
        let whole = rest.prefix { $0 != "/" && $0 != "?" }
        let host = whole.lastIndex(of: "@").map { whole[whole.index(after: $0)...] } ?? whole
        guard let (name, port) = Self.split(host) else { return nil }
        authority = String(host)
        self.name = ClientName.canonical(name)
        self.port = port
        let path = rest[whole.endIndex...]
        target = path.hasPrefix("/") ? String(path) : "/\(path)"
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }), !self.name.isEmpty else { return nil }
    }

    package var text: String { "\(scheme)://\(authority)\(target)" }

    /// Takes the brackets from an IPv6 address, as Go's `URL.Hostname` does.
    private static func split(_ text: Substring) -> (host: Substring, port: Int?)? {
        var host = text
        var port: Substring?
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            host = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
            port = rest.isEmpty ? nil : rest.dropFirst()
        } else if let colon = text.lastIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
            guard !host.contains(":") else { return nil }
        }
        guard let port, !port.isEmpty else { return (host, nil) }
        guard port.utf8.count <= 5, port.utf8.allSatisfy({ $0 &- 0x30 < 10 }), let number = Int(port),
            (1...65_535).contains(number)
        else { return nil }
        return (host, number)
    }

    /// Takes `_scheme=https` out of the query, by which Prometheus asks for TLS behind the relay, since for an `https`
    /// target it would send CONNECT.
    ///
    /// - Returns: Whether it was there.
    package mutating func takeSchemeParameter() -> Bool {
        guard let mark = target.firstIndex(of: "?") else { return false }
        let pairs = target[target.index(after: mark)...].split(separator: "&")
        let rest = pairs.filter { !$0.hasPrefix("_scheme=") }
        guard pairs.contains("_scheme=https") else { return false }
        target = String(target[..<mark]) + (rest.isEmpty ? "" : "?" + rest.joined(separator: "&"))
        return true
    }
}

/// The name of a client: a host name or an address, as it stands in the URL of a scrape.
package enum ClientName {
    /// The longest name that is taken, bytes; DNS allows 253.
    package static let longest = 255

    /// In lower case, without a final dot and without the brackets of an IPv6 address.
    package static func canonical(_ text: some StringProtocol) -> String {
        var name = text.lowercased()
        if name.hasPrefix("["), name.hasSuffix("]") { name = String(name.dropFirst().dropLast()) }
        if name.count > 1, name.hasSuffix(".") { name.removeLast() }
        return name
    }

    /// Whether a text can be a name: printable, without what ends a host in a URL.
    package static func isValid(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= longest
            && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && !"/?#@\\\"".utf8.contains($0) }
    }
}
