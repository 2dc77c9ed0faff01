import Glibc
import NIOCore

/// Turns host names into addresses; tests bring their own names.
protocol AddressResolver: Sendable {
    /// Every address of `host` in the resolver's order, each with port 0.
    ///
    /// May block for as long as the system's resolver does; called before anything is served.
    func addresses(of host: String) throws(ResolverError) -> [SocketAddress]
}

extension AddressResolver {
    /// The same, with both loopback addresses among those of `localhost`.
    func completeAddresses(of host: String) throws(ResolverError) -> [SocketAddress] {
        guard SystemResolver.isLoopback(host) else { return try addresses(of: host) }
        let known = ["::1", "127.0.0.1"].compactMap(SystemResolver.literal)
        let found = (try? addresses(of: host)) ?? []
        return known + found.filter { !known.contains($0) }
    }
}

/// Why a name has no address.
struct ResolverError: Error, Equatable {
    let reason: String
}

/// The C library's resolver: /etc/hosts, DNS and whatever nsswitch.conf names.
struct SystemResolver: AddressResolver {
    /// `AI_ADDRCONFIG` is left out: it hides `::1` on hosts whose only IPv6 address is the loopback's.
    func addresses(of host: String) throws(ResolverError) -> [SocketAddress] {
        try Self.lookUp(host, flags: 0)
    }

    /// The address that `text` spells, also with a zone (`fe80::1%eth0`); nil when it is a name.
    static func literal(_ text: String) -> SocketAddress? {
        // The C library also takes shortened forms such as "1", which are more likely a port in the wrong place.
        guard text.contains(":") || text.split(separator: ".").count == 4 else { return nil }
        return try? lookUp(text, flags: AI_NUMERICHOST).first
    }

    /// Whether the name is the machine itself, by definition (RFC 6761 §6.3).
    ///
    /// Many hosts files give it only one of its two addresses.
    static func isLoopback(_ host: String) -> Bool {
        let host = host.lowercased()
        return host == "localhost" || host.hasSuffix(".localhost")
    }

    private static func lookUp(_ host: String, flags: CInt) throws(ResolverError) -> [SocketAddress] {
        var hints = addrinfo()
        hints.ai_flags = flags
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, nil, &hints, &list)
        guard status == 0 else {
            throw ResolverError(
                reason: status == EAI_SYSTEM ? SocketError.last.description : String(cString: gai_strerror(status))
            )
        }
        defer { freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var next = list
        while let entry = next?.pointee {
            if let address = address(of: entry) { addresses.append(address) }
            next = entry.ai_next
        }
        return addresses
    }

    private static func address(of entry: addrinfo) -> SocketAddress? {
        guard let raw = UnsafeRawPointer(entry.ai_addr) else { return nil }
        switch entry.ai_family {
        case AF_INET: return SocketAddress(raw.loadUnaligned(as: sockaddr_in.self))
        case AF_INET6: return SocketAddress(raw.loadUnaligned(as: sockaddr_in6.self))
        default: return nil
        }
    }
}
