import Testing

@testable import Hub

@Suite struct RequestTargetTests {
    @Test(arguments: [
        ("/metrics", "/metrics"), ("/", "/"), ("", "/"), ("/metrics?x", "/metrics"), ("/%6detrics", "/metrics"),
        ("http://host:9090/metrics?x=1", "/metrics"), ("http://host", "/"), ("http://host?x=1", "/"),
        ("/metrics#top", "/metrics"), ("/a+b", "/a+b"), ("*", "*"),
    ])
    func thePathIsFound(target: String, path: String) throws {
        #expect(try RequestTarget(target).path == path)
    }

    @Test func queryValuesAreDecoded() throws {
        let query = try RequestTarget("/metrics?plugin=a%20b+c&plugin=%E6%B8%A9&&strict").query
        #expect(query.map(\.name) == ["plugin", "plugin", "strict"])
        #expect(query.map(\.value) == ["a b c", "温", ""])
    }

    @Test(arguments: [
        ("/metrics?plugin=%", "request target has an incomplete percent-encoding"),
        ("/metrics?plugin=%4", "request target has an incomplete percent-encoding"),
        ("/metrics?plugin=%zz", "request target has an incomplete percent-encoding"),
        ("/%ff", "request target is not UTF-8"),
    ])
    func brokenEncodingIsRefused(target: String, reason: String) {
        #expect(throws: BadRequest(reason: reason)) { try RequestTarget(target) }
    }

    @Test func pluginsAndStrictnessAreRead() throws {
        let request = try MetricsPage.parse(RequestTarget("/metrics?plugin=node&strict=1&plugin=rtx&utm=x"))
        #expect(request == ScrapeRequest(plugins: ["node", "rtx"], isStrict: true))
    }

    @Test(arguments: [
        ("strict=yes", "strict must be 1 or 0, got \"yes\""), ("plugin=", "plugin must not be empty"),
        ("plugin", "plugin must not be empty"),
    ])
    func aQueryWithoutSenseIsRefused(query: String, reason: String) {
        #expect(throws: BadRequest(reason: reason)) { try MetricsPage.parse(RequestTarget("/metrics?\(query)")) }
    }

    @Test(
        arguments: [
            ("10", .seconds(10)), ("0.5", .milliseconds(500)), ("", nil), ("0", nil), ("-1", nil), ("nan", nil),
            ("inf", nil), ("1e30", nil), ("ten", nil),
        ] as [(String, Duration?)]
    )
    func theScrapeTimeoutIsReadOrIgnored(text: String, timeout: Duration?) {
        #expect(MetricsPage.timeout(text) == timeout)
    }
}
