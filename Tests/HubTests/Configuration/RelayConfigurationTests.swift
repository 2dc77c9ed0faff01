import Foundation
import Relay
import Testing

@testable import Hub

struct RelayConfigurationTests {
    @Test func aURLAloneIsEnough() throws {
        let relays = try decodeConfiguration("relay: [\"http://vps.example:8080\"]").relays
        #expect(relays.map(\.url.text) == ["http://vps.example:8080/"])
        #expect(relays.first?.targets.isEmpty == true)
    }

    @Test func everythingOfARelayIsRead() throws {
        let text = """
            relay:
              - url: https://vps.example/relay
                name: raspberrypi
                token: opensesame
                tls: { ca_file: ca.pem, certificate_file: /c.pem, key_file: /k.pem }
                labels: { site: home }
                targets:
                  - 192.168.0.5:9100
                  - { address: "[2001:db8::6]:9100", port: 9101, labels: { room: attic } }
                  - { address: "https://nas:9100", name: NAS }
            """
        let relay = try #require(try decodeConfiguration(text).relays.first)
        #expect(relay.authorization?.reveal() == "Bearer opensesame")
        #expect(relay.tls.authorityFile == "ca.pem")
        #expect(relay.targets.map(\.name) == ["raspberrypi", "raspberrypi", "nas"])
        #expect(relay.targets.map(\.port) == [9_100, 9_101, 9_100])
        #expect(relay.targets.map(\.authority) == ["192.168.0.5:9100", "[2001:db8::6]:9100", "nas:9100"])
        #expect(relay.targets.map(\.isSecure) == [false, false, true])
        #expect(!printedForms(relay).contains("opensesame"))
    }

    @Test(arguments: [
        InvalidCase("relay: http://a", "hub.yml:1: relay must be a list of URLs or maps, got \"http://a\""),
        InvalidCase(
            "relay: [\"a:8080\"]",
            "hub.yml:1: url of a relay must be an http or https URL, as in http://relay.example:8080"
        ),
        InvalidCase("relay: [{ name: a }]", "hub.yml:1: a relay must have a url"),
        InvalidCase("relay:\n  - http://a\n  - http://a/", "hub.yml:3: relay \"http://a:80/\" is listed twice"),
        InvalidCase("relay: [{ url: \"http://a\", port: 1 }]", "hub.yml:1: unknown key \"port\""),
        InvalidCase(
            "relay: [{ url: \"http://a\", token: b, username: c }]",
            "hub.yml:1: a relay must have token, or username and password, not both"
        ),
        InvalidCase(
            "relay: [{ url: \"http://a\", name: \"b/c\" }]",
            "hub.yml:1: name of a relay must be a host name or an address, got \"b/c\""
        ),
        InvalidCase(
            "relay: [{ url: \"http://a\", tls: { key_file: b } }]",
            "hub.yml:1: tls must have certificate_file and key_file, or neither"
        ),
        InvalidCase(
            "relay: [{ url: \"http://a\", targets: [nas] }]",
            "hub.yml:1: a target must be an address with a port, as in 192.168.0.5:9100"
        ),
        InvalidCase(
            "relay:\n  - url: http://a\n    targets:\n      - a:1\n      - { address: \"b:2\", port: 1 }",
            "hub.yml:5: port 1 is already another target's: give one of them another port or name"
        ),
        InvalidCase(
            "relay: [{ url: \"http://a\", poll_timeout: 0s }]",
            "hub.yml:1: poll_timeout must be greater than 0, got 0s"
        ),
    ])
    func aWrongRelayIsSaidWithItsLine(testCase: InvalidCase) {
        #expect(configurationProblems(testCase.text) == [testCase.message])
    }
}

struct ProxyConfigurationTests {
    private func problems(_ text: String) -> [String] {
        configurationProblems { () throws(ConfigurationError) in
            let document = try YAMLDocument(bytes: Array(text.utf8), path: "relay.yml")
            _ = try ProxyConfiguration(document, environment: ["TOKEN": "opensesame"])
        }
    }

