import Testing

@testable import Hub

/// `udp`.
@Suite struct DatagramTests {
    private let needs = "network = { \"127.0.0.1:*\", \"[::1]:*\", \"both.example:*\" }"

    private func notes(_ port: Int, _ body: String) async throws -> [String] {
        let connect = "local u = assert(udp.connect(\"127.0.0.1\", \(port)))\n"
        return try await NetworkScript.notes(connect + body, needs: needs)
    }

    @Test func datagramsOfEverySizeArriveWhole() async throws {
        let server = try DatagramServer("127.0.0.1")
        let answer = try await notes(
            server.port,
            """
            for _, size in ipairs { 0, 1, 2048, 2049, 9000, 65507 } do
              local sent = string.rep("x", size)
              assert(u:send(sent))
              note(size, u:receive() == sent)
            end
            """
        )
        #expect(answer == ["0 | true", "1 | true", "2048 | true", "2049 | true", "9000 | true", "65507 | true"])
    }

    @Test func datagramsWaitInTheirOrder() async throws {
        let server = try DatagramServer("127.0.0.1") { _ in ["a", "b", "c"].map { Array($0.utf8) } }
        let answer = try await notes(
            server.port,
            "u:send('x') for _ = 1, 3 do note(u:receive()) end note(u:receive(0.02))"
        )
        #expect(answer == ["a", "b", "c", "nil | no datagram from 127.0.0.1:\(server.port) within 0.02 s"])
    }

    @Test func aPortWhereNobodyListensIsAnError() async throws {
        let port = try unusedPort()
        let answer = try await notes(port, "note(u:send('x')) note(u:receive())")
        #expect(
            answer == ["true", "nil | no answer from 127.0.0.1:\(port): 127.0.0.1:\(port): connection refused"]
        )
    }

    @Test func aRefusalThatCameBeforeIsReportedByTheNextReceive() async throws {
        let port = try unusedPort()
        // The answer of the kernel is there when the sleep is over, since it is sent before `send` returns.
        let answer = try await notes(port, "u:send('x') sleep(0.01) note((select(2, u:receive())):match('refused'))")
        #expect(answer == ["refused"])
    }

    @Test(arguments: ["127.0.0.1", "::1"], [["::1", "127.0.0.1"], ["127.0.0.1", "::1"]])
    func aServerOnOneFamilyIsReachedByAName(place: String, addresses: [String]) async throws {
        let server = try DatagramServer(place)
        let answer = try await NetworkScript.notes(
            """
            local u = assert(udp.connect("both.example:\(server.port)"))
            assert(u:send("ping")) note(u:receive()) assert(u:send("again")) note(u:receive())
            """,
            needs: needs,
            resolver: FakeResolver(["both.example": addresses])
        )
        #expect(answer == ["ping", "again"])
    }

    @Test func anErrorNamesEveryAddress() async throws {
        let port = try unusedPort()
        let answer = try await NetworkScript.notes(
            "local u = assert(udp.connect('both.example:\(port)')) u:send('x') note(u:receive())",
            needs: needs,
            resolver: FakeResolver(["both.example": ["::1", "127.0.0.1"]])
        )
        #expect(
            answer == [
                "nil | no answer from both.example:\(port): [::1]:\(port): connection refused, "
                    + "127.0.0.1:\(port): connection refused"
            ]
        )
    }

    @Test func aStrangersDatagramIsNotReceived() async throws {
        let stranger = try DatagramServer("127.0.0.1")
        let server = try DatagramServer("127.0.0.1") { _ in [] }
        let answer = try await NetworkScript.notes(
            """
            local u, v = udp.connect("127.0.0.1:\(server.port)"), udp.connect("127.0.0.1:\(stranger.port)")
            u:send("x") v:send("y") note(v:receive()) note(u:receive(0.02))
            """,
            needs: needs
        )
        #expect(answer == ["y", "nil | no datagram from 127.0.0.1:\(server.port) within 0.02 s"])
    }

    @Test func aFloodIsDropped() async throws {
        let server = try DatagramServer("127.0.0.1") { _ in
            Array(repeating: [UInt8](repeating: 0, count: 60_000), count: 100)
        }
        let answer = try await notes(
            server.port,
            """
            u:send("x") assert(u:receive())
            local count = 0
            while u:receive(0.1) do count = count + 1 end
            note(count <= 100)
            """
        )
        #expect(answer == ["true"])
    }
}
