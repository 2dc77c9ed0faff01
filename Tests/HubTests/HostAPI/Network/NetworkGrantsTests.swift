import NIOCore
import Testing

@testable import Hub

/// What may be reached, by name before it is resolved and by address afterwards.
@Suite struct NetworkGrantsTests {
    private func patterns(_ texts: [String]) throws -> [NetworkPattern] {
        try texts.map { try #require(NetworkPattern($0), "\($0)") }
    }

    private func verdict(
        _ endpoint: String,
        _ declared: [String],
        allowed: [String]? = nil
    ) throws
        -> NetworkGrants.Verdict
    {
        let grants = NetworkGrants(declared: try patterns(declared), allowed: try allowed.map(patterns))
        return grants.verdict(try #require(Endpoint(endpoint)))
    }

    @Test(arguments: [
        ("router:23", "router:23"), ("router:*", "router:9"), ("Router.:23", "router:23"), ("router:23", "ROUTER.:23"),
        ("*:80", "anything:80"), ("*:80", "[::1]:80"), ("192.168.0.0/16:23", "192.168.3.4:23"),
        ("10.0.0.1:*", "10.0.0.1:5"),
        ("[2001:db8::/32]:*", "[2001:db8::7]:161"), ("[::1]:80", "[0:0:0:0:0:0:0:1]:80"), ("[::1]:80", "[::1%1]:80"),
        ("127.0.0.0/8:80", "[::ffff:127.0.0.1]:80"), ("[::ffff:127.0.0.1]:80", "127.0.0.1:80"),
    ])
    func anEndpointThatAPatternNamesIsGranted(pattern: String, endpoint: String) throws {
        #expect(try verdict(endpoint, [pattern]) == .granted)
    }

    @Test(arguments: [
        ("router:23", "router:24"), ("router:23", "router2:23"), ("router:23", "sub.router:23"), ("*:80", "any:81"),
        ("192.168.0.0/16:23", "192.169.0.1:23"), ("192.168.0.0/16:23", "192.168.0.1:24"),
        ("192.168.0.0/16:23", "name:24"),
        ("[::/0]:80", "127.0.0.1:80"), ("0.0.0.0/0:80", "[::1]:80"), ("unix:/run/x", "run:80"),
        ("[2001:db8::/32]:80", "[::ffff:10.0.0.1]:80"),
    ])
    func anotherEndpointIsDenied(pattern: String, endpoint: String) throws {
        #expect(try verdict(endpoint, [pattern]) == .denied)
    }

    /// The C library's resolver takes these for addresses; here they are names, and it depends on what they lead to.
    @Test(arguments: ["127.1", "0x7f.0.0.1", "0177.0.0.1", "2130706433", "localhost", "any.example"])
    func aNameNeedsAnAddressThatIsGranted(host: String) throws {
        #expect(try verdict("\(host):80", ["127.0.0.0/8:80"]) == .needsAddress)
        #expect(try verdict("\(host):80", ["127.0.0.0/8:81", "other:80"]) == .denied)
    }

    @Test func whatIsNotAllowedIsNotGranted() throws {
        #expect(try verdict("router:23", ["router:*"], allowed: ["router:23"]) == .granted)
        #expect(try verdict("router:24", ["router:*"], allowed: ["router:23"]) == .denied)
        #expect(try verdict("router:23", ["router:*"], allowed: []) == .denied)
        #expect(try verdict("router:23", ["router:*"], allowed: ["10.0.0.0/8:*"]) == .needsAddress)
        #expect(try verdict("router:23", [], allowed: ["*:*"]) == .denied)
        #expect(try verdict("10.0.0.1:23", ["*:*"], allowed: ["192.168.0.0/16:*"]) == .denied)
    }

    @Test func onlyAddressesThatAreGrantedAreUsed() throws {
        let found = try ["127.0.0.1", "10.0.0.1", "10.0.0.2", "::1", "::ffff:10.0.0.3"].map {
            try SocketAddress(ipAddress: $0, port: 0)
        }
        func permitted(
            _ declared: [String],
            allowed: [String]? = nil,
            _ endpoint: String = "name:80"
        ) throws -> [String] {
            let grants = NetworkGrants(declared: try patterns(declared), allowed: try allowed.map(patterns))
            return grants.permitted(found, of: try #require(Endpoint(endpoint))).map { AddressFormatter.host($0) }
        }
        #expect(try permitted(["name:80"]) == ["127.0.0.1", "10.0.0.1", "10.0.0.2", "::1", "10.0.0.3"])
        #expect(try permitted(["10.0.0.0/8:80"]) == ["10.0.0.1", "10.0.0.2", "10.0.0.3"])
        #expect(try permitted(["10.0.0.0/8:81"]) == [])
        #expect(try permitted(["name:80"], allowed: ["10.0.0.2:80", "[::1]:*"]) == ["10.0.0.2", "::1"])
        #expect(try permitted(["10.0.0.1:80", "10.0.0.2:80"], allowed: ["name:80"]) == ["10.0.0.1", "10.0.0.2"])
        #expect(try permitted(["10.0.0.1:80"], allowed: ["10.0.0.2:80"]) == [])
    }

    @Test func aLookupNeedsTheNameAtAnyPort() throws {
        let grants = NetworkGrants(declared: try patterns(["router:23", "10.0.0.0/8:*"]), allowed: nil)
        #expect(grants.permits(lookup: "ROUTER."))
        #expect(grants.permits(lookup: "10.1.2.3"))
        #expect(!grants.permits(lookup: "other"))
        let narrowed = NetworkGrants(declared: try patterns(["*:53"]), allowed: try patterns(["router:53"]))
        #expect(narrowed.permits(lookup: "router"))
        #expect(!narrowed.permits(lookup: "other"))
    }

    @Test func aSocketFileIsGrantedByItsExactPath() throws {
        let grants = NetworkGrants(declared: try patterns(["unix:/run/x.sock", "*:*"]), allowed: nil)
        #expect(grants.permits(unix: "/run/x.sock"))
        for path in ["/run/x.sock/", "/run//x.sock", "/run/./x.sock", "/run/y.sock", "run/x.sock", ""] {
            #expect(!grants.permits(unix: path), "\(path)")
        }
    }

    @Test(arguments: [
        "router", "router:", ":23", "router:0", "router:65536", "router:+1", "*", "*.example:80", "2001:db8::1:80",
        "[router]:80", "[2001:db8::1]", "10.0.0.0/33:80", "10.0.0.0/8", "unix:", "unix:x", "unix:/a/../b", "unix:/a/",
        "http://host/", "a b:80", "host:80 ", "", "targets", "host:1-5", "ä:80",
    ])
    func whatIsNoPatternIsRefused(text: String) {
        #expect(NetworkPattern(text) == nil)
    }
}
