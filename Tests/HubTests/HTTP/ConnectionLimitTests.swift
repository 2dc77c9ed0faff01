import Foundation
import NIOCore
import Testing

@testable import Hub

@Suite struct ConnectionLimitTests {
    @Test func aConnectionServesManyRequests() async throws {
        try await RunningServer.run { server in
            let client = try await TestClient.connect(to: server.address)
            for _ in 1...20 { #expect(try await client.exchange("GET", "/metrics").status == 200) }
            let counted = server.metrics.snapshot()
            #expect(counted.connectionsAccepted == 1)
            #expect(counted.requests[.init(route: "/metrics", code: 200)] == 20)
            #expect(counted.faults.values.allSatisfy { $0 == 0 })
        }
    }

    @Test func requestsSentAheadAreAnsweredInTurn() async throws {
        try await RunningServer.run { server in
            let client = try await TestClient.connect(to: server.address)
            try await client.send(
                TestClient.request("GET", "/-/healthy") + TestClient.request("HEAD", "/metrics")
                    + TestClient.request("GET", "/-/ready")
            )
            #expect(try await client.receive().text == "healthy\n")
            #expect(try await client.receive(isHead: true).status == 200)
            #expect(try await client.receive().text == "ready\n")
        }
    }

    @Test(arguments: [
        "GET /-/healthy HTTP/1.0\r\n\r\n", "GET /-/healthy HTTP/1.1\r\nHost: x\r\nConnection: Close\r\n\r\n",
        "GET /-/healthy HTTP/1.1\r\nHost: x\r\nConnection: te, close\r\n\r\n",
    ])
    func theConnectionIsClosedForClientsThatWantThat(request: String) async throws {
        try await RunningServer.run { server in
            let client = try await TestClient.connect(to: server.address)
            try await client.send(request)
            let text = try await client.receiveToEnd().lowercased()
            #expect(text.hasPrefix("http/1.1 200 ok\r\n"))
            #expect(text.contains("\r\nconnection: close\r\n"))
        }
    }

    @Test func aClientThatFinishedSendingGetsItsAnswer() async throws {
        try await RunningServer.run { server in
            let client = try await TestClient.connect(to: server.address)
            try await client.send(TestClient.request("GET", "/-/healthy"))
            client.finishSending()
            #expect(try await client.receiveToEnd().hasSuffix("healthy\n"))
        }
    }

    @Test func aDrippingHeadIsCutOff() async throws {
        var limits = HTTPLimits()
        // Long enough for the bytes to arrive before it on a busy machine.
        limits.requestTimeout = .milliseconds(500)
        try await RunningServer.run(limits: limits) { server in
            let client = try await TestClient.connect(to: server.address)
            try await client.send("GET /metrics HTTP/1.1\r\nHost: x\r\nX-Slow: ")
            #expect(try await client.receiveToEnd().hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
            #expect(server.metrics.snapshot().faults[.requestTimeout] == 1)
        }
    }

    @Test func aSilentConnectionIsClosed() async throws {
        var limits = HTTPLimits()
        limits.requestTimeout = .milliseconds(50)
        try await RunningServer.run(limits: limits) { server in
            let client = try await TestClient.connect(to: server.address)
            #expect(try await client.receiveToEnd() == "")
            #expect(server.metrics.snapshot().faults[.requestTimeout] == 1)
        }
    }

    @Test func anIdleConnectionIsClosedAfterItsTime() async throws {
        var limits = HTTPLimits()
        limits.idleTimeout = .milliseconds(50)
        try await RunningServer.run(limits: limits) { server in
            let client = try await TestClient.connect(to: server.address)
            #expect(try await client.exchange("GET", "/-/healthy").status == 200)
            #expect(try await client.receiveToEnd() == "")
            #expect(server.metrics.snapshot().faults[.idleTimeout] == 1)
        }
    }

    @Test func aLongScrapeIsNotTakenForAnIdleConnection() async throws {
        var limits = HTTPLimits()
        limits.idleTimeout = .milliseconds(50)
        let gate = Gate()
        try await RunningServer.run(hub: try FakeHub(gate: gate), limits: limits) { server in
            let slow = try await TestClient.connect(to: server.address)
            try await slow.send(TestClient.request("GET", "/metrics"))
            await gate.arrival()
            // Another connection runs into the same limit meanwhile, so that it has passed for sure.
            let idle = try await TestClient.connect(to: server.address)
            #expect(try await idle.exchange("GET", "/-/healthy").status == 200)
            #expect(try await idle.receiveToEnd() == "")
            gate.open()
            #expect(try await slow.receive().status == 200)
        }
    }

    @Test func aClientThatDoesNotTakeItsAnswerIsLeft() async throws {
        var limits = HTTPLimits()
        limits.idleTimeout = .milliseconds(50)
        limits.responseTimeout = .milliseconds(50)
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        // Larger than a Unix socket's buffer, which does not grow.
        let hub = try FakeHub(samples: 20_000)
        try await RunningServer.run(listen: ["unix:\(path)"], hub: hub, limits: limits) { server in
            let client = try await TestClient.connect(to: server.address)
            try await client.send(TestClient.request("GET", "/metrics"))
            try await client.hangUp()
            #expect(server.metrics.snapshot().faults[.responseTimeout] == 1)
        }
    }

    @Test func headersThatAreTooLargeAreRefused() async throws {
        try await RunningServer.run { server in
            let client = try await TestClient.connect(to: server.address)
            let field = "X-Large: " + String(repeating: "x", count: 20_000)
            #expect(try await client.exchange("GET", "/metrics", fields: [field]).status == 431)
            #expect(server.metrics.snapshot().faults[.headerTooLarge] == 1)
        }
    }

    @Test(arguments: ["Content-Length: 100000", "Transfer-Encoding: chunked"])
    func bodiesThatAreTooLargeEndTheConnection(field: String) async throws {
        var limits = HTTPLimits()
        limits.bodyBytes = 1_000
        try await RunningServer.run(limits: limits) { server in
            let client = try await TestClient.connect(to: server.address)
            try await client.send(TestClient.request("POST", "/-/reload", fields: [field]))
            try await client.send("7d0\r\n" + String(repeating: "x", count: 2_000))
            _ = try await client.receiveToEnd()
            #expect(server.metrics.snapshot().faults[.bodyTooLarge] == 1)
        }
    }

    @Test func anAnnouncedBodyThatIsTooLargeIsRefused() async throws {
        try await RunningServer.run { server in
            let client = try await TestClient.connect(to: server.address)
            let answer = try await client.exchange("POST", "/-/reload", fields: ["Content-Length: 100000"])
            #expect(answer.status == 413)
            #expect(answer.text == "body too large\n")
        }
    }

    @Test(arguments: ["NONSENSE\r\n\r\n", "GET /metrics HTTP/1.1\r\nno field\r\n\r\n", "\u{16}\u{3}\u{1}"])
    func whatIsNoHTTPIsRefused(bytes: String) async throws {
        try await RunningServer.run { server in
            let client = try await TestClient.connect(to: server.address)
            try await client.send(bytes)
            #expect(try await client.receive().status == 400)
            #expect(server.metrics.snapshot().faults[.malformedRequest] == 1)
        }
    }

    @Test func garbageBehindARequestDoesNotSpoilItsAnswer() async throws {
        try await RunningServer.run { server in
            let client = try await TestClient.connect(to: server.address)
            try await client.send(TestClient.request("GET", "/-/healthy") + "garbage\r\n\r\n")
            #expect(try await client.receive().text == "healthy\n")
            #expect(try await client.receive().status == 400)
            #expect(try await client.receiveToEnd() == "")
        }
    }

    @Test func connectionsBeyondTheLimitAreRefusedUntilOneCloses() async throws {
        var limits = HTTPLimits()
        limits.connections = 1
        try await RunningServer.run(limits: limits) { server in
            let first = try await TestClient.connect(to: server.address)
            #expect(try await first.exchange("GET", "/-/healthy").status == 200)
            let second = try await TestClient.connect(to: server.address)
            #expect(try await second.receive().status == 503)
            #expect(server.metrics.snapshot().faults[.tooManyConnections] == 1)
            try await first.send(TestClient.request("GET", "/-/healthy", fields: ["Connection: close"]))
            _ = try await first.receiveToEnd()
        }
    }
}
