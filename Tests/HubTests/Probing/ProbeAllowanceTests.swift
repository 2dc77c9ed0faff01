import Testing

@testable import Hub

/// Whatever a client writes for a target, it leads to the allowed networks and ports and nowhere else.
@Suite struct ProbeAllowanceTests {
    private static let allowance = ProbeAllowance(
        ProbeConfiguration(networks: ["192.168.0.0/16", "2001:db8::/32"], ports: [23, 8080])
    )

    /// What a text leads to: the plugin's address and, after an arrow, the grants; or why it is refused.
    private static func outcome(_ text: String, _ allowance: ProbeAllowance = Self.allowance) -> String {
        do {
            let target = try allowance.target(text)
            return "\(target.address) -> \(target.grants?.joined(separator: " ") ?? "all")"
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [
        ("192.168.0.7", "192.168.0.7 -> 192.168.0.7:23 192.168.0.7:8080"),
        ("192.168.0.7:23", "192.168.0.7:23 -> 192.168.0.7:23 192.168.0.7:8080"),
        ("2001:db8::7", "2001:db8::7 -> [2001:db8::7]:23 [2001:db8::7]:8080"),
        ("[2001:db8::7]", "2001:db8::7 -> [2001:db8::7]:23 [2001:db8::7]:8080"),
        ("[2001:DB8:0::0007]:23", "[2001:db8::7]:23 -> [2001:db8::7]:23 [2001:db8::7]:8080"),
        (
            "http://192.168.0.7:8080/server-status?a=b#c",
            "http://192.168.0.7:8080/server-status?a=b -> 192.168.0.7:23 192.168.0.7:8080"
        ),
        (
            "HTTPS://[2001:DB8::7]:8080",
            "https://[2001:db8::7]:8080 -> [2001:db8::7]:23 [2001:db8::7]:8080"
        ),
    ])
    func anAddressInTheNetworksIsGrantedAlone(text: String, outcome: String) {
        #expect(Self.outcome(text) == outcome)
    }

    @Test(arguments: ["router.example", "ROUTER.Example.", "router.example:23"])
    func aNameIsGrantedTheNetworksOnly(text: String) throws {
        let target = try Self.allowance.target(text)
        #expect(target.address.hasPrefix("router.example"))
        #expect(!target.address.contains(".:") && !target.address.hasSuffix("."))
        #expect(
            target.grants == [
                "192.168.0.0/16:23", "192.168.0.0/16:8080", "[2001:db8::/32]:23", "[2001:db8::/32]:8080",
            ]
        )
    }

    @Test(arguments: [
        "127.0.0.1", "10.0.0.1:23", "192.169.0.1", "0.0.0.0", "255.255.255.255", "169.254.169.254",
        "::1", "[::1]:23", "::", "fe80::1", "2001:db9::1", "http://127.0.0.1:8080/", "http://[::1]:8080/",
    ])
    func addressesElsewhereAreRefused(text: String) {
        #expect(Self.outcome(text).hasSuffix("is in none of the allowed networks"))
    }

    /// IPv4 addresses in the clothes of IPv6 are what they stand for, or are not in the networks.
    @Test(arguments: [
        ("::ffff:127.0.0.1", "127.0.0.1 is in none of the allowed networks"),
        ("[::FFFF:7f00:1]:23", "127.0.0.1 is in none of the allowed networks"),
        ("http://[::ffff:7f00:1]:8080/", "127.0.0.1 is in none of the allowed networks"),
        ("0:0:0:0:0:ffff:10.0.0.1", "10.0.0.1 is in none of the allowed networks"),
        ("::ffff:192.168.0.7", "192.168.0.7 -> 192.168.0.7:23 192.168.0.7:8080"),
        ("[::ffff:192.168.0.7]:23", "192.168.0.7:23 -> 192.168.0.7:23 192.168.0.7:8080"),
        ("::192.168.0.7", "::192.168.0.7 is in none of the allowed networks"),
        ("64:ff9b::192.168.0.7", "64:ff9b::c0a8:7 is in none of the allowed networks"),
        ("2002:c0a8:7::", "2002:c0a8:7:: is in none of the allowed networks"),
    ])
    func mappedAddressesAreWhatTheyStandFor(text: String, outcome: String) {
        #expect(Self.outcome(text) == outcome)
    }

