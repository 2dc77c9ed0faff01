import NIOCore
import Testing

@testable import Hub

/// Addresses and networks; what only the C library's resolver takes for an address is none.
@Suite struct IPAddressTests {
    @Test(arguments: [
        ("127.0.0.1", [127, 0, 0, 1]), ("0.0.0.0", [0, 0, 0, 0]), ("255.255.255.255", [255, 255, 255, 255]),
        ("::ffff:192.0.2.1", [192, 0, 2, 1]), ("::FFFF:C000:0201", [192, 0, 2, 1]),
        ("0:0:0:0:0:ffff:192.0.2.1", [192, 0, 2, 1]), ("::ffff:192.0.2.1%eth0", [192, 0, 2, 1]),
        ("::1", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
        ("fe80::1%eth0", [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
        ("::192.0.2.1", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 192, 0, 2, 1]),
    ])
    func theUsualSpellingsAreRead(text: String, bytes: [UInt8]) {
        #expect(IPAddress(text)?.bytes == bytes)
    }

    @Test(arguments: [
        "127.1", "0x7f.0.0.1", "0x7f000001", "2130706433", "0177.0.0.1", "127.0.0.01", "1.2.3", "1.2.3.4.5",
        "1.2.3.256",
        "1.2.3.4.", " 1.2.3.4", "1.2.3.4 ", "1.2.3.4%eth0", "1.2.3.4\0", "::1\0", "::1%", "::1%a b", "::1%/", "[::1]",
        "::1::", ":::", "12345::", "", "%", "localhost", "1.2.3.4/32",
    ])
    func otherSpellingsAreNoAddresses(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(arguments: ["192.0.2.7", "2001:db8::7", "::ffff:192.0.2.7"])
    func anAddressOfASocketIsTheSame(text: String) throws {
        #expect(try IPAddress(SocketAddress(ipAddress: text, port: 80)) == IPAddress(text))
    }

    @Test func aSocketFileHasNoAddress() throws {
        #expect(try IPAddress(SocketAddress(unixDomainSocketPath: "/run/x")) == nil)
    }

    @Test(arguments: [
        ("192.168.0.0/16", "192.168.255.255", true), ("192.168.0.0/16", "192.169.0.0", false),
        ("192.168.5.5/16", "192.168.0.1", true), ("10.0.0.0/8", "10.255.0.1", true), ("0.0.0.0/0", "8.8.8.8", true),
        ("0.0.0.0/0", "::1", false), ("192.0.2.128/25", "192.0.2.127", false), ("192.0.2.128/25", "192.0.2.128", true),
        ("192.0.2.1/32", "192.0.2.1", true), ("192.0.2.1/32", "192.0.2.0", false),
        ("2001:db8::/32", "2001:db8:ffff::1", true),
        ("2001:db8::/32", "2001:db9::1", false), ("::/0", "127.0.0.1", false), ("10.0.0.0/8", "::ffff:10.1.2.3", true),
        ("fe80::/10", "fe80::1%eth0", true), ("fe80::/10", "fec0::1", false),
    ])
    func aNetworkContainsItsAddresses(network: String, address: String, isInside: Bool) throws {
        let network = try #require(IPNetwork(network))
        #expect(try network.contains(#require(IPAddress(address))) == isInside)
    }

    @Test(arguments: [
        "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8", "10.0.0.0/a", "10/8",
        "::/129", "fe80::1%eth0/64", "/8", "router/8", "::ffff:10.0.0.0/104",
    ])
    func otherTextsAreNoNetworks(text: String) {
        #expect(IPNetwork(text) == nil)
    }
}
