import Glibc
import Testing

@testable import Hub

/// `http`: what is sent, and what a response is for the script.
@Suite struct HTTPRequestTests {
    private let needs = "network = { \"127.0.0.1:*\", \"web.example:*\" }"

    /// Answers every request with its line, some of its fields and its body.
    private func mirror(_ place: TestServer.Place = .ipv4) throws -> TestServer {
        try TestServer(place) { peer in
            while let request = peer.readRequest() {
                let fields = request.fields.filter { $0.key != "user-agent" }.map { "\($0.key): \($0.value)" }.sorted()
                peer.answer(
                    body: ([request.line] + fields).joined(separator: "\n") + "\n\n"
                        + String(decoding: request.body, as: UTF8.self)
                )
            }
        }
    }

    private func notes(
        _ server: TestServer,
        _ body: String,
        resolver: any AddressResolver = SystemResolver()
    ) async throws
        -> [String]
    {
        try await NetworkScript.notes(
            body.replacing("URL", with: "http://127.0.0.1:\(server.port)").replacing("PORT", with: "\(server.port)"),
            needs: needs,
            resolver: resolver
        )
        .map { $0.replacing("127.0.0.1:\(server.port)", with: "PLACE") }
    }

    @Test(arguments: [
        ("http.get('URL/a?b=c#d')", "GET /a?b=c HTTP/1.1\naccept-encoding: gzip, deflate\nhost: PLACE\n\n"),
        ("http.get('URL')", "GET / HTTP/1.1\naccept-encoding: gzip, deflate\nhost: PLACE\n\n"),
        (
            "http.get('http://user:p%40ss@127.0.0.1:PORT/')",
            "GET / HTTP/1.1\naccept-encoding: gzip, deflate\nauthorization: Basic dXNlcjpwQHNz\nhost: PLACE\n\n"
        ),
        (
            "http.get('URL/', { basic_auth = { username = 'user', password = 'pw' } })",
            "GET / HTTP/1.1\naccept-encoding: gzip, deflate\nauthorization: Basic dXNlcjpwdw==\nhost: PLACE\n\n"
        ),
        (
            "http.get('URL/', { bearer_token = 'token' })",
            "GET / HTTP/1.1\naccept-encoding: gzip, deflate\nauthorization: Bearer token\nhost: PLACE\n\n"
        ),
        (
            "http.get('URL/', { headers = { ['X-One'] = 'a', ['x-two'] = 2, Host = 'other' } })",
            "GET / HTTP/1.1\naccept-encoding: gzip, deflate\nhost: other\nx-one: a\nx-two: 2\n\n"
        ),
        (
            "http.post('URL/p', 'the body')",
            "POST /p HTTP/1.1\naccept-encoding: gzip, deflate\ncontent-length: 8\nhost: PLACE\n\nthe body"
        ),
        (
            "http.post('URL/p', '')",
            "POST /p HTTP/1.1\naccept-encoding: gzip, deflate\ncontent-length: 0\nhost: PLACE\n\n"
        ),
        (
            "http.request('PUT', 'URL/p', { body = 'x' })",
            "PUT /p HTTP/1.1\naccept-encoding: gzip, deflate\ncontent-length: 1\nhost: PLACE\n\nx"
        ),
        (
            "http.request('DELETE', 'URL/p')",
            "DELETE /p HTTP/1.1\naccept-encoding: gzip, deflate\nhost: PLACE\n\n"
        ),
    ])
    func requestsArriveAsMeant(call: String, expected: String) async throws {
        let server = try mirror()
        let answer = try await notes(server, "note(assert(\(call)).body)")
        #expect(answer == [expected])
    }

