/// A host and a port, as in `router:23`, `192.0.2.1:23` or `[2001:db8::1]:23`.
struct Endpoint: Sendable, Hashable {
    /// A name in lower case without a final dot, or an address without brackets.
    let host: String
    let port: Int

    init(host: String, port: Int) {
        self.host = Self.canonical(host)
        self.port = port
    }

    /// Nil when the text is neither `host:port`, nor a host alone with a default port to take.
    init?(_ text: String, defaultPort: Int? = nil) {
        guard let (host, port) = Self.split(text), let port = port ?? defaultPort else { return nil }
        self.init(host: host, port: port)
    }

    /// Host and port of an address as hub.yml writes targets: with or without a port, or a URL.
    ///
    /// Nil for what is none of these, and for a URL of a socket file.
    static func split(_ text: String) -> (host: String, port: Int?)? {
        if let url = RequestURL(text) {
            guard case .tcp(let endpoint) = url.destination else { return nil }
            return (endpoint.host, endpoint.port)
        }
        return splitAuthority(text)
    }

    /// Splits `host[:port]`; an IPv6 address without brackets has no port.
    static func splitAuthority(_ text: String) -> (host: String, port: Int?)? {
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            let host = text[text.index(after: text.startIndex)..<end]
            guard host.contains(":"), IPAddress(host) != nil else { return nil }
            let rest = text[text.index(after: end)...]
            if rest.isEmpty { return (canonical(String(host)), nil) }
            guard rest.first == ":", let port = port(rest.dropFirst()) else { return nil }
            return (canonical(String(host)), port)
        }
        if IPAddress(text) != nil { return (canonical(text), nil) }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, isName(parts[0]) else { return nil }
        guard parts.count == 2 else { return (canonical(text), nil) }
        guard let port = port(parts[1]) else { return nil }
        return (canonical(String(parts[0])), port)
    }

    /// A port number in decimal, from 1 to 65535.
    static func port(_ text: some StringProtocol) -> Int? {
        guard text.utf8.count <= 5, text.utf8.allSatisfy({ $0 &- 0x30 < 10 }), let port = Int(text) else { return nil }
        return (1...65535).contains(port) ? port : nil
    }

    /// Whether a text can be a host name or an IPv4 address; nothing that a URL would read otherwise.
    ///
    /// No part between dots is empty, but that after a final dot.
    static func isName(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.count <= 255 && text.utf8.first != UInt8(ascii: "-")
            && text.utf8.first != UInt8(ascii: ".") && !text.contains("..")
            && text.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"): true
                case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
                default: false
                }
            }
    }

    private static func canonical(_ host: String) -> String {
        // The names of network interfaces, which follow a "%", have cases.
        let zone = host.firstIndex(of: "%") ?? host.endIndex
        let lower = host[..<zone].lowercased() + host[zone...]
        return lower.count > 1 && lower.hasSuffix(".") ? String(lower.dropLast()) : lower
    }

    /// As a URL writes it.
    var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension Endpoint: CustomStringConvertible {
    var description: String { authority }
}
