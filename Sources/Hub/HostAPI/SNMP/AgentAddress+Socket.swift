import Glibc
import NIOCore
import SNMP

/// By way of the bytes of `sockaddr_in` and `sockaddr_in6`.
extension AgentAddress {
    /// Nil for a socket file.
    init?(_ address: SocketAddress) {
        guard
            let found = address.withSockAddr({ pointer, size in
                AgentAddress(socketAddress: UnsafeRawBufferPointer(start: pointer, count: size))
            })
        else { return nil }
        self = found
    }

    /// Nil for what is neither of IPv4 nor of IPv6; there have to be as many bytes as the family needs.
    init?(socketAddress bytes: UnsafeRawBufferPointer) {
        let port = UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
        switch Int32(bytes.loadUnaligned(as: UInt16.self)) {
        case AF_INET:
            self.init(ipv4: UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self)), port: port)
        case AF_INET6:
            let high = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            let low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
            let scope = bytes.loadUnaligned(fromByteOffset: 24, as: UInt32.self)
            self.init(ipv6: (high, low), scope: scope, port: port)
        default: return nil
        }
    }

    /// Calls `body` with a structure that system calls take.
    func withSocketAddress<Value>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Value) -> Value {
        func pass<Structure>(_ structure: Structure) -> Value {
            withUnsafePointer(to: structure) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    body($0, socklen_t(MemoryLayout<Structure>.size))
                }
            }
        }
        return isIPv6 ? pass(structure(sockaddr_in6.self)) : pass(structure(sockaddr_in.self))
    }

    var socketAddress: SocketAddress {
        isIPv6 ? SocketAddress(structure(sockaddr_in6.self)) : SocketAddress(structure(sockaddr_in.self))
    }

    private func structure<Structure>(_: Structure.Type) -> Structure {
        withUnsafeTemporaryAllocation(byteCount: MemoryLayout<Structure>.size, alignment: 8) { bytes in
            bytes.initializeMemory(as: UInt8.self, repeating: 0)
            bytes.storeBytes(of: UInt16(isIPv6 ? AF_INET6 : AF_INET), as: UInt16.self)
            bytes.storeBytes(of: port.bigEndian, toByteOffset: 2, as: UInt16.self)
            if isIPv6 {
                bytes.storeBytes(of: high.bigEndian, toByteOffset: 8, as: UInt64.self)
                bytes.storeBytes(of: low.bigEndian, toByteOffset: 16, as: UInt64.self)
                bytes.storeBytes(of: scope, toByteOffset: 24, as: UInt32.self)
            } else {
                bytes.storeBytes(of: UInt32(truncatingIfNeeded: low).bigEndian, toByteOffset: 4, as: UInt32.self)
            }
            return bytes.loadUnaligned(as: Structure.self)
        }
    }
}
