import Testing

@testable import Hub

@Suite struct ListenAddressTests {
    @Test(arguments: [
        (":10100", ListenAddress.Place.everywhere(port: 10_100, families: .both)),
        ("ipv4://:10100", .everywhere(port: 10_100, families: .ipv4)),
        ("ipv6://:0", .everywhere(port: 0, families: .ipv6)),
        ("localhost:10100", .host("localhost", port: 10_100, families: .both)),
        ("1.2.3.4:80", .host("1.2.3.4", port: 80, families: .both)),
        ("[::1]:80", .host("::1", port: 80, families: .both)),
        ("[fe80::1%eth0]:80", .host("fe80::1%eth0", port: 80, families: .both)),
        ("ipv6://router.home:80", .host("router.home", port: 80, families: .ipv6)),
        ("unix:/run/hub.sock", .unix(path: "/run/hub.sock", mode: 0o660)),
        ("unix:/run/hub.sock?mode=0666", .unix(path: "/run/hub.sock", mode: 0o666)),
        ("systemd:", .systemd),
    ])
    func everyFormIsUnderstood(text: String, place: ListenAddress.Place) throws {
        #expect(try ListenAddress(text).place == place)
    }

    @Test(arguments: [
        ("", "listen \"\": port is missing (\":10100\" listens on every address)"),
        ("10100", "listen \"10100\": port is missing (\":10100\" listens on every address)"),
        ("[::1]", "listen \"[::1]\": port is missing (\":10100\" listens on every address)"),
        ("localhost:http", "listen \"localhost:http\": port must be 0 to 65535, got \"http\""),
        (":65536", "listen \":65536\": port must be 0 to 65535, got \"65536\""),
        ("::1:80", "listen \"::1:80\": an IPv6 address must stand in brackets, as in \"[::1]:10100\""),
        ("http://:80", "listen \"http://:80\": scheme must be ipv4 or ipv6, got \"http\""),
        ("a b:80", "listen \"a b:80\": host must be a name or an address, got \"a b\""),
        ("unix:", "listen \"unix:\": socket path must have 1 to 107 bytes, got 0"),
        ("unix:x?mode=9", "listen \"unix:x?mode=9\": only mode=0000 to mode=0777 may follow the path, got \"mode=9\""),
    ])
    func whatIsWrongIsSaid(text: String, message: String) {
        let error = #expect(throws: ListenError.self) { try ListenAddress(text) }
        #expect(error?.description == message)
    }
}
