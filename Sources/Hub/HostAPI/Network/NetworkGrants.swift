import NIOCore

/// The hosts, ports and socket files a plugin may reach.
///
/// A host that is granted by name may have any address: whoever grants it trusts the name. A host that is not granted
/// by name is resolved, and only those of its addresses are used that are granted.
struct NetworkGrants: Sendable {
    var declared: [NetworkPattern] = []
    /// What hub.yml narrows the declaration to; nil does not narrow.
    var allowed: [NetworkPattern]?

    /// What is known before a name is resolved.
    enum Verdict: Equatable {
        /// Every address will do.
        case granted
        /// It depends on the address.
        case needsAddress
        case denied
    }

    func verdict(_ endpoint: Endpoint) -> Verdict {
        min(Self.verdict(endpoint, declared), allowed.map { Self.verdict(endpoint, $0) } ?? .granted)
    }

    private static func verdict(_ endpoint: Endpoint, _ patterns: [NetworkPattern]) -> Verdict {
        if patterns.contains(where: { $0.matches(name: endpoint) }) { return .granted }
        guard IPAddress(endpoint.host) == nil else { return .denied }
        return patterns.contains { $0.speaksOfAddresses(port: endpoint.port) } ? .needsAddress : .denied
    }

    /// The addresses of an endpoint that may be used.
    func permitted(_ addresses: [SocketAddress], of endpoint: Endpoint) -> [SocketAddress] {
        addresses.filter { address in
            guard let plain = IPAddress(address) else { return false }
            return [declared, allowed].allSatisfy { patterns in
                guard let patterns else { return true }
                return patterns.contains { $0.matches(name: endpoint) || $0.matches(plain, port: endpoint.port) }
            }
        }
    }

    /// Whether a host may be looked up.
    func permits(lookup host: String) -> Bool {
        declared.contains { $0.matches(host: host) } && (allowed?.contains { $0.matches(host: host) } ?? true)
    }

    func permits(unix path: String) -> Bool {
        declared.contains { $0.matches(unix: path) } && (allowed?.contains { $0.matches(unix: path) } ?? true)
    }
}

extension NetworkGrants.Verdict: Comparable {
    private var rank: Int {
        switch self {
        case .denied: 0
        case .needsAddress: 1
        case .granted: 2
        }
    }

    static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
}
