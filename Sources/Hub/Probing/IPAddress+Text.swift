import Glibc

extension IPAddress {
    /// The canonical form: four decimal numbers, or IPv6 as inet_ntop(3) writes it.
    var text: String {
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { buffer in
            guard let start = buffer.baseAddress,
                let end = inet_ntop(family, bytes, start, socklen_t(buffer.count))
            else { return "" }
            return String(cString: end)
        }
    }

    /// As it stands before a port.
    var bracketed: String { bytes.count == 4 ? text : "[\(text)]" }
}