    @Test func allOfIPv6DoesNotCoverIPv4() {
        let allowance = ProbeAllowance(ProbeConfiguration(networks: ["::/0"], ports: [23]))
        #expect(Self.outcome("::ffff:127.0.0.1", allowance) == "127.0.0.1 is in none of the allowed networks")
        #expect(Self.outcome("127.0.0.1", allowance) == "127.0.0.1 is in none of the allowed networks")
        #expect(Self.outcome("2001:db8::1", allowance) == "2001:db8::1 -> [2001:db8::1]:23")
    }

    /// What inet_aton(3) or a browser takes for 127.0.0.1, 192.168.0.7 and others.
    @Test(arguments: [
        "0x7f.1", "0X7F.1", "0x7f000001", "2130706433", "127.1", "127.0.1", "0177.0.0.1", "192.168.7", "192.168.0.07",
        "192.168.0.0x7", "3232235527", "1.2.3.4.5", "router.1", "router.0x1", "0",
        "192.168.0.256", "192.168.000.7", "http://0x7f.1:8080/", "http://2130706433:8080/",
    ])
    func oddFormsOfIPv4AreRefused(text: String) {
        #expect(Self.outcome(text) == "an IPv4 address must be four decimal numbers")
    }

    @Test(arguments: [
        ("192.168.0.7.", "192.168.0.7 -> 192.168.0.7:23 192.168.0.7:8080"),
        ("127.0.0.1.", "127.0.0.1 is in none of the allowed networks"),
        ("http://127.0.0.1.:8080/", "127.0.0.1 is in none of the allowed networks"),
        ("http://192.168.0.7.:8080/", "http://192.168.0.7:8080/ -> 192.168.0.7:23 192.168.0.7:8080"),
    ])
    func aFinalDotSaysNothing(text: String, outcome: String) {
        #expect(Self.outcome(text) == outcome)
    }

    @Test(arguments: [
        "2001:db8::7%eth0", "[2001:db8::7%eth0]:23", "[2001:db8::7%25eth0]:23", "http://[2001:db8::7%25lo]:8080/",
        "fe80::1%1", "192.168.0.7%lo", "%31%39%32.168.0.7", "http://192.168.0.7%00.evil:8080/", "rout%65r",
    ])
    func zonesAndPercentEncodingsInHostsAreRefused(text: String) {
        #expect(Self.outcome(text) == "an address must not have a zone")
    }

    @Test(arguments: [
        "http://192.168.0.7@evil.example:8080/", "http://192.168.0.7:8080@127.0.0.1:8080/",
        "http://a:b@192.168.0.7:8080/",
        "http://@192.168.0.7:8080/", "192.168.0.7@127.0.0.1", "user@192.168.0.7:23", "http://a@b@192.168.0.7:8080/",
    ])
    func userInformationIsRefused(text: String) {
        #expect(Self.outcome(text) == "it must not have user information")
    }

    @Test(arguments: [
        "", ":", ":23", "[", "[]", "[]:23", "[2001:db8::7", "[2001:db8::7]x", "[2001:db8::7]:", "[2001:db8::7]23",
        "192.168.0.7:", "192.168.0.7:0", "192.168.0.7:65536", "192.168.0.7:+23", "192.168.0.7:023456",
        "192.168.0.7:23:23",
        "192.168.0.7/24", "192.168.0.7/", "192.168.0.7?x", "192.168.0.7#x", "192.168.0.7,127.0.0.1", "192.168.0.7;x",
        "[192.168.0.7]:23", "http://", "http:///", "http://:8080/", "http://?x", "http://#@x", "//192.168.0.7:8080/",
        "http:192.168.0.7", "..", "a..b", ".router", "-router", "a_b:c", "*", "*:23", "192.168.*.7", "{192.168.0.7}",
        "http://192.168.0.7:8080:23/", "http://192.168.0.7 :8080/", "192.168.0.0/16:23", "unix:/run/x.sock", "unix:x",
        "router.example..", String(repeating: "a", count: 64), String(repeating: "a.", count: 130) + "a",
    ])
    func whatIsNoHostIsRefused(text: String) {
        let outcome = Self.outcome(text)
        #expect(!outcome.contains("->"), "\(outcome)")
    }

