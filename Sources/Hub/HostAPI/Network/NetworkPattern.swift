/// One line of what a plugin may reach: `host:port`, `192.168.0.0/16:23`, `[2001:db8::/32]:*`, `*:80`, `unix:/path`.
struct NetworkPattern: Sendable, Hashable {
    private enum Host: Hashable {
        case any
        case name(String)
        case network(IPNetwork)
    }

    private enum Place: Hashable {
        /// A port of nil is any.
        case tcp(Host, port: Int?)
        case unix(path: String)
    }

    let text: String
    private let place: Place

    /// Nil when the text is none of the forms above.
    init?(_ text: String) {
        self.text = text
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst(5))
            guard path.hasPrefix("/"), FileGrants.clean(path) == path else { return nil }
            place = .unix(path: path)
            return
        }
        guard let (host, port) = Self.split(text) else { return nil }
        if port == "*" {
            place = .tcp(host, port: nil)
        } else if let port = Endpoint.port(port) {
            place = .tcp(host, port: port)
        } else {
            return nil
        }
    }

    /// A host of a target; its name or address, and a port or all of them.
    init(host: String, port: Int?) {
        let endpoint = Endpoint(host: host, port: port ?? 0)
        let shown = endpoint.host.contains(":") ? "[\(endpoint.host)]" : endpoint.host
        text = "\(shown):\(port.map(String.init) ?? "*")"
        place = .tcp(IPAddress(endpoint.host).map { .network(IPNetwork($0)) } ?? .name(endpoint.host), port: port)
    }

    private static func split(_ text: String) -> (Host, port: Substring)? {
        if text.hasPrefix("[") {
            guard let end = text.firstRange(of: "]:") else { return nil }
            let inner = text[text.index(after: text.startIndex)..<end.lowerBound]
            guard inner.contains(":"), let network = network(inner) else { return nil }
            return (.network(network), text[end.upperBound...])
        }
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let host = text[..<colon]
        let port = text[text.index(after: colon)...]
        guard !host.contains(":") else { return nil }
        if host == "*" { return (.any, port) }
        if let network = network(host) { return (.network(network), port) }
        return Endpoint.isName(host) ? (.name(Endpoint(host: String(host), port: 0).host), port) : nil
    }

    private static func network(_ text: Substring) -> IPNetwork? {
        IPNetwork(text) ?? IPAddress(text).map(IPNetwork.init)
    }

    /// Whether the pattern grants an endpoint under the name that was asked for, whatever address it has.
    func matches(name endpoint: Endpoint) -> Bool {
        guard case .tcp(let host, let port) = place, port == nil || port == endpoint.port else { return false }
        switch host {
        case .any: return true
        case .name(let name): return name == endpoint.host
        case .network(let network): return IPAddress(endpoint.host).map(network.contains) ?? false
        }
    }

    /// Whether the pattern grants an address that a name turned out to have.
    func matches(_ address: IPAddress, port: Int) -> Bool {
        guard case .tcp(.network(let network), let granted) = place else { return false }
        return (granted == nil || granted == port) && network.contains(address)
    }

    /// Whether some address could be granted at this port.
    func speaksOfAddresses(port: Int) -> Bool {
        guard case .tcp(.network, let granted) = place else { return false }
        return granted == nil || granted == port
    }

    /// Whether the pattern names this host, at whatever port.
    func matches(host: String) -> Bool {
        guard case .tcp(let granted, _) = place else { return false }
        switch granted {
        case .any: return true
        case .name(let name): return name == Endpoint(host: host, port: 0).host
        case .network(let network): return IPAddress(host).map(network.contains) ?? false
        }
    }

    func matches(unix path: String) -> Bool { place == .unix(path: path) }
}
