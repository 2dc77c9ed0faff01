import Glibc
import NIOCore

/// An IPv4 or IPv6 address without port and zone.
///
/// An IPv4 address mapped into IPv6 (`::ffff:192.0.2.1`) is the IPv4 address it stands for, so that it cannot slip past
/// a rule that speaks of the other form.
struct IPAddress: Sendable, Hashable {
    /// 4 or 16 bytes in network order.
    let bytes: [UInt8]

    private static let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]

    private init(raw bytes: [UInt8]) {
        self.bytes = bytes.count == 16 && bytes.starts(with: Self.mapped) ? Array(bytes[12...]) : bytes
    }

    /// Reads the usual spellings only: four decimal numbers, or IPv6 as RFC 4291 writes it, with a zone or without.
    ///
    /// `127.1` and `0x7f000001`, which the C library's resolver takes, are names here and have to be resolved.
    init?(_ text: some StringProtocol) {
        let address = String(text.prefix { $0 != "%" })
        let zone = text.dropFirst(address.count)
        // A C string would end at a NUL, wherever the text does.
        guard !address.utf8.contains(0) else { return nil }
        if zone.isEmpty, let bytes = Self.parse(address, family: AF_INET, size: 4) {
            self.init(raw: bytes)
        } else if zone.isEmpty || Endpoint.isName(zone.dropFirst()),
            let bytes = Self.parse(address, family: AF_INET6, size: 16)
        {
            self.init(raw: bytes)
        } else {
            return nil
        }
    }

    private static func parse(_ text: String, family: CInt, size: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: size)
        return bytes.withUnsafeMutableBytes { inet_pton(family, text, $0.baseAddress) } == 1 ? bytes : nil
    }

    /// Nil for a socket file.
    init?(_ address: SocketAddress) {
        // Where `sin_addr` and `sin6_addr` are in their structures.
        let place: Range<Int>
        switch address.protocol {
        case .inet: place = 4..<8
        case .inet6: place = 8..<24
        default: return nil
        }
        self.init(raw: address.withSockAddr { Array(UnsafeRawBufferPointer(start: $0, count: $1)[place]) })
    }
}

/// A block of addresses in CIDR notation (RFC 4632): `192.168.0.0/16`, `2001:db8::/32`.
struct IPNetwork: Sendable, Hashable {
    private let base: IPAddress
    private let length: Int

    init(_ address: IPAddress) {
        base = address
        length = 8 * address.bytes.count
    }

    /// Nil when the text has no `/`, or not a prefix length that the address can have.
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPAddress(parts[0]), !parts[0].contains("%"),
            parts[1].utf8.allSatisfy({ $0 &- 0x30 < 10 }), let length = Int(parts[1]),
            (0...8 * address.bytes.count).contains(length)
        else { return nil }
        base = address
        self.length = length
    }

    func contains(_ address: IPAddress) -> Bool {
        guard address.bytes.count == base.bytes.count else { return false }
        let whole = length / 8
        guard address.bytes[..<whole].elementsEqual(base.bytes[..<whole]) else { return false }
        let mask = UInt8(truncatingIfNeeded: 0xFF00 >> (length % 8))
        return length % 8 == 0 || address.bytes[whole] & mask == base.bytes[whole] & mask
    }
}
