import Testing

@testable import Hub

/// Hosts with ports as scripts and hub.yml write them.
@Suite struct EndpointTests {
    @Test(arguments: [
        ("router:23", "router", 23), ("ROUTER.Example.:23", "router.example", 23),
        ("192.0.2.1:65535", "192.0.2.1", 65535),
        ("[2001:DB8::1]:80", "2001:db8::1", 80), ("[::1%lo]:1", "::1%lo", 1), ("[FE80::1%Eth0]:1", "fe80::1%Eth0", 1),
        ("127.1:80", "127.1", 80), ("0x7f.1:80", "0x7f.1", 80), ("2130706433:80", "2130706433", 80),
        ("_service.example:00080", "_service.example", 80), ("1.2.3.4.:80", "1.2.3.4", 80),
    ])
    func hostAndPortAreTakenApart(text: String, host: String, port: Int) throws {
        let endpoint = try #require(Endpoint(text))
        #expect(endpoint.host == host)
        #expect(endpoint.port == port)
    }

    @Test(arguments: [
        "router", "router:", ":23", "router:0", "router:65536", "router:+1", "router:-1", "router: 23", "router:23 ",
        "router:1e2", "router:0x17", "router:٢٣", "router:23:24", "router:999999999999999999999", "2001:db8::1",
        "2001:db8::1:80x", "[2001:db8::1]", "[2001:db8::1]80", "[2001:db8::1]:", "[router]:80", "[127.0.0.1]:80",
        "[::1%]:80", "[::1%a/b]:80", "[::1%a b]:80", "[::1%25lo]x:80", "[]:80", "[:80", ".:80", "..:80", "a..b:80",
        ".a:80", "a..:80", "-a:80", "a b:80", "a/b:80", "a@b:80", "a%2eb:80", "a\\b:80", "a\tb:80", "a\0b:80", "ä:80",
        "", " ", "http://", "*:80", "a?b:80", "a#b:80",
    ])
    func whatIsNoHostWithAPortIsRefused(text: String) {
        #expect(Endpoint(text) == nil)
    }

    @Test(arguments: [
        ("router", "router", nil), ("router:23", "router", 23), ("2001:db8::1", "2001:db8::1", nil),
        ("[2001:db8::1]", "2001:db8::1", nil), ("[2001:db8::1]:161", "2001:db8::1", 161),
        ("http://web/status", "web", 80), ("https://web", "web", 443), ("http://u:p@Web.:8080/x?y", "web", 8080),
        ("https://[::1]:8443/", "::1", 8443),
    ])
    func targetsAreHostsWithOrWithoutAPortOrURLs(text: String, host: String, port: Int?) throws {
        let found = try #require(Endpoint.split(text))
        #expect(found.host == host)
        #expect(found.port == port)
    }

    @Test(arguments: ["http+unix://%2Frun%2Fx.sock/", "unix:/run/x.sock", "ftp://host/", "a target", "host:port"])
    func otherTargetsHaveNoHost(text: String) {
        #expect(Endpoint.split(text) == nil)
    }

    @Test func aLongNameIsRefused() {
        #expect(Endpoint(String(repeating: "a", count: 255) + ":1") != nil)
        #expect(Endpoint(String(repeating: "a", count: 256) + ":1") == nil)
    }
}
