import NIOHTTP1
import Testing

@testable import Relay

struct AccessRulesTests {
    private func rules() -> AccessRules {
        var rules = AccessRules()
        rules.clients = [
            .init(name: "pi", token: Token("one")), .init(name: "*.home", token: Token("two")),
            .init(name: "sealed", token: nil),
        ]
        rules.scrapers = [
            .init(username: "prometheus", password: Token("three")), .init(username: nil, password: Token("four")),
        ]
        return rules
    }

    @Test func withoutRulesAnyoneMayPollAndScrape() {
        #expect(AccessRules().client("pi", authorization: nil, certificateNames: []) == .allowed)
        #expect(AccessRules().scraper([:]).0 == .allowed)
    }

    @Test(arguments: [
        ("pi", "Bearer one", AccessRules.Verdict.allowed), ("pi", "bearer one", .allowed),
        ("pi", "Basic cGk6b25l", .allowed),  // pi:one
        ("pi", "Bearer two", .forbidden), ("pi", "Bearer wrong", .unknown), ("pi", "Bearer ", .unknown),
        ("pi", "Basic !", .unknown), ("pi", "Digest one", .unknown), ("a.home", "Bearer two", .allowed),
        ("a.b.home", "Bearer two", .allowed), ("home", "Bearer two", .forbidden), (".home", "Bearer two", .forbidden),
        ("nothome", "Bearer two", .forbidden), ("sealed", "Bearer one", .forbidden),
    ])
    func aTokenOpensItsNamesOnly(name: String, authorization: String, verdict: AccessRules.Verdict) {
        #expect(rules().client(name, authorization: authorization, certificateNames: []) == verdict)
    }

    @Test func aCertificateOpensTheNamesInIt() {
        var rules = rules()
        rules.acceptsCertificates = true
        #expect(rules.client("sealed", authorization: nil, certificateNames: ["other", "sealed"]) == .allowed)
        #expect(rules.client("x.lan", authorization: nil, certificateNames: ["*.lan"]) == .allowed)
        #expect(rules.client("sealed", authorization: nil, certificateNames: ["other"]) == .forbidden)
        #expect(rules.client("sealed", authorization: nil, certificateNames: []) == .unknown)
        rules.clients = []
        #expect(rules.client("pi", authorization: nil, certificateNames: []) == .unknown)
    }

    @Test func certificatesCountOnlyWhereTheyAreChecked() {
        #expect(rules().client("sealed", authorization: nil, certificateNames: ["sealed"]) != .allowed)
    }

    @Test(arguments: [
        ("Proxy-Authorization", "Basic cHJvbWV0aGV1czp0aHJlZQ=="), ("Authorization", "Bearer four"),
    ])
    func aScraperShowsItselfToTheProxyOrToTheTarget(field: String, value: String) {
        let (verdict, found) = rules().scraper([field: value])
        #expect(verdict == .allowed)
        #expect(found == field)
    }

    @Test(arguments: [
        "Basic cHJvbWV0aGV1czpmb3Vy",  // prometheus:four
        "Bearer three", "Bearer one", "",
    ])
    func aWrongScraperIsUnknown(value: String) {
        #expect(rules().scraper(["Proxy-Authorization": value]).0 == .unknown)
    }

    @Test func tokensAreNotShown() {
        #expect("\(Token("hidden"))" == "<secret>")
        #expect(!String(reflecting: rules()).contains("three"))
        var text = ""
        dump(rules(), to: &text)
        #expect(!text.contains("three"))
    }
}
