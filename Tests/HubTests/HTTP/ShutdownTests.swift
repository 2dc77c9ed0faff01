import NIOCore
import Testing

@testable import Hub

@Suite struct ShutdownTests {
    @Test func aScrapeInFlightIsAnsweredBeforeTheServerStops() async throws {
        let gate = Gate()
        try await RunningServer.run(hub: try FakeHub(samples: 2_000, gate: gate)) { server in
            let client = try await TestClient.connect(to: server.address)
            try await client.send(TestClient.request("GET", "/metrics"))
            await gate.arrival()
            let idle = try await TestClient.connect(to: server.address)
            #expect(try await idle.exchange("GET", "/-/healthy").status == 200)
            await server.shutDown()
            // The idle connection is closed while the other one is still being answered.
            #expect(try await idle.receiveToEnd() == "")
            gate.open()
            let answer = try await client.receive()
            #expect(answer.status == 200)
            #expect(answer.fields["connection"] == "close")
            #expect(answer.text.hasSuffix("test{number=\"2000\"} 2000\n"))
            #expect(try await client.receiveToEnd() == "")
            // Nobody was cut off, as happens at the end of the time of grace.
            #expect(server.metrics.snapshot().faults[.shutdown] == 0)
        }
    }

    @Test func nobodyElseIsAccepted() async throws {
        let gate = Gate()
        try await RunningServer.run(hub: try FakeHub(gate: gate)) { server in
            let client = try await TestClient.connect(to: server.address)
            let idle = try await TestClient.connect(to: server.address)
            try await client.send(TestClient.request("GET", "/metrics"))
            await gate.arrival()
            await server.shutDown()
            _ = try await idle.receiveToEnd()
            await #expect(throws: (any Error).self) {
                try await TestClient.get("/-/healthy", at: server.address)
            }
            gate.open()
            #expect(try await client.receive().status == 200)
        }
    }

    @Test func aScrapeThatTakesTooLongIsCutOff() async throws {
        var limits = HTTPLimits()
        limits.shutdownGrace = .milliseconds(50)
        let gate = Gate()
        try await RunningServer.run(hub: try FakeHub(gate: gate), limits: limits) { server in
            let client = try await TestClient.connect(to: server.address)
            try await client.send(TestClient.request("GET", "/metrics"))
            await gate.arrival()
            await server.shutDown()
            #expect(try await client.receiveToEnd() == "")
            #expect(server.metrics.snapshot().faults[.shutdown] == 1)
        }
    }

    @Test func connectionsThatComeAtThatMomentDoNoHarm() async throws {
        for _ in 1...10 {
            try await RunningServer.run { server in
                await withTaskGroup(of: Void.self) { group in
                    for _ in 1...30 {
                        group.addTask { _ = try? await TestClient.connect(to: server.address).receiveToEnd() }
                    }
                    group.addTask { await server.shutDown() }
                }
            }
        }
    }

    @Test func thePortIsFreeAfterwards() async throws {
        var entry = ""
        try await RunningServer.run(listen: ["127.53.0.4:0"]) { server in
            entry = AddressFormatter.endpoint(server.address)
            let answer = try await TestClient.get("/-/healthy", at: server.address)
            #expect(answer.status == 200)
        }
        for socket in try Listening().open([ListenAddress(entry)]) { socket.close() }
    }
}
