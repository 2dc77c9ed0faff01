import Testing

@testable import Hub

/// `exposition.scrape`.
@Suite struct ScrapeTests {
    private func plugin(_ body: String, limits: String = "") async throws -> TestPlugin {
        try await TestPlugin(
            """
            plugin { help = "Test.", needs = { network = { "127.0.0.1:*" } } }
            local own = gauge("own", "h")
            function collect(target)
            \(body)
            end
            """,
            configuration: "plugins: { test: { targets: [{ address: a, name: one }], limits: { \(limits) } } }"
        )
    }

    /// The samples after `assert(exposition.scrape(URL, options))`.
    private func samples(_ server: CannedServer, options: String = "", limits: String = "") async throws -> [String] {
        try await plugin("assert(exposition.scrape('\(server.url)', {\(options)}))", limits: limits).collect().samples
    }

    @Test func aResponseIsServedWithTheLabelsOfTheTarget() async throws {
        let server = try await CannedServer("# TYPE a gauge\na{x=\"1\"} 1\ngo_b 2\n")
        let body = """
            local r = assert(exposition.scrape('\(server.url)', { drop = { "go_*" }, labels = { l = "m" } }))
            assert(r.samples == 1 and r.families == 1 and r.bytes == 33)
            """
        #expect(try await plugin(body).collect().samples == [#"a{l="m",target="one",x="1"} 1"#])
    }

    @Test func theRequestAsksAsPrometheusDoes() async throws {
        let server = try await CannedServer("a 1\n")
        #expect(try await samples(server, options: "timeout = 5, bearer_token = 'abc'") == [#"a{target="one"} 1"#])
        let lines = try #require(server.requests.first).lowercased().split(separator: "\r\n")
        #expect(lines.first == "get /metrics http/1.1")
        #expect(lines.contains { $0.hasPrefix("accept: application/openmetrics-text;version=1.0.0;") })
        #expect(lines.contains("x-prometheus-scrape-timeout-seconds: 5.0"))
        #expect(lines.contains("authorization: bearer abc"))
    }

    @Test func theContentTypeDecidesTheFormat() async throws {
        let type = "application/openmetrics-text; version=1.0.0; charset=utf-8"
        let server = try await CannedServer(type: type, "# TYPE a counter\na_total 1\n# EOF\n")
        #expect(try await samples(server) == [#"a_total{target="one"} 1"#])
        let wrong = try await CannedServer(type: type, "a_total 1\n")
        #expect(try await samples(wrong).first?.hasSuffix("2:1: data does not end with # EOF") == true)
        let protobuf = try await CannedServer(type: "application/vnd.google.protobuf; encoding=delimited", "")
        #expect(
            try await samples(protobuf).first?
                .hasSuffix("cannot read the format application/vnd.google.protobuf; encoding=delimited") == true
        )
    }

    @Test func aBodyInManyPiecesIsTheSame() async throws {
        let body = Array((0..<500).map { "a{i=\"\($0)\"} \($0)\n" }.joined().utf8)
        var pieces = [Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)]
        for start in stride(from: 0, to: body.count, by: 37) {
            let piece = body[start..<min(start + 37, body.count)]
            pieces.append(Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + Array("\r\n".utf8))
        }
        pieces.append(Array("0\r\n\r\n".utf8))
        let server = try await CannedServer(pieces)
        #expect(try await samples(server) == (0..<500).map { "a{i=\"\($0)\",target=\"one\"} \($0)" })
    }

    /// Answers that leave nothing in the run.
    @Test(arguments: [
        ("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\na 1\n", "status 503"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\na 1\n", "closed the connection before its answer was complete"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\na 1\nb nil\n", "2:3: expected a number, got \"nil\""),
        (
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>",
            "1:1: expected a metric name"
        ),
        ("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\na 1\nb \n", "2:3: expected a number, got \"\""),
    ])
    func anAnswerThatIsNotGoodIsAMessageAndNothingElse(answer: String, message: String) async throws {
        let server = try await CannedServer([Array(answer.utf8)])
        let body = """
            local value, message = exposition.scrape("\(server.url)")
            assert(value == nil)
            log.info("said " .. message)
            own(1)
            """
        let plugin = try await plugin(body)
        #expect(await plugin.collect().samples == [#"own{target="one"} 1"#])
        let said = try #require(plugin.log.lines.first { $0.hasPrefix("info said") })
        #expect(said.contains(server.url) && said.contains(message), "\(said)")
    }

    @Test func aServerThatIsNotThereIsAMessage() async throws {
        let port: String
        do {
            let server = try await CannedServer("")
            port = server.url
        }
        let body =
            "local value, message = exposition.scrape('\(port)') assert(value == nil and message:find('refused')) own(1)"
        #expect(try await plugin(body).collect().samples == [#"own{target="one"} 1"#])
    }

    @Test func aLimitThatIsBrokenInTheMiddleEndsTheRunWithItsReason() async throws {
        let server = try await CannedServer((0..<2000).map { "a{i=\"\($0)\"} 1\n" }.joined())
        #expect(try await samples(server, limits: "samples: 100") == ["samples: more than 100 samples"])
        let refused = try await samples(server, options: "over_limit = 'refuse'", limits: "samples: 100")
        #expect(refused.first?.hasSuffix("\(server.url): more than 100 samples") == true, "\(refused)")
        #expect(try await samples(server, options: "max_size = 50").first?.hasSuffix("longer than 50 bytes") == true)
    }

    @Test func parsingCountsAsTheTimeOfThePlugin() async throws {
        let server = try await CannedServer(String(repeating: "a 1\n", count: 1_000_000))
        let plugin = try await plugin("pcall(exposition.scrape, '\(server.url)') own(1)", limits: "cpu: 30ms")
        #expect(await plugin.collect().samples == ["cpu: CPU limit exceeded"])
    }

    @Test(arguments: [
        (
            "exposition.scrape('ftp://x/')",
            "exposition.scrape: not a URL that can be fetched (http, https or http+unix, no blanks)"
        ),
        ("exposition.scrape('http://x/', { user = 1 })", "exposition.scrape: unknown option \"user\""),
        (
            "exposition.scrape('http://x/', { labels = { target = 'x' } })",
            "label \"target\" is set by the configuration of the target"
        ),
    ])
    func misuseIsRaisedAtItsLine(call: String, message: String) async throws {
        #expect(try await plugin(call).collect().samples == ["error: test.lua:4: \(message)"])
    }

    @Test func aHostThatIsNotGrantedIsRaised() async throws {
        let found = try await plugin("exposition.scrape('http://192.0.2.1:80/')").collect().samples
        #expect(found == ["error: test.lua:4: 192.0.2.1:80 is not granted, see needs.network and the targets"])
    }
}
