/// A URL that can be fetched: `http`, `https`, or `http+unix` with the socket's path percent-encoded as its host.
///
/// Stricter than RFC 3986, so that nobody reads another host out of the same text: no control characters, blanks or
/// backslashes, no percent-encoding in host names, no empty host, no zone of an IPv6 address.
struct RequestURL: Sendable, Equatable {
    enum Scheme: String, Sendable {
        case http
        case https
        case unix = "http+unix"

        var defaultPort: Int { self == .https ? 443 : 80 }
    }

    enum Destination: Sendable, Hashable {
        case tcp(Endpoint)
        case unix(path: String)
    }

    let scheme: Scheme
    let destination: Destination
    /// Before the first colon of the user information, and after it; decoded.
    let credentials: (username: String, password: String)?
    /// Path and query, at least `/`.
    let path: String

    static func == (left: Self, right: Self) -> Bool { left.text == right.text }

    init?(_ text: String) {
        guard let mark = text.firstRange(of: "://"),
            let scheme = Scheme(rawValue: text[..<mark.lowerBound].lowercased())
        else { return nil }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }) else { return nil }
        let rest = text[mark.upperBound...].prefix { $0 != "#" }
        let authority = rest.prefix { !"/?".contains($0) }
        let at = authority.lastIndex(of: "@")
        let host = String(at.map { authority[authority.index(after: $0)...] } ?? authority)
        self.scheme = scheme
        if scheme == .unix {
            guard at == nil, let path = Self.decode(host), path.hasPrefix("/"), FileGrants.clean(path) == path else {
                return nil
            }
            destination = .unix(path: path)
        } else {
            let isBare = host.firstIndex(of: ":") != host.lastIndex(of: ":") && !host.hasPrefix("[")
            guard !isBare, !host.contains("%"), let (name, port) = Endpoint.splitAuthority(host) else { return nil }
            destination = .tcp(Endpoint(host: name, port: port ?? scheme.defaultPort))
        }
        if let at {
            guard let found = Self.credentials(authority[..<at]) else { return nil }
            credentials = found
        } else {
            credentials = nil
        }
        let path = rest[authority.endIndex...]
        self.path = path.hasPrefix("/") ? String(path) : "/\(path)"
    }

    private static func credentials(_ text: Substring) -> (username: String, password: String)? {
        let colon = text.firstIndex(of: ":") ?? text.endIndex
        let password = colon == text.endIndex ? "" : text[text.index(after: colon)...]
        guard let username = decode(text[..<colon]), let password = decode(password) else { return nil }
        return (username, password)
    }

    /// Nil for incomplete encodings and for what is not UTF-8 or has a NUL.
    private static func decode(_ text: some StringProtocol) -> String? {
        guard let bytes = PercentEncoding.decode(text), !bytes.contains(0) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The URL as it is requested, without user information.
    var text: String { "\(scheme.rawValue)://\(authority)\(path)" }

    /// `host`, with the port where it is not the usual one: the value of the header `Host`.
    var hostHeader: String {
        guard case .tcp(let endpoint) = destination else { return "localhost" }
        let host = endpoint.host.contains(":") ? "[\(endpoint.host)]" : endpoint.host
        return endpoint.port == scheme.defaultPort ? host : "\(host):\(endpoint.port)"
    }

    private var authority: String {
        switch destination {
        case .tcp(let endpoint): return endpoint.authority
        case .unix(let path):
            let digits = Array("0123456789ABCDEF")
            return path.utf8.reduce(into: "") { text, byte in
                let character = Character(UnicodeScalar(byte))
                let isPlain =
                    character.isASCII && (character.isLetter || character.isNumber || "-._~".contains(character))
                text += isPlain ? String(character) : "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
    }

    /// Whether credentials for one URL may be sent to the other.
    func hasSameOrigin(as other: RequestURL) -> Bool { scheme == other.scheme && destination == other.destination }

    /// The URL that a `Location` names, relative to this one (RFC 3986 section 5.2, without `..` below the root).
    func redirected(to location: String) -> RequestURL? {
        // A colon before any of the others ends a scheme; `/login?from=http://...` has none.
        if let mark = location.first(where: { ":/?#".contains($0) }), mark == ":" { return RequestURL(location) }
        let base = "\(scheme.rawValue)://"
        if location.hasPrefix("//") { return RequestURL("\(scheme.rawValue):\(location)") }
        if location.hasPrefix("/") { return RequestURL(base + authority + location) }
        let withoutQuery = path.prefix { $0 != "?" }
        if location.hasPrefix("?") { return RequestURL(base + authority + withoutQuery + location) }
        let folder = withoutQuery.lastIndex(of: "/").map { withoutQuery[...$0] } ?? "/"
        return RequestURL(base + authority + folder + location)
    }
}
