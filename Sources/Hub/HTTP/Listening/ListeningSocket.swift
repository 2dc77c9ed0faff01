import Glibc
import NIOCore

/// A stream socket that listens already; connections wait in its backlog until it is served.
struct ListeningSocket: Sendable {
    /// Connections that may wait to be accepted; SwiftNIO sets the same for sockets it takes over.
    static let backlog: CInt = 128

    let descriptor: CInt
    /// What the kernel says it is bound to, with the real port.
    let address: SocketAddress
    /// The socket file to remove in the end, for sockets that made one.
    let file: SocketFile?

    /// As in `http://127.0.0.1:10100`.
    var url: String { AddressFormatter.url(address) }

    /// Closes a socket that was not handed to a server, and removes its file.
    func close() {
        _ = Glibc.close(descriptor)
        file?.remove()
    }
}

/// Makes listening sockets; tests stand in for hosts without IPv6 and for ports in use.
protocol SocketOpener: Sendable {
    func listen(on address: SocketAddress) throws(SocketError) -> ListeningSocket
}

/// Sockets of the real machine.
struct SystemSocketOpener: SocketOpener {
    /// Binds and listens.
    ///
    /// An IPv6 socket never takes IPv4 connections (`IPV6_V6ONLY`), whatever `net.ipv6.bindv6only` says, so that
    /// the IPv4 socket of the same port can stand beside it. Listening happens here and not when the server
    /// starts, since with `SO_REUSEADDR` a port in use may be noticed only then.
    func listen(on address: SocketAddress) throws(SocketError) -> ListeningSocket {
        let descriptor = try DescriptorCalls.streamSocket(address.protocol.rawValue)
        do {
            try DescriptorCalls.set(descriptor, level: SOL_SOCKET, option: SO_REUSEADDR)
            if address.protocol == .inet6 {
                try DescriptorCalls.set(descriptor, level: CInt(IPPROTO_IPV6), option: IPV6_V6ONLY)
            }
            try DescriptorCalls.bind(descriptor, to: address)
            try DescriptorCalls.listen(descriptor)
            let bound = try DescriptorCalls.localAddress(descriptor)
            return ListeningSocket(descriptor: descriptor, address: bound, file: nil)
        } catch {
            _ = close(descriptor)
            throw error
        }
    }
}

/// The system calls behind the sockets, with their errors typed.
enum DescriptorCalls {
    /// A stream socket that child processes do not inherit.
    static func streamSocket(_ family: CInt) throws(SocketError) -> CInt {
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(family, type, 0)
        guard descriptor >= 0 else { throw .last }
        return descriptor
    }

    /// Switches a socket option on.
    static func set(_ descriptor: CInt, level: CInt, option: CInt) throws(SocketError) {
        var on: CInt = 1
        guard setsockopt(descriptor, level, option, &on, socklen_t(MemoryLayout<CInt>.size)) == 0 else { throw .last }
    }

    /// Reads a socket option of type `int`.
    static func get(_ descriptor: CInt, option: CInt) throws(SocketError) -> CInt {
        var value: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        guard getsockopt(descriptor, SOL_SOCKET, option, &value, &size) == 0 else { throw .last }
        return value
    }

    static func bind(_ descriptor: CInt, to address: SocketAddress) throws(SocketError) {
        let status = address.withSockAddr { Glibc.bind(descriptor, $0, socklen_t($1)) }
        guard status == 0 else { throw .last }
    }

    static func listen(_ descriptor: CInt) throws(SocketError) {
        guard Glibc.listen(descriptor, ListeningSocket.backlog) == 0 else { throw .last }
    }

    /// The address the socket is bound to, of the families this program knows.
    static func localAddress(_ descriptor: CInt) throws(SocketError) -> SocketAddress {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let status = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        guard status == 0 else { throw .last }
        return try withUnsafeBytes(of: storage) { raw throws(SocketError) in
            switch CInt(storage.ss_family) {
            case AF_INET: SocketAddress(raw.loadUnaligned(as: sockaddr_in.self))
            case AF_INET6: SocketAddress(raw.loadUnaligned(as: sockaddr_in6.self))
            case AF_UNIX: SocketAddress(raw.loadUnaligned(as: sockaddr_un.self))
            default: throw SocketError(code: EAFNOSUPPORT)
            }
        }
    }
}
