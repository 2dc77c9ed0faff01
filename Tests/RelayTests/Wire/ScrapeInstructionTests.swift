import NIOCore
import NIOHTTP1
import Testing

@testable import Relay

struct ScrapeInstructionTests {
    private func instruction(_ url: String, _ headers: HTTPHeaders) throws -> ScrapeInstruction {
        ScrapeInstruction(method: "GET", url: try #require(ScrapeURL(url)), headers: headers)
    }

    /// The order is that of Go's `Request.WriteProxy`.
    @Test func aScrapeIsWrittenAsPushProxWritesIt() throws {
        let scrape = try instruction(
            "http://raspberrypi:9090/federate?match%5B%5D=up",
            [
                "Host": "raspberrypi:9090", "User-Agent": "Prometheus/2.42.0+ds", "Accept": "text/plain",
                "Accept-Encoding": "gzip", "X-Prometheus-Scrape-Timeout-Seconds": "10",
            ]
        )
        let lines = [
            "GET http://raspberrypi:9090/federate?match%5B%5D=up HTTP/1.1", "Host: raspberrypi:9090",
            "User-Agent: Prometheus/2.42.0+ds", "Accept: text/plain", "Accept-Encoding: gzip", "Id: 42",
            "X-Prometheus-Scrape-Timeout-Seconds: 9.7", "", "",
        ]
        #expect(String(buffer: scrape.serialised(id: "42", seconds: 9.7)) == lines.joined(separator: "\r\n"))
    }

    @Test func anIdOfTheCallersAndHopByHopFieldsAreLeftOut() throws {
        let scrape = try instruction(
            "http://a/",
            [
                "Id": "mine", "Connection": "X-Own, close", "X-Own": "1", "Proxy-Connection": "keep-alive",
                "Proxy-Authorization": "Basic eA==", "Authorization": "Bearer t", "TE": "trailers", "Accept": "*/*",
            ]
        )
        #expect(scrape.headers.map(\.name) == ["Authorization", "Accept"])
    }

    @Test(arguments: [(1.0, "1"), (0.25, "0.25"), (9.5, "9.5"), (300, "300"), (0.001, "0.001"), (12.3456, "12.346")])
    func secondsAreWrittenShort(seconds: Double, text: String) {
        #expect(ScrapeInstruction.number(seconds) == text)
    }

    @Test func identifiersAreOfVersion4AndDiffer() throws {
        let ids = (0..<100).map { _ in ScrapeID.random() }
        #expect(Set(ids).count == 100)
        for id in ids {
            _ = try #require(id.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/))
        }
    }
}

struct ScrapeURLTests {
    @Test(arguments: [
        ("http://raspberrypi:9090/m?x=1", "raspberrypi", 9_090, "/m?x=1", "raspberrypi:9090"),
        ("http://RaspberryPi./", "raspberrypi", nil, "/", "RaspberryPi."),
        ("http://[2001:DB8::7]:9100/metrics", "2001:db8::7", 9_100, "/metrics", "[2001:DB8::7]:9100"),
        ("http://[fe80::1%25eth0]/", "fe80::1%25eth0", nil, "/", "[fe80::1%25eth0]"),
        ("http://user:pass@host:1", "host", 1, "/", "host:1"),
        ("https://host?a=b#c", "host", nil, "/?a=b", "host"),
    ])
    func aURLIsTakenApart(text: String, name: String, port: Int?, target: String, authority: String) throws {
        let url = try #require(ScrapeURL(text))
        #expect(url.name == name)
        #expect(url.port == port)
        #expect(url.target == target)
        #expect(url.authority == authority)
    }

    @Test(arguments: [
        "/metrics", "ftp://a/", "http://", "http:///x", "http://a:0/", "http://a:99999/", "http://a:x/", "http://::1/",
        "http://[::1/", "http://[::1]x/", "http://a b/", "http://a/\u{7f}",
    ])
    func whatIsNoURLIsRefused(text: String) {
        #expect(ScrapeURL(text) == nil)
    }

    @Test(arguments: [
        ("http://a/m?_scheme=https", true, "/m"), ("http://a/m?x=1&_scheme=https&y=2", true, "/m?x=1&y=2"),
        ("http://a/m?_scheme=http", false, "/m?_scheme=http"), ("http://a/m", false, "/m"),
    ])
    func theSchemeParameterIsTakenOut(text: String, isThere: Bool, target: String) throws {
        var url = try #require(ScrapeURL(text))
        #expect(url.takeSchemeParameter() == isThere)
        #expect(url.target == target)
    }
}
