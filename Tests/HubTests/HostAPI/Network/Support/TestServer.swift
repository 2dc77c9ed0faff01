import Foundation
import Glibc
import NIOCore
import Synchronization

@testable import Hub

/// A server on a loopback address or a socket file, with a thread for each connection.
final class TestServer: Sendable {
    enum Place {
        case ipv4
        case ipv6
        case address(String)
        case unix(String)
    }

    private struct State {
        var isStopped = false
        var accepted = 0
        var open: Set<CInt> = []
        var waiting: [(condition: @Sendable (_ accepted: Int, _ open: Int) -> Bool, resume: @Sendable () -> Void)] = []
    }

    let port: Int
    private let listener: CInt
    private let state = Mutex(State())
    private let serve: @Sendable (TestPeer) -> Void

    /// `port` 0 takes a free one.
    init(_ place: Place = .ipv4, port: Int = 0, _ serve: @escaping @Sendable (TestPeer) -> Void) throws {
        let address = try Self.address(place, port: port)
        let listener = socket(CInt(address.protocol.rawValue), CInt(SOCK_STREAM.rawValue), 0)
        let status = address.withSockAddr { bind(listener, $0, socklen_t($1)) }
        guard listener >= 0, status == 0, listen(listener, 1024) == 0 else { throw TestServerError(code: errno) }
        self.listener = listener
        self.port = Self.boundPort(of: listener)
        self.serve = serve
        Self.onThread { self.acceptAll() }
    }

    static func address(_ place: Place, port: Int) throws -> SocketAddress {
        switch place {
        case .ipv4: try SocketAddress(ipAddress: "127.0.0.1", port: port)
        case .ipv6: try SocketAddress(ipAddress: "::1", port: port)
        case .address(let text): try SocketAddress(ipAddress: text, port: port)
        case .unix(let path): try SocketAddress(unixDomainSocketPath: path)
        }
    }

    /// The port is at the same place in both families' addresses.
    static func boundPort(of descriptor: CInt) -> Int {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutableBytes(of: &storage) { bytes in
            _ = bytes.withMemoryRebound(to: sockaddr.self) { getsockname(descriptor, $0.baseAddress, &length) }
            return Int(UInt16(bigEndian: bytes.load(fromByteOffset: 2, as: UInt16.self)))
        }
    }

    var accepted: Int { state.withLock { $0.accepted } }

    /// Ends all connections and listens no more.
    func stop() {
        let open = state.withLock { state in
            state.isStopped = true
            return state.open
        }
        for descriptor in open { shutdown(descriptor, CInt(SHUT_RDWR)) }
        shutdown(listener, CInt(SHUT_RDWR))
    }

    /// Returns when the peers have closed all connections, `count` of which there have been at least.
    func waitUntilAllAreClosed(of count: Int = 1) async {
        await wait { accepted, open in accepted >= count && open == 0 }
    }

    func waitUntilOpen(_ count: Int) async { await wait { _, open in open >= count } }

    private func wait(_ condition: @escaping @Sendable (_ accepted: Int, _ open: Int) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isMet = state.withLock { state in
                if condition(state.accepted, state.open.count) { return true }
                state.waiting.append((condition, { continuation.resume() }))
                return false
            }
            if isMet { continuation.resume() }
        }
    }

    private func change(_ body: (inout State) -> Void) {
        let due = state.withLock { state in
            body(&state)
            let (accepted, open) = (state.accepted, state.open.count)
            let due = state.waiting.filter { $0.condition(accepted, open) }
            state.waiting.removeAll { $0.condition(accepted, open) }
            return due
        }
        for waiter in due { waiter.resume() }
    }

    private func acceptAll() {
        while true {
            let descriptor = accept(listener, nil, nil)
            guard descriptor >= 0 else { break }
            var isStopped = false
            change { state in
                isStopped = state.isStopped
                state.accepted += 1
                state.open.insert(descriptor)
            }
            if isStopped { shutdown(descriptor, CInt(SHUT_RDWR)) }
            Self.onThread {
                self.serve(TestPeer(descriptor: descriptor))
                // Whoever waits for the connection's end must see it closed by the peer.
                self.change { $0.open.remove(descriptor) }
                close(descriptor)
            }
        }
        close(listener)
    }

    private static func onThread(_ body: @escaping @Sendable () -> Void) {
        Thread.detachNewThread(body)
    }
}

struct TestServerError: Error {
    let code: CInt
}
