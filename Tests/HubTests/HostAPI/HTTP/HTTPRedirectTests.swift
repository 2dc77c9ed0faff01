import Testing

@testable import Hub

/// Redirections: followed within limits, never to what is not granted, never with somebody else's credentials.
@Suite struct HTTPRedirectTests {
    private let needs = "network = { \"127.0.0.1:*\" }"

    /// Answers `/STATUS/LOCATION`, with `_` for slashes in the location, by that redirection; anything else by its request.
    private func server(_ location: @escaping @Sendable (String) -> String? = { _ in nil }) throws -> TestServer {
        try TestServer { peer in
            while let request = peer.readRequest() {
                let parts = request.path.split(separator: "/", maxSplits: 1).map(String.init)
                if parts.count == 2, let status = Int(parts[0]) {
                    let target = location(parts[1]) ?? parts[1].replacing("_", with: "/")
                    peer.answer("\(status) Moved", ["Location: \(target)"], body: "elsewhere")
                } else {
                    let authorization = request.fields["authorization"] ?? "-"
                    let fields = "\(authorization) \(request.fields["cookie"] ?? "-") \(request.fields["x-key"] ?? "-")"
                    peer.answer(body: "\(request.line) \(fields) \(String(decoding: request.body, as: UTF8.self))")
                }
            }
        }
    }

    private func notes(_ server: TestServer, _ body: String) async throws -> [String] {
        try await NetworkScript.notes(
            body.replacing("URL", with: "http://127.0.0.1:\(server.port)"),
            needs: needs
        )
        .map { $0.replacing("127.0.0.1:\(server.port)", with: "PLACE") }
    }

    @Test(arguments: [
        ("301", "GET", "GET"), ("302", "GET", "GET"), ("303", "GET", "GET"), ("307", "GET", "GET"),
        ("308", "GET", "GET"),
        ("301", "POST", "GET"), ("302", "POST", "GET"), ("303", "POST", "GET"), ("307", "POST", "POST"),
        ("308", "POST", "POST"), ("302", "PUT", "PUT"), ("303", "PUT", "GET"),
    ])
    func methodAndBodyChangeAsTheStatusSays(status: String, method: String, expected: String) async throws {
        let server = try server()
        let answer = try await notes(
            server,
            """
            local r = assert(http.request("\(method)", "URL/\(status)/_next", { body = \(method == "GET" ? "nil" : "'body'") }))
            note(r.status, r.url, r.body)
            """
        )
        let text = "\(expected) /next HTTP/1.1 - - - \(expected == "GET" ? "" : "body")"
        #expect(answer == ["200 | http://PLACE/next | \(text)"])
    }

    @Test func aRedirectionIsAnAnswerWhereNoneIsFollowed() async throws {
        let server = try server()
        let answer = try await notes(
            server,
            "local r = http.get('URL/302/_next', { redirects = 0 }) note(r.status, r.headers.location, r.body)"
        )
        #expect(answer == ["302 | /next | elsewhere"])
    }

    @Test func aLoopEnds() async throws {
        let server = try TestServer { peer in
            while peer.readRequest() != nil { peer.answer("302 Found", ["Location: /again"]) }
        }
        let answer = try await notes(server, "note(http.get('URL/')) note(http.get('URL/', { redirects = 2 }))")
        #expect(
            answer == [
                "nil | http://PLACE/: more than 5 redirections", "nil | http://PLACE/: more than 2 redirections",
            ]
        )
        #expect(server.accepted == 1)
    }

    /// What the server leads to is not the script's mistake: an answer, not an error.
    @Test(arguments: [
        ("http://10.0.0.1/x", "10.0.0.1:80 is not granted, see needs.network and the targets"),
        ("//10.0.0.1/x", "10.0.0.1:80 is not granted, see needs.network and the targets"),
        ("http://other.example/x", "other.example:80 is not granted with any of its addresses (10.0.0.1)"),
        ("http://[::ffff:10.0.0.1]/x", "[::ffff:10.0.0.1]:80 is not granted, see needs.network and the targets"),
    ])
    func aRedirectionToWhatIsNotGrantedIsNotFollowed(location: String, reason: String) async throws {
        let server = try server { _ in location }
        let answer = try await NetworkScript.notes(
            "note(http.get('http://127.0.0.1:\(server.port)/302/x'))",
            needs: needs,
            resolver: FakeResolver(["other.example": ["10.0.0.1"]])
        )
        #expect(answer.count == 1)
        #expect(
            answer.first?.hasPrefix("nil | http://127.0.0.1:\(server.port)/302/x: redirected to http://") == true,
            "\(answer)"
        )
        #expect(answer.first?.hasSuffix(": \(reason)") == true, "\(answer)")
    }

    @Test(arguments: [
        "ftp://127.0.0.1/", "file:///etc/passwd", "http+unix://%2Frun%2Fx/", "http://good\\@127.0.0.1/", "javascript:x",
    ])
    func aRedirectionToWhatCannotBeFetchedIsAnError(location: String) async throws {
        let server = try server { _ in location }
        let answer = try await notes(server, "note(http.get('URL/302/x'))")
        #expect(answer == ["nil | http://PLACE/302/x: cannot follow the redirection to \"\(location)\""])
    }

    @Test func credentialsStayWithTheirServer() async throws {
        let other = try server()
        let first = try server { path in
            path == "there" ? "http://user2:pw2@127.0.0.1:\(other.port)/x" : nil
        }
        let options = "{ basic_auth = { username = 'u', password = 'p' }, headers = { Cookie = 'c', ['X-Key'] = 'k' } }"
        let answer = try await notes(
            first,
            """
            note(http.get("URL/302/there", \(options)).body) note(http.get("URL/302/_here", \(options)).body)
            note(http.get("http://u:p@127.0.0.1:\(first.port)/302/there").body)
            note(http.get("URL/302/there", { bearer_token = "t" }).body)
            """
        )
        #expect(
            answer == [
                "GET /x HTTP/1.1 - - k ", "GET /here HTTP/1.1 Basic dTpw c k ", "GET /x HTTP/1.1 - - - ",
                "GET /x HTTP/1.1 - - - ",
            ]
        )
    }
}
