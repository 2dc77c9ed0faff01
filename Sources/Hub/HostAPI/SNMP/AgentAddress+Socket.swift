import Glibc
import NIOCore
import SNMP

/// By way of the bytes of `sockaddr_in` and `sockaddr_in6`.
extension AgentAddress {
    /// Nil for a socket file.
    init?(_ address: SocketAddress) {
        let isIPv6 = address.protocol == .inet6
        guard isIPv6 || address.protocol == .inet else { return nil }
        self = address.withSockAddr { pointer, size in
            let bytes = UnsafeRawBufferPointer(start: pointer, count: size)
            let port = UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
            guard isIPv6 else {
                let address = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
                return AgentAddress(ipv4: address, port: port)
            }
            let high = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            let low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
            let scope = bytes.loadUnaligned(fromByteOffset: 24, as: UInt32.self)
            return AgentAddress(ipv6: (high, low), scope: scope, port: port)
        }
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
