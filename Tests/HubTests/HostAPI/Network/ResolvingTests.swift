import Testing

@testable import Hub

/// Names lead to granted addresses only, whatever the resolver says, and whenever it changes its mind.
@Suite struct ResolvingTests {
    /// Servers at one port of two addresses of this host.
    private func servers() throws -> (good: TestServer, evil: TestServer) {
        let good = try TestServer { peer in
            if let request = peer.readRequest() { peer.answer(body: "good \(request.path)") }
        }
        return (good, try TestServer(.address("127.0.0.2"), port: good.port) { peer in peer.answer(body: "evil") })
    }

    private let get = """
        local c = tcp.connect("name.example:PORT")
        if c then c:send("GET /tcp HTTP/1.0\\r\\n\\r\\n") note(c.peer, c:receive("all"):match("[^\\n]*$")) end
        local r, message = http.get("http://name.example:PORT/http")
        note(r and r.body or message)
        """

    @Test(arguments: [
        ["127.0.0.2", "127.0.0.1"], ["127.0.0.1", "127.0.0.2"], ["127.0.0.2", "::ffff:127.0.0.1", "::1"],
    ])
    func onlyTheAddressThatIsGrantedIsUsed(addresses: [String]) async throws {
        let (good, evil) = try servers()
        let notes = try await NetworkScript.notes(
            get.replacing("PORT", with: "\(good.port)"),
            needs: "network = { \"127.0.0.1:\(good.port)\" }",
            resolver: FakeResolver(["name.example": addresses])
        )
        #expect(notes.map { $0.replacing(#/.* \| /#, with: "") } == ["good /tcp", "good /http"])
        #expect(evil.accepted == 0)
    }

    @Test func theAddressThatWasCheckedIsTheOneConnectedTo() async throws {
        let (good, evil) = try servers()
        let resolver = FakeResolver(["name.example": [["127.0.0.1"], ["127.0.0.1"], ["127.0.0.2"]]], hanging: [])
        let script = try await NetworkScript(
            get.replacing("PORT", with: "\(good.port)"),
            needs: "network = { \"127.0.0.1:\(good.port)\" }",
            resolver: resolver
        )
        #expect(await script.run().map { $0.replacing(#/.* \| /#, with: "") } == ["good /tcp", "good /http"])
        // One question for each call: nobody asks again between the check and the connection.
        #expect(resolver.asked == ["name.example", "name.example"])
        let refusal = "name.example:\(good.port) is not granted with any of its addresses (127.0.0.2)"
        #expect(await script.run() == ["failed: error: test.lua:13: \(refusal)"])
        #expect(evil.accepted == 0)
    }

    @Test func datagramsGoToTheGrantedAddressOnly() async throws {
        let (good, evil) = (try DatagramServer("127.0.0.1"), try DatagramServer("127.0.0.2"))
        let notes = try await NetworkScript.notes(
            """
            local u = assert(udp.connect("name.example:\(good.port)"))
            u:send("x") note(u:receive())
            note(pcall(udp.connect, "name.example:\(evil.port)"))
            """,
            needs: "network = { \"127.0.0.1:\(good.port)\" }",
            resolver: FakeResolver(["name.example": ["127.0.0.2", "127.0.0.1"]])
        )
        #expect(
            notes == [
                "x", "false | name.example:\(evil.port) is not granted, see needs.network and the targets",
            ]
        )
        #expect(evil.received == 0)
    }

    /// What only the C library takes for an address is resolved, and checked like any name.
    @Test(arguments: ["127.2", "0x7f.0.0.2", "0177.0.0.2", "2130706434", "127.0.0.02", "[::ffff:127.0.0.2]"])
    func oddSpellingsLeadToNothingThatIsNotGranted(host: String) async throws {
        let (good, evil) = try servers()
        let notes = try await NetworkScript.notes(
            """
            note(pcall(tcp.connect, "\(host):\(good.port)")) note(pcall(http.get, "http://\(host):\(good.port)/"))
            note(pcall(udp.connect, "\(host):\(good.port)"))
            """,
            needs: "network = { \"127.0.0.1:\(good.port)\" }"
        )
        #expect(notes.count == 3)
        for note in notes { #expect(note.hasPrefix("false | ") && note.contains("is not granted"), "\(note)") }
        #expect(evil.accepted == 0)
    }

    @Test(arguments: ["127.1", "0x7f.0.0.1", "0177.0.0.1", "2130706433", "[::ffff:127.0.0.1]", "127.0.0.1."])
    func oddSpellingsOfAGrantedAddressWork(host: String) async throws {
        let (good, _) = try servers()
        let notes = try await NetworkScript.notes(
            "note(assert(http.get('http://\(host):\(good.port)/x')).body) note(tcp.connect('\(host):\(good.port)') ~= nil)",
            needs: "network = { \"127.0.0.0/8:\(good.port)\" }"
        )
        #expect(notes == ["good /x", "true"])
    }

    @Test func aResolverThatHangsHoldsUpNobodyElse() async throws {
        let (good, _) = try servers()
        let resolver = FakeResolver(
            ["hang.example": [["127.0.0.1"]], "name.example": [["127.0.0.1"]]],
            hanging: ["hang.example"]
        )
        let script = try await NetworkScript(
            """
            local list = {}
            for i = 1, 10 do list[i] = function() return (select(2, http.get("http://hang.example/", { timeout = 0.2 }))) end end
            list[11] = function() return assert(http.get("http://name.example:\(good.port)/x")).body end
            list[12] = function() return (select(2, tcp.connect("hang.example:80", { timeout = 0.2 }))) end
            list[13] = function() return (select(2, udp.connect("hang.example:80", { timeout = 0.2 }))) end
            local values, errors = parallel(list)
            note(values[1]) note(values[11]) note(values[12]) note(values[13]) note(next(errors))
            """,
            needs: "network = { \"hang.example:*\", \"name.example:*\" }",
            resolver: resolver
        )
        let late = "cannot resolve hang.example: no answer within 0.2 s"
        #expect(await script.run() == [late, "good /x", late, late, "nil"])
        for _ in 1...12 { resolver.release() }
    }

    @Test func namesGiveTheirAddresses() async throws {
        let resolver = FakeResolver(["name.example": ["192.0.2.1", "2001:db8::1", "192.0.2.1", "192.0.2.2"]])
        let notes = try await NetworkScript.notes(
            """
            note(dns.resolve("Name.Example.")) note(dns.resolve("name.example", "ipv4"))
            note(dns.resolve("name.example", "ipv6")) note(dns.resolve("none.example")) note(dns.resolve("192.0.2.9"))
            """,
            needs: "network = { \"name.example:80\", \"none.example:80\", \"192.0.2.0/24:80\" }",
            resolver: resolver
        )
        #expect(
            notes == [
                "{192.0.2.1,2001:db8::1,192.0.2.2}", "{192.0.2.1,192.0.2.2}", "{2001:db8::1}",
                "nil | cannot resolve none.example: name or service not known", "{192.0.2.9}",
            ]
        )
    }
}
