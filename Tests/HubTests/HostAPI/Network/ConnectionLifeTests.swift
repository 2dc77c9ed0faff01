import Testing

@testable import Hub

/// How long connections live, and that none outlives what it belongs to.
@Suite struct ConnectionLifeTests {
    private let needs = "network = { \"127.0.0.1:*\", \"hang.example:*\" }"

    /// Connects once and keeps the connection.
    private func keeper(_ port: Int, _ options: String = "", then body: String) -> String {
        """
        if not state.c or state.c.closed then state.c = assert(tcp.connect("127.0.0.1:\(port)"\(options))) end
        local c = state.c
        \(body)
        """
    }

    @Test func aKeptConnectionServesTheNextRun() async throws {
        let server = try TestServer { peer in
            while let line = peer.readLine() { peer.write("echo \(line)\n") }
        }
        let script = try await NetworkScript(
            keeper(server.port, then: "c:send('x\\n') note(c:receive('line'), c.closed)"),
            needs: needs
        )
        for _ in 1...3 { #expect(await script.run() == ["echo x | false"]) }
        #expect(server.accepted == 1)
    }

    @Test func aKeptConnectionThatThePeerClosedIsClosed() async throws {
        let server = try TestServer { peer in
            peer.write("bye\n")
            _ = peer.readLine()
        }
        let script = try await NetworkScript(
            keeper(server.port, then: "note(c:receive('line'), c.closed) c:send('\\n') note(c:receive('some'))"),
            needs: needs
        )
        for _ in 1...2 {
            #expect(
                await script.run() == ["bye | false", "nil | connection to 127.0.0.1:\(server.port) ended"]
            )
        }
        #expect(server.accepted == 2)
    }

    @Test func anUnusedConnectionIsClosed() async throws {
        let server = try TestServer { $0.waitForEnd() }
        let script = try await NetworkScript(
            keeper(server.port, ", { idle_timeout = 0.05 }", then: "note(c.closed)"),
            needs: needs
        )
        #expect(await script.run() == ["false"])
        await server.waitUntilAllAreClosed()
        #expect(await script.run() == ["false"])
        #expect(server.accepted == 2)
    }

    @Test func aConnectionThatIsWaitedForIsNotUnused() async throws {
        let gate = ThreadGate()
        let server = try TestServer { peer in
            gate.wait()
            peer.write("gone\n")
            peer.waitForEnd()
        }
        let script = try await NetworkScript(
            keeper(server.port, ", { idle_timeout = 0.02 }", then: "log.info('waiting') note(c:receive('line'))"),
            needs: needs
        )
        async let notes = script.run()
        await script.plugin.log.wait(for: "waiting")
        // Several looks for unused connections go by.
        for _ in 1...5 { _ = try await NetworkScript.notes("sleep(0.02)", needs: needs) }
        gate.open()
        #expect(await notes == ["gone"])
    }

    @Test func connectionsEndWithThePlugin() async throws {
        let server = try TestServer { $0.waitForEnd() }
        let script = try await NetworkScript(
            "for i = 1, 20 do state[i] = assert(tcp.connect('127.0.0.1:\(server.port)')) end",
            needs: needs
        )
        #expect(await script.run() == [])
        await script.plugin.shutdown()
        await server.waitUntilAllAreClosed(of: 20)
    }

    /// Whatever a run waits for, its deadline ends it and closes what it has used.
    @Test(arguments: [
        "log.info('ready') c:receive('all')", "log.info('ready') c:receive(10, 3600)", "log.info('ready') sleep(3600)",
        "log.info('ready') while true do c:send(string.rep('x', 500000)) end",
        "parallel { function() log.info('ready') c:receive('line') end, function() sleep(3600) end }",
        "log.info('ready') pcall(c.receive, c, 'all') sleep(3600)",
        "log.info('ready') tcp.connect('hang.example:80')", "log.info('ready') udp.connect('hang.example:80')",
        "log.info('ready') dns.resolve('hang.example')", "log.info('ready') http.get('http://hang.example/')",
        "log.info('ready') http.get('http://127.0.0.1:PORT/')",
        "log.info('ready') while true do http.post('http://127.0.0.1:PORT/', string.rep('x', 4000000)) end",
    ])
    func aCancelledRunLeavesNothingOpen(body: String) async throws {
        let resolver = FakeResolver(["hang.example": [["127.0.0.1"]]], hanging: ["hang.example"])
        let gate = ThreadGate()
        let server = try TestServer { peer in
            // What is sent meanwhile fills all buffers.
            gate.wait()
            peer.waitForEnd()
        }
        let script = try await NetworkScript(
            keeper(server.port, then: body.replacing("PORT", with: "\(server.port)")),
            needs: needs,
            configuration: "limits: { cpu: 20s }",
            resolver: resolver
        )
        let result = await script.plugin.collect(cancellingAt: "ready")
        #expect(result.reason == .timeout, "\(result.text)")
        #expect(!result.discardsState)
        gate.open()
        await server.waitUntilAllAreClosed()
        resolver.release()
        await script.plugin.shutdown()
    }

    @Test func aRunThatIsCancelledClosesWhatAnEarlierOneHadOpened() async throws {
        let server = try TestServer { $0.waitForEnd() }
        let script = try await NetworkScript(
            keeper(server.port, then: "if state.n then c:send('x') log.info('ready') sleep(3600) end state.n = 1"),
            needs: needs
        )
        #expect(await script.run() == [])
        #expect(await script.plugin.collect(cancellingAt: "ready").reason == .timeout)
        await server.waitUntilAllAreClosed()
    }

    @Test func aPluginThatIsRemovedWhileNamesAreLookedUpWaitsForNone() async throws {
        let resolver = FakeResolver(["hang.example": [["127.0.0.1"]]], hanging: ["hang.example"])
        let script = try await NetworkScript(
            """
            local list = {}
            for i = 1, 40 do list[i] = function()
              if i == 40 then log.info('ready') end
              tcp.connect('hang.example:80')
            end end
            parallel(list)
            """,
            needs: needs,
            resolver: resolver
        )
        async let result = script.plugin.collect()
        await script.plugin.log.wait(for: "ready")
        await script.plugin.shutdown()
        #expect(await result.reason == .timeout)
        // The answers come back to a loop that has waited for them.
        for _ in 1...40 { resolver.release() }
    }

    @Test func aCoroutineThatATimeoutEndsLeavesNoConnection() async throws {
        let server = try TestServer { $0.waitForEnd() }
        let script = try await NetworkScript(
            """
            local function wait() local c = assert(tcp.connect("127.0.0.1:\(server.port)")) c:receive("line") end
            local _, errors = parallel({ wait, wait, wait }, { timeout = 0.05 })
            note(#errors, errors[1])
            """,
            needs: needs
        )
        let notes = await script.run()
        #expect(notes.first?.hasPrefix("3 | test.lua:") == true, "\(notes)")
        #expect(notes.first?.hasSuffix("timed out after 0.05 s") == true, "\(notes)")
        await server.waitUntilAllAreClosed(of: 3)
    }
}