    @Test func aResponseHasItsParts() async throws {
        let server = try TestServer { peer in
            _ = peer.readRequest()
            peer.answer(
                "404 Not Found",
                ["X-Twice: a", "x-twice: b", "Content-Type: application/json"],
                body: "{\"a\": [1, null]}"
            )
        }
        let answer = try await notes(
            server,
            """
            local r = assert(http.get("URL/x"))
            note(r.status, r.ok, r.url, r.body, r.headers["x-twice"], r.headers["content-type"], r.headers["X-Twice"])
            note(r:json().a[1], r:json().a[2] == json.null)
            """
        )
        #expect(
            answer == [
                "404 | false | http://PLACE/x | {\"a\": [1, null]} | a, b | application/json | nil", "1 | true",
            ]
        )
    }

    @Test(arguments: [
        ("HTTP/1.1 204 No Content\r\n\r\n", "get", "204 | true | 0"),
        ("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "get", "304 | false | 0"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Encoding: gzip\r\n\r\n", "head", "200 | true | 0"),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: x\r\n\r\n",
            "get", "200 | true | 5"
        ),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Encoding: gzip\r\n\r\n", "get", "200 | true | 0"),
        ("HTTP/1.0 200 OK\r\n\r\nuntil the end", "get", "200 | true | 13"),
        ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "get", "200 | true | 2"),
    ])
    func responsesOfAllShapesAreRead(response: String, method: String, expected: String) async throws {
        let server = try TestServer { peer in
            _ = peer.readRequest()
            peer.write(response)
        }
        let answer = try await notes(
            server,
            "local r = assert(http.request('\(method.uppercased())', 'URL/')) note(r.status, r.ok, #r.body)"
        )
        #expect(answer == [expected])
    }

    @Test(arguments: [
        ("", "the server at PLACE closed the connection before its answer was complete"),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc",
            "the server at PLACE closed the connection before its answer was complete"
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab",
            "the server at PLACE closed the connection before its answer was complete"
        ),
        ("SSH-2.0-OpenSSH\r\n", "PLACE does not answer with valid HTTP"),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde",
            "PLACE does not answer with valid HTTP"
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nabcde",
            "the compressed body is broken"
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 10\r\n\r\n\u{1f}\u{8b}\u{08}\0\0\0\0\0\0\u{03}",
            "the compressed body is"
        ),
    ])
    func aBrokenResponseIsAnErrorWithItsPlace(response: String, reason: String) async throws {
        let server = try TestServer { peer in
            _ = peer.readRequest()
            peer.write(response)
        }
        let answer = try await notes(server, "note(http.get('URL/x'))")
        #expect(answer.count == 1)
        #expect(answer.first?.hasPrefix("nil | http://PLACE/x: \(reason)") == true, "\(answer)")
    }

    @Test func aSocketFileIsReached() async throws {
        let tree = try TemporaryTree()
        let path = tree.path("web.sock")
        let server = try mirror(.unix(path))
        let url = "http+unix://\(path.replacing("/", with: "%2F"))/status"
        let answer = try await NetworkScript.notes(
            """
            for _ = 1, 2 do local r = assert(http.get("\(url)")) note(r.body, r.url == "\(url)") end
            note(http.get("\(url.replacing("web.sock", with: "none.sock"))"))
            note(pcall(http.get, "http+unix://%2Frun%2Fother/"))
            """,
            needs: "network = { \"unix:\(path)\", \"unix:\(tree.path("none.sock"))\" }"
        )
        let body = "GET /status HTTP/1.1\naccept-encoding: gzip, deflate\nhost: localhost\n\n | true"
        #expect(answer.prefix(2) == [body, body])
        #expect(answer.dropFirst(2).first?.hasSuffix("no such file or directory") == true, "\(answer)")
        #expect(answer.last == "false | unix:/run/other is not granted, see needs.network")
        #expect(server.accepted == 1)
    }

    @Test(arguments: [TestServer.Place.ipv4, .ipv6], [["::1", "127.0.0.1"], ["127.0.0.1", "::1"]])
    func aServerOnOneFamilyIsReachedByAName(place: TestServer.Place, addresses: [String]) async throws {
        let server = try mirror(place)
        let answer = try await notes(
            server,
            "for _ = 1, 3 do note(assert(http.get('http://Web.Example.:PORT/x')).body) end",
            resolver: FakeResolver(["web.example": addresses])
        )
        let expected = "GET /x HTTP/1.1\naccept-encoding: gzip, deflate\nhost: web.example:\(server.port)\n\n"
        #expect(answer == [expected, expected, expected])
        // One to find out which address answers, one for all requests.
        #expect(server.accepted == 2)
    }

    @Test func anErrorNamesHostAddressesAndReasons() async throws {
        let port = try unusedPort()
        let answer = try await NetworkScript.notes(
            """
            note(http.get("http://dead.example:\(port)/x")) note(http.get("http://one.example:\(port)/x"))
            note(http.get("http://127.0.0.1:\(port)/x")) note(http.get("http://none.example/x"))
            """,
            needs: "network = { '*:*' }",
            resolver: FakeResolver(["dead.example": ["::1", "127.0.0.1"], "one.example": ["::1"]])
        )
        let refused = "connection refused"
        #expect(
            answer == [
                "nil | cannot connect to dead.example:\(port): [::1]:\(port): \(refused), 127.0.0.1:\(port): \(refused)",
                "nil | http://one.example:\(port)/x: [::1]:\(port): \(refused)",
                "nil | http://127.0.0.1:\(port)/x: 127.0.0.1:\(port): \(refused)",
                "nil | cannot resolve none.example: name or service not known",
            ]
        )
    }

    @Test func anAddressThatDiesGivesWayToAnother() async throws {
        let first = try mirror(.ipv6)
        let resolver = FakeResolver(["web.example": ["::1", "127.0.0.1"]])
        let script = try await NetworkScript(
            "note(assert(http.get('http://web.example:\(first.port)/x')).status)",
            needs: needs,
            resolver: resolver
        )
        #expect(await script.run() == ["200"])
        first.stop()
        await first.waitUntilAllAreClosed()
        let second = try TestServer(port: first.port) { peer in
            while peer.readRequest() != nil { peer.answer("201 Created") }
        }
        #expect(await script.run() == ["201"])
        #expect(second.accepted >= 1)
    }

    @Test(arguments: [
        ("http.get()", "http.get: url must be a string, got nil"),
        ("http.get({})", "http.get: url must be a string, got table"),
        ("http.get('x')", "http.get: not a URL that can be fetched (http, https or http+unix, no blanks)"),
        ("http.get('http://a b/')", "http.get: not a URL that can be fetched (http, https or http+unix, no blanks)"),
        ("http.post('URL/', {})", "http.post: body must be a string, got a table"),
        ("http.post('URL/', 5)", "http.post: body must be a string, got a number"),
        (
            "http.request('TRACE', 'URL/')",
            "http.request: method must be one of DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
        ),
        (
            "http.request('get', 'URL/')",
            "http.request: method must be one of DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
        ),
        (
            "http.request('GET\\r\\n', 'URL/')",
            "http.request: method must be one of DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
        ),
        ("http.get('URL/', { header = {} })", "http.get: unknown option \"header\""),
        (
            "http.get('URL/', { headers = { ['a b'] = '' } })",
            "header \"a b\" has a character that must not be in a header"
        ),
        (
            "http.get('URL/', { headers = { a = 'x\\r\\ny' } })",
            "header \"a\" has a character that must not be in a header"
        ),
        ("http.get('URL/', { headers = { a = {} } })", "http.get: headers must be names with texts"),
        ("http.get('URL/', { bearer_token = 'a\\nb' })", "bearer_token has a character that must not be in a header"),
        ("http.get('URL/', { timeout = math.huge })", "http.get: timeout must be above 0 and at most 86400 seconds"),
        ("http.get('URL/', { redirects = 11 })", "http.get: redirects must be from 0 to 10"),
        ("http.get('URL/', { max_size = 0 })", "http.get: max_size must be from 1 to 1073741824"),
        ("http.get('URL/', { basic_auth = { user = 'x' } })", "http.get: basic_auth: unknown option \"user\""),
        ("http.get('URL/', { tls = { ca = 'x' } })", "tls: not a usable PEM text"),
        ("http.get('URL/', { tls = { key = 'x' } })", "tls: not a usable PEM text"),
        ("http.get('URL/', { tls = { verify = false } })", "http.get: tls: unknown option \"verify\""),
        ("http.get('http://10.0.0.1/')", "10.0.0.1:80 is not granted, see needs.network and the targets"),
        ("http.get('http://good@10.0.0.1/')", "10.0.0.1:80 is not granted, see needs.network and the targets"),
    ])
    func misuseIsAnErrorAtTheLineOfTheCall(call: String, message: String) async throws {
        let server = try mirror()
        let answer = try await notes(server, "\n\(call)")
        #expect(answer.count == 1)
        #expect(answer.first?.hasPrefix("failed: error: test.lua:14: ") == true, "\(answer)")
        #expect(answer.first?.contains(message) == true, "\(answer)")
    }

    /// The client must not take its way from the environment; whoever sets it there means other programs.
    @Test func proxiesOfTheEnvironmentAreNotUsed() async throws {
        let proxy = try TestServer { $0.answer(body: "from the proxy") }
        for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
            setenv(name, "http://127.0.0.1:\(proxy.port)", 1)
        }
        defer {
            for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
                unsetenv(name)
            }
        }
        let server = try mirror()
        #expect(try await notes(server, "note(http.get('URL/').status)") == ["200"])
        #expect(proxy.accepted == 0)
    }
}
