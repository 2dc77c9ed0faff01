/// Where an agent is: an address of IPv4 or IPv6 with a port.
package struct AgentAddress: Hashable, Sendable {
    /// The 16 bytes of an IPv6 address, most significant first; those of IPv4 are in the lowest four.
    package let high: UInt64
    package let low: UInt64
    package let isIPv6: Bool
    /// The interface that a link-local address belongs to.
    package let scope: UInt32
    package let port: UInt16

    package init(ipv4 address: UInt32, port: UInt16) {
        (high, low, isIPv6, scope) = (0, UInt64(address), false, 0)
        self.port = port
    }

    package init(ipv6 address: (high: UInt64, low: UInt64), scope: UInt32, port: UInt16) {
        (high, low) = address
        isIPv6 = true
        self.scope = scope
        self.port = port
    }
}
