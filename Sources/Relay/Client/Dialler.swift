import Glibc
package import NIOCore
import NIOPosix

/// Connects to the first of a host's addresses that answers (RFC 8305).
package struct Dialler: Sendable {
    /// All addresses of a host, each with any port.
    package typealias Resolve =
        @Sendable (_ host: String, _ eventLoop: any EventLoop) -> EventLoopFuture<[SocketAddress]>

    private let resolve: Resolve

    package init(resolve: @escaping Resolve) { self.resolve = resolve }

    func connect(
        _ host: String,
        _ port: Int,
        on eventLoop: any EventLoop,
        timeout: TimeAmount,
        deadAfter: TimeAmount,
        setUp: @escaping (any Channel) throws -> Void
    ) -> EventLoopFuture<any Channel> {
        let setUp = NIOLoopBound(setUp, eventLoop: eventLoop)
        return resolve(host, eventLoop).flatMap { addresses in
            ClientBootstrap(group: eventLoop)
                .resolver(KnownAddresses(addresses: addresses, eventLoop: eventLoop))
                .connectTimeout(timeout)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture { try setUp.value(channel) }
                }
                .connect(host: host, port: port)
        }.flatMapThrowing { channel in
            try DeadPeer.watch(channel, within: deadAfter)
            return channel
        }
    }

    /// The text of a failure, with every address that was tried.
    static func reason(_ error: any Error) -> String {
        guard let error = error as? NIOConnectionError else { return plain(error) }
        let attempts = error.connectionErrors.map { attempt in
            let host = attempt.target.ipAddress ?? ""
            return "\(host.contains(":") ? "[\(host)]" : host):\(error.port): \(plain(attempt.error))"
        }
        let lookups = [error.dnsAError, error.dnsAAAAError].compactMap { $0 }.map { plain($0) }
        return (attempts + lookups).isEmpty ? "no address" : (attempts + lookups).joined(separator: "; ")
    }

    private static func plain(_ error: any Error) -> String {
        if let error = error as? IOError { return String(cString: strerror(error.errnoCode)).lowercased() }
        if case .connectTimeout(let limit) = error as? ChannelError {
            return "no connection within \(limit.nanoseconds / 1_000_000_000) s"
        }
        return "\(error)"
    }
}

/// Hands addresses that are known to NIO's connector.
private struct KnownAddresses: Resolver {
    let addresses: [SocketAddress]
    let eventLoop: any EventLoop

    func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> { answer(.inet, port) }

    func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> { answer(.inet6, port) }

    func cancelQueries() {}

    private func answer(_ family: NIOBSDSocket.ProtocolFamily, _ port: Int) -> EventLoopFuture<[SocketAddress]> {
        eventLoop.makeSucceededFuture(
            addresses.filter { $0.protocol == family }.map { address in
                var address = address
                address.port = port
                return address
            }
        )
    }
}