    @Test func anEmptyFileIsTheDefault() throws {
        let document = try YAMLDocument(bytes: [], path: "relay.yml")
        #expect(try ProxyConfiguration(document, environment: [:]) == ProxyConfiguration())
    }

    @Test func filesStandBesideRelayYMLAndTokensAreHidden() throws {
        let text = """
            tls: { certificate_file: a.pem, key_file: /b.pem, client_ca_file: c.pem }
            clients: { pi: { token: "${TOKEN}" } }
            limits: { scrapes: 5 }
            """
        let document = try YAMLDocument(bytes: Array(text.utf8), path: "/etc/hub/relay.yml")
        let configuration = try ProxyConfiguration(document, environment: ["TOKEN": "opensesame"])
        #expect(configuration.tls?.certificateFile == "/etc/hub/a.pem")
        #expect(configuration.tls?.keyFile == "/b.pem")
        #expect(configuration.rules.acceptsCertificates)
        #expect(configuration.settings.broker.scrapes == 5)
        #expect(!printedForms(configuration).contains("opensesame"))
        #expect(configuration.secrets.redact("opensesame") == "<secret>")
    }

    @Test(arguments: [
        InvalidCase("listne: []", "relay.yml:1: unknown key \"listne\", did you mean \"listen\"?"),
        InvalidCase("tls: { key_file: a }", "relay.yml:1: tls must have certificate_file and key_file"),
        InvalidCase("clients: [a]", "relay.yml:1: clients must be a map, got a list"),
        InvalidCase(
            "clients:\n  \"a*\": {}",
            "relay.yml:2: client \"a*\" must be a host name, an address, or *. and a domain"
        ),
        InvalidCase("clients: { pi: { tokn: a } }", "relay.yml:1: unknown key \"tokn\", did you mean \"token\"?"),
        InvalidCase("clients: { pi: { token: \"\" } }", "relay.yml:1: token must not be empty"),
        InvalidCase(
            "scrapers:\n  - { username: a }",
            "relay.yml:2: an item of scrapers must have username and password, or token"
        ),
        InvalidCase("scrapers: {}", "relay.yml:1: scrapers must be a list, got a map"),
        InvalidCase("limits: { scrapes: 0 }", "relay.yml:1: scrapes must be greater than 0, got 0"),
        InvalidCase("dead_after: 2h", "relay.yml:1: dead_after must be at most 1h, got 2h"),
        InvalidCase(
            "scrape: { timeout: 1 }",
            "relay.yml:1: timeout must be a duration such as 250ms, 5s or 1m30s, got \"1\""
        ),
    ])
    func aWrongKeyIsSaidWithItsLine(testCase: InvalidCase) {
        #expect(problems(testCase.text) == [testCase.message])
    }

    @Test func aCheckNamesLinesAddressesAndCertificates() throws {
        func problems(_ text: String) throws -> [String] {
            try withTemporaryFile(Data(text.utf8)) { path in
                ProxyConfiguration.problems(path: path).map { $0.replacing(path, with: "relay.yml") }
            }
        }
        #expect(try problems("clients: { pi: { token: a } }") == [])
        #expect(
            try problems("limits: { scrape: 1 }\nlog: { levl: info }") == [
                "relay.yml:1: unknown key \"scrape\", did you mean \"scrapes\"?",
                "relay.yml:2: unknown key \"levl\", did you mean \"level\"?",
            ]
        )
        let unusable = try problems("listen: [\"a:b\"]\ntls: { certificate_file: /absent.pem, key_file: /absent.key }")
        #expect(unusable.count == 2)
        #expect(unusable.first?.hasPrefix("relay.yml: ") == true && unusable.first?.contains("a:b") == true)
        #expect(unusable.last?.hasPrefix("relay.yml: tls: cannot read /absent.pem: ") == true)
        #expect(
            ProxyConfiguration.problems(path: "/absent.yml") == [
                "/absent.yml: cannot be read: no such file or directory"
            ]
        )
    }
}
