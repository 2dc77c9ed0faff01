import NIOCore

/// Opens every socket that `listen:` asks for, or none.
struct Listening: Sendable {
    /// Tries to find a port that is free in both families when port 0 was asked for.
    static let portAttempts = 16

    var resolver: any AddressResolver = SystemResolver()
    var opener: any SocketOpener = SystemSocketOpener()
    var activation: SocketActivation = .current

    /// Opens all sockets of all entries.
    ///
    /// - Throws: The first entry and address that failed; everything opened before is closed again.
    func open(_ entries: [ListenAddress]) throws(ListenError) -> [ListeningSocket] {
        var sockets: [ListeningSocket] = []
        do {
            for entry in entries { sockets += try open(entry) }
        } catch {
            for socket in sockets { socket.close() }
            throw error
        }
        return sockets
    }

    private func open(_ entry: ListenAddress) throws(ListenError) -> [ListeningSocket] {
        switch entry.place {
        case .systemd:
            return try activation.sockets(for: entry)
        case .unix(let path, let mode):
            do {
                return [try UnixSocket.listen(path: path, mode: mode)]
            } catch {
                throw .unavailable(entry: entry.text, address: path, reason: error.description)
            }
        case .everywhere(let port, let families):
            return try open(Candidate.everywhere.filter { $0.belongs(to: families) }, port: port, entry: entry)
        case .host(let host, let port, let families):
            return try open(candidates(host, families: families, entry: entry), port: port, entry: entry)
        }
    }

    /// An address to bind, and whether the machine may lack its family without that being an error.
    private struct Candidate {
        let address: SocketAddress
        let isOptional: Bool

        static let everywhere = known("0.0.0.0", "::")
        static let loopback = known("127.0.0.1", "::1")

        private static func known(_ addresses: String...) -> [Candidate] {
            addresses.compactMap { SystemResolver.literal($0) }.map { Candidate(address: $0, isOptional: true) }
        }

        func belongs(to families: ListenAddress.Families) -> Bool {
            switch families {
            case .both: true
            case .ipv4: address.protocol == .inet
            case .ipv6: address.protocol == .inet6
            }
        }
    }

    private func candidates(
        _ host: String,
        families: ListenAddress.Families,
        entry: ListenAddress
    ) throws(ListenError) -> [Candidate] {
        var found: [Candidate] = []
        if let literal = SystemResolver.literal(host) {
            found = [Candidate(address: literal, isOptional: false)]
        } else {
            let isLoopback = SystemResolver.isLoopback(host)
            if isLoopback { found = Candidate.loopback }
            do {
                for address in try resolver.addresses(of: host) where !found.contains(where: { $0.address == address })
                {
                    found.append(Candidate(address: address, isOptional: false))
                }
            } catch {
                if !isLoopback { throw .unresolvable(entry: entry.text, host: host, reason: error.reason) }
            }
        }
        let usable = found.filter { $0.belongs(to: families) }
        guard !usable.isEmpty else {
            let family = families == .ipv4 ? "IPv4 " : families == .ipv6 ? "IPv6 " : ""
            throw .unresolvable(entry: entry.text, host: host, reason: "no \(family)address")
        }
        return usable
    }

    private func open(
        _ candidates: [Candidate],
        port: UInt16,
        entry: ListenAddress
    ) throws(ListenError) -> [ListeningSocket] {
        var attemptsLeft = port == 0 ? Self.portAttempts : 1
        while true {
            attemptsLeft -= 1
            do {
                return try openOnce(candidates, port: Int(port))
            } catch {
                if error.cause == .addressInUse, attemptsLeft > 0 { continue }
                throw .unavailable(entry: entry.text, address: error.address, reason: error.cause.description)
            }
        }
    }

    private struct Failure: Error {
        let address: String
        let cause: SocketError
    }

    /// Binds all candidates to one port; port 0 becomes the first candidate's.
    private func openOnce(_ candidates: [Candidate], port: Int) throws(Failure) -> [ListeningSocket] {
        var sockets: [ListeningSocket] = []
        var port = port
        var skipped: Failure?
        for candidate in candidates {
            var address = candidate.address
            address.port = port
            do {
                let socket = try opener.listen(on: address)
                sockets.append(socket)
                port = socket.address.port ?? port
            } catch {
                let failure = Failure(address: AddressFormatter.endpoint(address), cause: error)
                guard candidate.isOptional, error.meansFamilyIsMissing else {
                    for socket in sockets { socket.close() }
                    throw failure
                }
                skipped = failure
            }
        }
        if let skipped, sockets.isEmpty { throw skipped }
        return sockets
    }
}
