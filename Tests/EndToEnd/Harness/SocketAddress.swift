import Glibc

extension Endpoint {
    var socketAddress: sockaddr_storage {
        get throws {
            switch self {
            case .ipv4(let port):
                var address = sockaddr_in()
                address.sin_family = sa_family_t(AF_INET)
                address.sin_port = port.bigEndian
                address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
                return stored(address)
            case .ipv6(let port):
                var address = sockaddr_in6()
                address.sin6_family = sa_family_t(AF_INET6)
                address.sin6_port = port.bigEndian
                address.sin6_addr = in6addr_loopback
                return stored(address)
            case .unix(let path):
                return try stored(unixAddress(path))
            }
        }
    }

    var addressLength: socklen_t {
        switch self {
        case .ipv4: socklen_t(MemoryLayout<sockaddr_in>.size)
        case .ipv6: socklen_t(MemoryLayout<sockaddr_in6>.size)
        case .unix: socklen_t(MemoryLayout<sockaddr_un>.size)
        }
    }
}

private func unixAddress(_ path: String) throws -> sockaddr_un {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
        throw HarnessError(description: "socket path too long: \(path)")
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    return address
}

private func stored<Address>(_ address: Address) -> sockaddr_storage {
    var storage = sockaddr_storage()
    withUnsafeMutableBytes(of: &storage) { storage in
        withUnsafeBytes(of: address) { storage.copyMemory(from: $0) }
    }
    return storage
}

/// A port nobody listens on at this moment, in both families.
func freePort() throws -> UInt16 {
    for _ in 0..<20 {
        var port = UInt16(0)
        let first = try bound(.ipv4(0), &port)
        defer { close(first) }
        if let second = try? bound(.ipv6(port), &port) {
            close(second)
            return port
        }
    }
    throw HarnessError(description: "found no port that is free in both families")
}

/// Binds a socket to `endpoint` and says which port it got.
func bound(_ endpoint: Endpoint, _ port: inout UInt16, _ type: __socket_type = SOCK_STREAM) throws -> Int32 {
    var address = try endpoint.socketAddress
    var length = endpoint.addressLength
    let descriptor = socket(Int32(address.ss_family), Int32(type.rawValue), 0)
    let done = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
        }
    }
    guard done else {
        close(descriptor)
        throw HarnessError(description: "bind \(endpoint): \(String(cString: strerror(errno)))")
    }
    // The port is at the same place in both families' addresses.
    port = withUnsafeBytes(of: address) { UInt16(bigEndian: $0.load(fromByteOffset: 2, as: UInt16.self)) }
    return descriptor
}
