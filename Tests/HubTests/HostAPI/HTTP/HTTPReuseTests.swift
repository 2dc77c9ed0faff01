import Synchronization
import Testing

@testable import Hub

/// Connections that are kept, and those that turn out to be closed.
@Suite struct HTTPReuseTests {
    private let needs = "network = { \"127.0.0.1:*\", \"web.example:*\" }"
    private let resolver = FakeResolver(["web.example": ["127.0.0.1"]])

    private func script(_ port: Int, _ body: String) async throws -> NetworkScript {
        try await NetworkScript(
            body.replacing("PORT", with: "\(port)"),
            needs: needs,
            configuration: "limits: { cpu: 20s }",
            resolver: resolver
        )
    }

    @Test(arguments: ["127.0.0.1", "web.example"])
    func requestsOfSeveralRunsShareAConnection(host: String) async throws {
        let server = try TestServer { peer in
            while peer.readRequest() != nil { peer.answer(body: "ok") }
        }
        let script = try await script(server.port, "for _ = 1, 3 do note(http.get('http://\(host):PORT/').body) end")
        for _ in 1...3 { #expect(await script.run() == ["ok", "ok", "ok"]) }
        #expect(server.accepted == 1)
        await script.plugin.shutdown()
        await server.waitUntilAllAreClosed()
    }

    /// A server that closes a kept connection when the next request is on its way.
    private func forgetful(_ answered: @escaping @Sendable () -> Void = {}) throws -> TestServer {
        try TestServer { peer in
            guard peer.readRequest() != nil else { return }
            answered()
            peer.answer(body: "ok")
            _ = peer.readLine()
            peer.reset()
        }
    }

    @Test(arguments: ["127.0.0.1", "web.example"])
    func aKeptConnectionThatTheServerClosedIsNotNoticed(host: String) async throws {
        let server = try forgetful()
        let script = try await script(
            server.port,
            """
            local list = {}
            for i = 1, 5 do list[i] = function() return assert(http.get('http://\(host):PORT/')).body end end
            note((parallel(list)))
            for _ = 1, 5 do note(assert(http.get('http://\(host):PORT/')).body) end
            """
        )
        let one = ["{ok,ok,ok,ok,ok}", "ok", "ok", "ok", "ok", "ok"]
        for _ in 1...3 { #expect(await script.run() == one) }
    }

    @Test func whatMightHaveHadAnEffectIsNotSentTwice() async throws {
        let posted = Mutex(0)
        let server = try TestServer { peer in
            while let request = peer.readRequest() {
                guard request.line.hasPrefix("GET") else {
                    posted.withLock { $0 += 1 }
                    return
                }
                peer.answer(body: "ok")
            }
        }
        let script = try await script(
            server.port,
            "note(http.get('http://127.0.0.1:PORT/').body) note(http.post('http://127.0.0.1:PORT/', 'x'))"
        )
        let place = "127.0.0.1:\(server.port)"
        let reason = "the server at \(place) closed the connection before its answer was complete"
        #expect(await script.run() == ["ok", "nil | http://\(place)/: \(reason)"])
        #expect(posted.withLock { $0 } == 1)
    }

    @Test func aServerThatNeverAnswersIsAskedTwiceAtMost() async throws {
        let server = try TestServer { _ = $0.readRequest() }
        let script = try await script(server.port, "note((http.get('http://127.0.0.1:PORT/')))")
        #expect(await script.run() == ["nil"])
        #expect(server.accepted == 2)
    }

    @Test func aPluginThatIsRemovedClosesKeptConnections() async throws {
        let server = try TestServer { peer in
            while peer.readRequest() != nil { peer.answer(body: "ok") }
        }
        let script = try await script(
            server.port,
            """
            local list = {}
            for i = 1, 20 do list[i] = function() return http.get('http://web.example:PORT/').body end end
            note(#parallel(list))
            """
        )
        #expect(await script.run() == ["20"])
        await script.plugin.shutdown()
        await server.waitUntilAllAreClosed()
    }

    @Test func aPluginThatIsRemovedEndsItsRequests() async throws {
        let server = try TestServer { $0.waitForEnd() }
        let script = try await script(
            server.port,
            """
            local list = {}
            for i = 1, 20 do list[i] = function() http.get('http://web.example:PORT/') end end
            parallel(list)
            """
        )
        async let result = script.plugin.collect()
        await server.waitUntilOpen(20)
        await script.plugin.shutdown()
        #expect(await result.reason == .timeout)
        await server.waitUntilAllAreClosed(of: 20)
    }
}
