import Foundation
import Glibc
import NIOCore
import Synchronization

/// Answers every datagram; with itself, where the test says nothing else.
final class DatagramServer: Sendable {
    let port: Int
    private let descriptor: CInt
    private let count = Mutex(0)

    init(
        _ address: String,
        port: Int = 0,
        _ answer: @escaping @Sendable ([UInt8]) -> [[UInt8]] = { [$0] }
    ) throws {
        let place = try SocketAddress(ipAddress: address, port: port)
        let descriptor = socket(CInt(place.protocol.rawValue), CInt(SOCK_DGRAM.rawValue), 0)
        guard place.withSockAddr({ bind(descriptor, $0, socklen_t($1)) }) == 0 else {
            throw TestServerError(code: errno)
        }
        self.descriptor = descriptor
        self.port = TestServer.boundPort(of: descriptor)
        Thread.detachNewThread { self.serve(answer) }
    }

    /// Datagrams that have come.
    var received: Int { count.withLock { $0 } }

    private func serve(_ answer: ([UInt8]) -> [[UInt8]]) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            var sender = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            withUnsafeMutableBytes(of: &sender) { bytes in
                bytes.withMemoryRebound(to: sockaddr.self) { sender in
                    let size = recvfrom(descriptor, &buffer, buffer.count, 0, sender.baseAddress, &length)
                    guard size >= 0 else { return }
                    count.withLock { $0 += 1 }
                    for datagram in answer(Array(buffer.prefix(size))) {
                        sendto(descriptor, datagram, datagram.count, 0, sender.baseAddress, length)
                    }
                }
            }
        }
    }
}
