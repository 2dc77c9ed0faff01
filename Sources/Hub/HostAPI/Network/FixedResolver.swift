import NIOCore
import NIOPosix

/// Hands addresses that are known to NIO's connector, which races them as RFC 8305 says.
struct FixedResolver: Resolver {
    let addresses: [SocketAddress]
    let eventLoop: any EventLoop

    func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        eventLoop.makeSucceededFuture(addresses.filter { $0.protocol == .inet }.map { $0.at(port: port) })
    }

    func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        eventLoop.makeSucceededFuture(addresses.filter { $0.protocol == .inet6 }.map { $0.at(port: port) })
    }

    func cancelQueries() {}
}

extension SocketAddress {
    /// The same host at another port.
    func at(port: Int) -> SocketAddress {
        var address = self
        address.port = port
        return address
    }
}
