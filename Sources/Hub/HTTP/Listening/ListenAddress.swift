/// One entry of `listen:`, parsed but not yet resolved.
///
/// Accepted forms: `:PORT` (both families), `HOST:PORT`, `1.2.3.4:PORT`, `[v6]:PORT`, `[fe80::1%eth0]:PORT`, each
/// also behind `ipv4://` or `ipv6://`, which restricts the family; `unix:PATH`, `unix:PATH?mode=0600`; `systemd:`.
/// `0.0.0.0:PORT` and `[::]:PORT` are one family each: `:PORT` is the way to ask for both.
struct ListenAddress: Sendable, Equatable {
    /// The address families an entry may use.
    enum Families: Sendable, Equatable {
        case both
        case ipv4
        case ipv6
    }

    enum Place: Sendable, Equatable {
        /// Every address of the machine.
        case everywhere(port: UInt16, families: Families)
        /// A name or an address without brackets, still to be resolved.
        case host(String, port: UInt16, families: Families)
        /// A socket file with its permission bits.
        case unix(path: String, mode: UInt32)
        /// The sockets that systemd passed on.
        case systemd
    }

    /// Permission bits of a socket file: owner and group may connect.
    static let defaultSocketMode: UInt32 = 0o660

    /// The entry as the user wrote it; errors quote it.
    let text: String
    let place: Place

    /// Parses an entry.
    ///
    /// - Throws: `ListenError.invalid` with the rule that is broken.
    init(_ text: String) throws(ListenError) {
        self.text = text
        do {
            place = try Self.parse(text)
        } catch {
            throw .invalid(entry: text, reason: error.reason)
        }
    }

    private struct Malformed: Error {
        let reason: String
    }

    private static func parse(_ text: String) throws(Malformed) -> Place {
        if text == "systemd:" { return .systemd }
        if text.hasPrefix("unix:") { return try parseSocketFile(text.dropFirst(5)) }
        var rest = text[...]
        var families = Families.both
        if let separator = text.firstRange(of: "://") {
            switch text[..<separator.lowerBound] {
            case "ipv4": families = .ipv4
            case "ipv6": families = .ipv6
            case let scheme: throw Malformed(reason: "scheme must be ipv4 or ipv6, got \"\(scheme)\"")
            }
            rest = text[separator.upperBound...]
        }
        let (host, port) = try splitPort(rest)
        if host.isEmpty { return .everywhere(port: port, families: families) }
        return .host(host, port: port, families: families)
    }

    private static func splitPort(_ text: Substring) throws(Malformed) -> (host: String, port: UInt16) {
        guard let colon = text.lastIndex(of: ":"), !text.hasSuffix("]") else {
            throw Malformed(reason: "port is missing (\":10100\" listens on every address)")
        }
        guard let port = UInt16(text[text.index(after: colon)...]) else {
            throw Malformed(reason: "port must be 0 to 65535, got \"\(text[text.index(after: colon)...])\"")
        }
        let host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]"), host.count > 2 {
            return (String(host.dropFirst().dropLast()), port)
        }
        guard !host.contains(":") else {
            throw Malformed(reason: "an IPv6 address must stand in brackets, as in \"[::1]:10100\"")
        }
        guard !host.contains(where: { $0.isWhitespace || "/[]@".contains($0) }) else {
            throw Malformed(reason: "host must be a name or an address, got \"\(host)\"")
        }
        return (String(host), port)
    }

    private static func parseSocketFile(_ text: Substring) throws(Malformed) -> Place {
        let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = String(parts[0])
        guard !path.isEmpty, path.utf8.count <= UnixSocket.longestPath else {
            throw Malformed(
                reason: "socket path must have 1 to \(UnixSocket.longestPath) bytes, got \(path.utf8.count)"
            )
        }
        guard parts.count > 1 else { return .unix(path: path, mode: defaultSocketMode) }
        guard parts[1].hasPrefix("mode="), let mode = UInt32(parts[1].dropFirst(5), radix: 8), mode <= 0o777 else {
            throw Malformed(reason: "only mode=0000 to mode=0777 may follow the path, got \"\(parts[1])\"")
        }
        return .unix(path: path, mode: mode)
    }
}
