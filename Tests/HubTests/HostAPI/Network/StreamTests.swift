import Synchronization
import Testing

@testable import Hub

/// `tcp` and `unix`: what a script sends and receives.
@Suite struct StreamTests {
    private let needs = "network = { \"127.0.0.1:*\", \"[::1]:*\", \"localhost:*\" }"

    private func notes(_ server: TestServer, _ body: String) async throws -> [String] {
        let connect = "local c = assert(tcp.connect(\"127.0.0.1\", \(server.port)))\n"
        return try await NetworkScript.notes(connect + body, needs: needs).map {
            $0.replacing("127.0.0.1:\(server.port)", with: "PLACE")
        }
    }

    @Test func linesCountsAndTheRestAreReceived() async throws {
        let server = try TestServer { peer in
            peer.write("one\r\ntwo\n\r\nabcdefg")
            _ = peer.readLine()
            peer.write("last")
        }
        let answer = try await notes(
            server,
            """
            note(c.peer, c.closed)
            note(c:receive("line")) note(c:receive("line")) note("<" .. c:receive("line") .. ">")
            note(c:receive(3)) note(c:receive("some", 10)) note(c:send("go\\n")) note(c:receive("all"))
            note(c:receive("some"))
            """
        )
        #expect(
            answer == [
                "PLACE | false", "one", "two", "<>", "abc", "defg", "true", "last", "nil | connection to PLACE ended",
            ]
        )
    }

    @Test func bytesArriveAsTheyAre() async throws {
        let server = try TestServer { peer in peer.write(peer.read(256)) }
        let answer = try await notes(
            server,
            """
            local bytes = {}
            for i = 0, 255 do bytes[i + 1] = string.char(i) end
            bytes = table.concat(bytes)
            assert(c:send(bytes))
            note(c:receive(256) == bytes)
            """
        )
        #expect(answer == ["true"])
    }

    @Test func aLineWithoutItsEndIsTheLast() async throws {
        let server = try TestServer { $0.write("one\ntwo") }
        let answer = try await notes(server, "for _ = 1, 3 do note(c:receive('line')) end note(c.closed)")
        #expect(answer == ["one", "two", "nil | connection to PLACE ended", "true"])
    }

    @Test func anEndInTheMiddleLeavesWhatHasCome() async throws {
        let server = try TestServer { $0.write("four") }
        let answer = try await notes(
            server,
            "note(c:receive(10)) note(c.closed) note(c:receive('some')) note(c.closed) note(c:receive(1)) note(c:send('x'))"
        )
        #expect(
            answer == [
                "nil | connection to PLACE ended after 4 of 10 bytes", "false", "four", "true",
                "nil | connection to PLACE ended after 0 of 1 bytes", "nil | connection is closed",
            ]
        )
    }

    @Test func aResetIsNamed() async throws {
        let server = try TestServer { peer in
            _ = peer.read()
            peer.reset()
        }
        let answer = try await notes(server, "c:send('x') note(c:receive('all'))")
        #expect(answer == ["nil | connection to PLACE ended: connection reset by peer"])
    }

    @Test func aTimeoutLosesNothing() async throws {
        let server = try TestServer { peer in
            peer.write("ab")
            _ = peer.readLine()
            peer.write("cd\nef")
            _ = peer.readLine()
            peer.write("gh")
        }
        let answer = try await notes(
            server,
            """
            note(c:receive(4, 0.02)) note(c:receive("line", 0.02)) note(c:receive("all", 0.02))
            c:send("go\\n") note(c:receive("line")) note(c:receive("line", 0.02)) c:send("go\\n") note(c:receive("all"))
            """
        )
        let late = "nil | nothing received from PLACE within 0.02 s"
        #expect(answer == [late, late, late, "abcd", late, "efgh"])
    }

    @Test func aSocketFileIsReached() async throws {
        let tree = try TemporaryTree()
        let path = tree.path("x.sock")
        let server = try TestServer(.unix(path)) { peer in peer.write("hello \(peer.readLine() ?? "")") }
        let answer = try await NetworkScript.notes(
            """
            local c = assert(unix.connect("\(path)"))
            c:send("you\\n") note(c.peer, c:receive("all"))
            note(unix.connect("\(tree.path("none"))")) note(pcall(unix.connect, "/run/other"))
            """,
            needs: "network = { \"unix:\(path)\", \"unix:\(tree.path("none"))\" }"
        )
        #expect(
            answer == [
                "unix:\(path) | hello you",
                "nil | cannot connect to unix:\(tree.path("none")): no such file or directory",
                "false | unix:/run/other is not granted, see needs.network",
            ]
        )
        server.stop()
    }

    /// Whatever the order of the addresses, the one that listens is found.
    @Test(arguments: [TestServer.Place.ipv4, .ipv6], [["::1", "127.0.0.1"], ["127.0.0.1", "::1"]])
    func aServerOnOneFamilyIsReachedByAName(place: TestServer.Place, addresses: [String]) async throws {
        let server = try TestServer(place) { $0.write("hello") }
        let answer = try await NetworkScript.notes(
            "note(assert(tcp.connect('both.example:\(server.port)')):receive('all'))",
            needs: "network = { 'both.example:*' }",
            resolver: FakeResolver(["both.example": addresses])
        )
        #expect(answer == ["hello"])
    }

    @Test func anErrorNamesHostAddressesAndReasons() async throws {
        let port = try unusedPort()
        let resolver = FakeResolver(["dead.example": ["::1", "127.0.0.1"]])
        let answer = try await NetworkScript.notes(
            "note(tcp.connect('dead.example:\(port)')) note(tcp.connect('none.example', \(port)))",
            needs: "network = { '*:*' }",
            resolver: resolver
        )
        #expect(
            answer == [
                "nil | cannot connect to dead.example:\(port): [::1]:\(port): connection refused, "
                    + "127.0.0.1:\(port): connection refused",
                "nil | cannot resolve none.example: name or service not known",
            ]
        )
    }

    @Test func theLastOfManyAddressesIsReached() async throws {
        let server = try TestServer { $0.write("hello") }
        let dead = (1...14).map { "127.1.0.\($0)" }
        let answer = try await NetworkScript.notes(
            "note(assert(tcp.connect('many.example:\(server.port)')):receive('all'))",
            needs: "network = { 'many.example:*' }",
            resolver: FakeResolver(["many.example": dead + ["::2:1", "127.0.0.1"]])
        )
        #expect(answer == ["hello"])
    }

    @Test func manySmallSendsGrowNoStack() async throws {
        let server = try TestServer { peer in
            var count = 0
            while count < 20_000 { count += peer.read().count }
            peer.write("\(count)")
        }
        let answer = try await NetworkScript.notes(
            """
            local c = assert(tcp.connect("127.0.0.1:\(server.port)"))
            for i = 1, 20000 do assert(c:send("x")) end
            note(c:receive("all"))
            """,
            needs: needs,
            configuration: "limits: { cpu: 20s }"
        )
        #expect(answer == ["20000"])
    }

    @Test func aLargeTextIsSentWhole() async throws {
        let server = try TestServer { peer in
            var count = 0
            while count < 4_000_000 { count += peer.read().count }
            peer.write("\(count)\n")
        }
        let answer = try await notes(server, "note(c:send(string.rep('x', 4000000))) note(c:receive('line'))")
        #expect(answer == ["true", "4000000"])
    }
}

/// A port nobody listens on at this moment, in both families.
func unusedPort() throws -> Int {
    for _ in 0..<20 {
        let first = try TestServer { _ in }
        defer { first.stop() }
        if let second = try? TestServer(.ipv6, port: first.port, { _ in }) {
            second.stop()
            return first.port
        }
    }
    throw TestServerError(code: 0)
}