    @Test(arguments: [
        "ftp://192.168.0.7:23/", "file:///etc/passwd", "http+unix://%2Frun%2Fx.sock/", "gopher://192.168.0.7:23/",
        "javascript://192.168.0.7:23/", "://192.168.0.7:8080/", "x http://192.168.0.7:8080/",
    ])
    func otherSchemesAreRefused(text: String) {
        let outcome = Self.outcome(text)
        #expect(["only http and https URLs can be probed", "\(ProbeTargetError.unusualCharacters)"].contains(outcome))
    }

    @Test(arguments: [
        "192.168.0.7 127.0.0.1", "192.168.0.7\n127.0.0.1", "192.168.0.7\0", "192.168.0.7\r\nHost: x", "\t192.168.0.7",
        "http://192.168.0.7:8080\\@127.0.0.1/", "http:\\\\192.168.0.7:8080/", "192.168.0.7\u{7F}", "１９２.168.0.7",
        "192。168。0。7", "ⓡouter", "router\u{200B}", "http://192.168.0.7:8080/ä",
    ])
    func unusualCharactersAreRefused(text: String) {
        #expect(Self.outcome(text) == "\(ProbeTargetError.unusualCharacters)")
    }

    @Test(arguments: [
        ("192.168.0.7:22", 22), ("router.example:80", 80), ("http://192.168.0.7/", 80), ("https://192.168.0.7/", 443),
        ("https://router.example:443/", 443), ("[2001:db8::7]:161", 161),
    ])
    func otherPortsAreRefused(text: String, port: Int) {
        #expect(Self.outcome(text) == "port \(port) is not allowed")
    }

    /// A program that is given a name looks it up itself, and nobody checks where it leads.
    @Test(arguments: ["router.example", "router.example:23", "http://router.example:8080/"])
    func aPluginThatRunsProgramsTakesAddressesOnly(text: String) throws {
        #expect(throws: ProbeTargetError.nameForPrograms) { try Self.allowance.target(text, takesNames: false) }
        #expect(try Self.allowance.target("192.168.0.7", takesNames: false).address == "192.168.0.7")
    }

    @Test func aLongTextIsRefused() {
        let text = "http://192.168.0.7:8080/" + String(repeating: "x", count: ProbeAllowance.longest)
        #expect(Self.outcome(text) == "it is longer than 2048 bytes")
    }

    @Test func byDefaultNothingIsAllowed() {
        #expect(
            Self.outcome("192.168.0.7", ProbeAllowance(ProbeConfiguration())) == "only configured targets can be probed"
        )
    }

    /// Spellings of one address are one target, so that nobody can fill the table with them.
    @Test func spellingsOfOneAddressAreOneTarget() throws {
        let spellings = ["2001:db8::7", "[2001:db8::7]", "2001:DB8::7", "2001:db8:0:0:0:0:0:7", "2001:0db8::0.0.0.7"]
        #expect(try Set(spellings.map { try Self.allowance.target($0) }).count == 1)
        #expect(try Set(["router", "ROUTER", "router."].map { try Self.allowance.target($0) }).count == 1)
    }

    /// Ten thousand variations of what looks like a target end as a refusal or with grants inside the networks.
    @Test func noVariationLeavesTheNetworks() throws {
        let pieces = [
            "192.168.0.7", "127.0.0.1", "evil.example", "::1", "2001:db8::1", "::ffff:", "[", "]", ":", "@", "/", "//",
            "%",
            "http", "https", "://", "23", "8080", "0x7f", ".", "#", "?", "\\", "%2e", "%40",
        ]
        var random = SplitMix(state: 7)
        for _ in 0..<10_000 {
            let text = (0..<Int.random(in: 1...7, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }.joined()
            guard let target = try? Self.allowance.target(text) else { continue }
            for grant in target.grants ?? [] {
                let isInside = grant.hasPrefix("192.168.0.") || grant.hasPrefix("[2001:db8:")
                #expect(isInside && (grant.hasSuffix(":23") || grant.hasSuffix(":8080")), "\(text): \(grant)")
            }
        }
    }
}
