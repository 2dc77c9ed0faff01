import Testing

@testable import Hub

/// Several coroutines with connections, and the limits of what is open and received.
@Suite struct ConcurrencyTests {
    private let needs = "network = { \"127.0.0.1:*\", \"hang.example:*\" }"

    @Test func aConnectionServesOneCallAtATime() async throws {
        let server = try TestServer { $0.waitForEnd() }
        let notes = try await NetworkScript.notes(
            """
            local c = assert(tcp.connect("127.0.0.1:\(server.port)"))
            local values, errors = parallel {
              function() return select(2, c:receive("line", 0.05)) end, function() c:receive("line") end,
              function() c:send("x") end,
            }
            note(values[1], errors[1]) note(errors[2]) note(errors[3])
            """,
            needs: needs
        )
        #expect(
            notes == [
                "nothing received from 127.0.0.1:\(server.port) within 0.05 s | nil",
                "test.lua:15: the connection is busy with another call",
                "test.lua:16: the connection is busy with another call",
            ]
        )
    }

    /// The one that closes must go on before the other is resumed: the state runs one coroutine at a time.
    @Test(arguments: ["c:receive('line')", "c:receive(100)", "u:receive()"])
    func aCoroutineMayCloseWhatAnotherWaitsFor(wait: String) async throws {
        let server = try TestServer { $0.waitForEnd() }
        let notes = try await NetworkScript.notes(
            """
            local c, u = assert(tcp.connect("127.0.0.1:\(server.port)")), assert(udp.connect("127.0.0.1:9"))
            local order = {}
            local values, errors = parallel {
              function() local _, message = \(wait) order[#order + 1] = "woken" return message end,
              function() c:close() u:close() for i = 1, 1000 do order[1] = "closed" end end,
            }
            note(order) note((values[1]:gsub("to .*:%d+", "to PLACE"))) note(next(errors))
            """,
            needs: needs
        )
        #expect(notes.first == "{closed,woken}")
        #expect(notes.dropFirst().first?.hasSuffix(" to PLACE was closed") == true, "\(notes)")
        #expect(notes.last == "nil")
    }

    @Test func theProcessorLimitHoldsAfterClosingWhatAnotherWaitsFor() async throws {
        let server = try TestServer { $0.waitForEnd() }
        let notes = try await NetworkScript.notes(
            """
            local c = assert(tcp.connect("127.0.0.1:\(server.port)"))
            parallel { function() c:receive("line") end, function() c:close() while true do end end }
            """,
            needs: needs
        )
        #expect(notes.count == 1)
        #expect(notes.first?.hasPrefix("failed: cpu: test.lua:14: CPU limit exceeded") == true, "\(notes)")
    }

    @Test func noMoreConnectionsAreOpenedThanAllowed() async throws {
        let server = try TestServer { $0.waitForEnd() }
        let notes = try await NetworkScript.notes(
            """
            local function open() return assert(tcp.connect("127.0.0.1:\(server.port)")) end
            local list = {}
            for i = 1, 10 do list[i] = open end
            local values, errors = parallel(list)
            local opened, refused = 0, 0
            for i = 1, 10 do if values[i] then opened = opened + 1 else refused = refused + 1 end end
            note(opened, refused, errors[10])
            note(pcall(open)) note(pcall(udp.connect, "127.0.0.1:9")) note(pcall(http.get, "http://127.0.0.1/"))
            for i = 1, 3 do values[i]:close() end
            note(pcall(open) and pcall(udp.connect, "127.0.0.1:9"))
            """,
            needs: needs,
            configuration: "limits: { connections: 3 }"
        )
        let refusal = "more than 3 open connections, see limits.connections"
        #expect(
            notes == [
                "3 | 7 | test.lua:13: \(refusal)", "false | test.lua:13: \(refusal)", "false | \(refusal)",
                "false | \(refusal)", "true",
            ]
        )
    }

    @Test func triesToConnectCountUntilTheyAreOver() async throws {
        let resolver = FakeResolver(["hang.example": [["127.0.0.1"]]], hanging: ["hang.example"])
        let script = try await NetworkScript(
            """
            local function try(name) return function() return (select(2, tcp.connect(name, { timeout = 0.05 }))) end end
            local values, errors = parallel { try("hang.example:80"), try("hang.example:80"), try("hang.example:80") }
            note(values[1]) note(values[2]) note(values[3], errors[3])
            note(select(2, tcp.connect("hang.example:80", { timeout = 0.05 })))
            """,
            needs: needs,
            configuration: "limits: { connections: 2 }",
            resolver: resolver
        )
        let late = "cannot resolve hang.example: no answer within 0.05 s"
        #expect(
            await script.run() == [
                late, late, "nil | test.lua:13: more than 2 open connections, see limits.connections", late,
            ]
        )
        for _ in 1...3 { resolver.release() }
    }

    @Test func connectionsThatThePeerHasClosedDoNotCount() async throws {
        let server = try TestServer { _ in }
        let notes = try await NetworkScript.notes(
            """
            for i = 1, 10 do
              local c = assert(tcp.connect("127.0.0.1:\(server.port)"))
              note(select(2, c:receive("some")) ~= nil)
            end
            """,
            needs: needs,
            configuration: "limits: { connections: 1 }"
        )
        #expect(notes == Array(repeating: "true", count: 10))
    }

    @Test func noMoreIsReceivedAtOnceThanAllowed() async throws {
        let server = try TestServer { peer in
            peer.write(String(repeating: "x", count: 5_000))
            peer.waitForEnd()
        }
        let connect = "local c = assert(tcp.connect('127.0.0.1:\(server.port)'))\n"
        let notes = try await NetworkScript.notes(
            ["c:receive('line')", "c:receive('all')"].map { "do \(connect) note(\($0)) note(c.closed) end\n" }.joined()
                + connect + "note(pcall(c.receive, c, 1001)) note(#c:receive(1000)) note(#c:receive('some') <= 1000)",
            needs: needs,
            configuration: "limits: { response_size: 1000 }"
        )
        let place = "127.0.0.1:\(server.port)"
        #expect(
            notes == [
                "nil | line from \(place) is longer than 1000 bytes", "true",
                "nil | more than 1000 bytes from \(place)",
                "true", "false | receive: more than 1000 bytes at once, see limits.response_size", "1000",
                "true",
            ]
        )
    }

    @Test func hundredsOfConnectionsAreOpenedAtOnce() async throws {
        let server = try TestServer { peer in peer.write("\(peer.readLine() ?? "")\n") }
        let notes = try await NetworkScript.notes(
            """
            local list = {}
            for i = 1, 300 do
              list[i] = function()
                local c <close> = assert(tcp.connect("many.example:\(server.port)"))
                c:send(i .. "\\n")
                return c:receive("line") == tostring(i)
              end
            end
            local values, errors = parallel(list)
            local good = 0
            for i = 1, 300 do good = good + (values[i] and 1 or 0) end
            note(good, next(errors))
            """,
            needs: "network = { \"many.example:*\" }",
            configuration: "limits: { cpu: 20s }",
            resolver: FakeResolver(["many.example": ["127.0.0.1"]])
        )
        #expect(notes == ["300 | nil"])
    }
}
