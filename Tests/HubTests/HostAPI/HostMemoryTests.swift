import NIOCore
import Testing

@testable import Hub

/// What the host holds for a plugin, and that the memory limit counts it.
@Suite struct HostMemoryTests {
    private let needs = "network = { \"127.0.0.1:*\" }"

    private func script(
        _ body: String,
        _ server: TestServer,
        _ configuration: String = "limits: { cpu: 20s }"
    ) async throws -> NetworkScript {
        let body = body.replacing("PORT", with: "\(server.port)")
        return try await NetworkScript(body, needs: needs, configuration: configuration)
    }

    /// Answers every request with a body of so many bytes.
    private func server(of size: Int) throws -> TestServer {
        try TestServer { peer in
            while peer.readRequest() != nil { peer.answer(body: String(repeating: "x", count: size)) }
        }
    }

    @Test func oneResponseOfTheLargestSizeFits() async throws {
        let script = try await script("note(#http.get('http://127.0.0.1:PORT/').body)", server(of: 8 << 20))
        #expect(await script.run() == ["8388608"])
        await script.plugin.shutdown()
        #expect(script.plugin.memory.use[.bodies] == 0)
    }

    /// No response ever ends, so that nothing of them comes into the state.
    @Test func manyResponsesAtOnceBreakTheMemoryLimit() async throws {
        let server = try TestServer { peer in
            guard peer.readRequest() != nil else { return }
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: 7000000\r\n\r\n" + String(repeating: "x", count: 6 << 20))
            peer.waitForEnd()
        }
        let script = try await script(
            """
            local list = {}
            for i = 1, 20 do list[i] = function() return #http.get('http://127.0.0.1:PORT/').body end end
            parallel(list)
            """,
            server
        )
        let result = await script.plugin.collect()
        #expect(result.reason == .memory)
        #expect(result.text.contains(" of bodies, "), "\(result.text)")
        #expect(result.discardsState)
        await script.plugin.shutdown()
        #expect(script.plugin.memory.use[.bodies] == 0)
    }

    @Test func whatNobodyReadsIsHeldAndGivenBack() async throws {
        let server = try TestServer { peer in
            peer.write(String(repeating: "x", count: 40_000))
            peer.waitForEnd()
        }
        let script = try await script(
            """
            local c, count = assert(tcp.connect('127.0.0.1:PORT')), 0
            while count < 40000 do count = count + #assert(c:receive("some")) end
            log.info("open") sleep(1000)
            """,
            server
        )
        let result = await script.plugin.collect(cancellingAt: "open") { memory in
            #expect(memory.use[.connections] == MemoryHold.connectionSize)
            #expect(memory.use[.buffers] == 0)
            #expect(memory.use.connections == 1)
        }
        #expect(result.reason == .timeout)
        await script.plugin.shutdown()
        #expect(script.plugin.memory.use[.connections] == 0)
        #expect(script.plugin.memory.use.connections == 0)
    }

    @Test func samplesOfARunAreHeldUntilItsEnd() async throws {
        let plugin = try await TestPlugin(
            """
            \(TestPlugin.declaration) local m = gauge('a', 'h', { 'i' })
            function collect()
              for i = 1, 5000 do m(1, ("x"):rep(100) .. i) end
              log.info("emitted") sleep(1000)
            end
            """,
            configuration: "limits: { cpu: 20s }"
        )
        let result = await plugin.collect(cancellingAt: "emitted") { #expect($0.use[.samples] > 500_000) }
        #expect(result.reason == .timeout)
        #expect(plugin.memory.use[.samples] == 0)
    }

    @Test func samplesCountForTheMemoryLimit() async throws {
        let plugin = try await TestPlugin(
            "\(TestPlugin.declaration) local m = gauge('a', 'h', { 'i' }) function collect() for i = 1, 1e6 do m(1, i) end end",
            configuration: "limits: { cpu: 20s, samples: 1000000, bytes: 1GiB, memory: 8MiB }"
        )
        #expect(await plugin.collect().reason == .memory)
    }

    @Test func theMetricsNameEachKind() async throws {
        let source = """
            \(TestPlugin.declaration) local m = gauge('a', 'h', { 'i' })
            function collect() for i = 1, 1000 do m(1, i) end end
            """
        try await TestHub.run(source, "max_age: 1m") { hub in
            #expect(await hub.scrape() == ["ok": [""]])
            let kinds = await hub.metric("hub_plugin_host_memory_bytes")
            #expect(kinds.count == 5)
            let results = try #require(kinds.first { $0.hasPrefix("{kind=\"results\"") })
            #expect(results.split(separator: " ").last.flatMap { Int($0) } ?? 0 > 20_000)
            #expect(await hub.metric("hub_plugin_connections") == ["{plugin=\"test\"} 0"])
            #expect(await hub.metric("hub_plugin_connections_limit") == ["{plugin=\"test\"} 1000"])
            #expect(await hub.metric("hub_plugin_idle_http_connections") == ["{plugin=\"test\"} 0"])
            #expect(await hub.metric("hub_plugin_idle_http_connections_limit") == ["{plugin=\"test\"} 100"])
        }
    }

    @Test func theLongestUnusedConnectionOfHTTPGivesWay() async throws {
        let (first, second) = (try server(of: 2), try server(of: 2))
        let body = "http.get('http://127.0.0.1:PORT/') note(http.get('http://127.0.0.1:\(second.port)/').body)"
        let script = try await script(body, first, "limits: { cpu: 20s, idle_connections: 1 }")
        #expect(await script.run() == ["xx"])
        await first.waitUntilAllAreClosed()
        #expect(script.plugin.memory.use.idleConnections == 1)
        #expect(await script.run() == ["xx"])
        #expect(first.accepted == 2)
    }

    @Test func noConnectionOfHTTPIsKeptWhereNoneMayBe() async throws {
        let server = try server(of: 2)
        let script = try await script(
            "http.get('http://127.0.0.1:PORT/')",
            server,
            "limits: { cpu: 20s, idle_connections: 0 }"
        )
        #expect(await script.run() == [])
        await server.waitUntilAllAreClosed()
        #expect(script.plugin.memory.use.idleConnections == 0)
    }
}
