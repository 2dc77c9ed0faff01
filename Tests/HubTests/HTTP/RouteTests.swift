import Foundation
import Testing

@testable import Hub

@Suite struct RouteTests {
    @Test func bothFamiliesAreServedOnOnePort() async throws {
        try await RunningServer.run(listen: ["localhost:0"]) { server in
            #expect(Set(server.sockets.map { AddressFormatter.host($0.address) }).isSuperset(of: ["127.0.0.1", "::1"]))
            for socket in server.sockets {
                let answer = try await TestClient.get("/-/healthy", at: socket.address)
                #expect(answer.status == 200)
            }
        }
    }

    @Test func everyPageAnswersHeadAsItAnswersGet() async throws {
        try await RunningServer.run { server in
            // Without parameters these are no requests.
            let apart: [Route] = [.probe, .snmp, .pushedMetrics]
            for route in Route.allCases where route.allow.contains("HEAD") && !apart.contains(route) {
                let client = try await TestClient.connect(to: server.address)
                let get = try await client.exchange("GET", route.label)
                let head = try await client.exchange("HEAD", route.label)
                #expect(head.status == route.usualCode)
                #expect(head.fields["content-length"] == get.fields["content-length"])
                #expect(head.fields["content-type"] == get.fields["content-type"])
                // The next answer on the connection would not be found behind a body.
                #expect(try await client.exchange("GET", "/-/healthy").text == "healthy\n")
            }
        }
    }

    @Test(arguments: [
        ("POST", "/metrics", "GET, HEAD"), ("DELETE", "/", "GET, HEAD"), ("OPTIONS", "/-/healthy", "GET, HEAD"),
        ("GET", "/-/reload", "POST, PUT"), ("PURGE", "/api/v1/status", "GET, HEAD"),
    ])
    func otherMethodsAreRefusedWithThoseAllowed(method: String, path: String, allow: String) async throws {
        try await RunningServer.run { server in
            let answer = try await TestClient.connect(to: server.address).exchange(method, path)
            #expect(answer.status == 405)
            #expect(answer.fields["allow"] == allow)
            #expect(answer.text == "\(path) answers \(allow), not \(method)\n")
        }
    }

    @Test func unknownPagesAreNamedAndCountedTogether() async throws {
        try await RunningServer.run { server in
            let answer = try await TestClient.get("/metric", at: server.address)
            #expect(answer.status == 404)
            #expect(answer.text == "no page \"/metric\"\n")
            _ = try await TestClient.get("/another", at: server.address)
            #expect(server.metrics.snapshot().requests[.init(route: "other", code: 404)] == 2)
        }
    }

    @Test func readinessFollowsTheHub() async throws {
        let hub = try FakeHub()
        try await RunningServer.run(hub: hub) { server in
            hub.isReady = false
            let answer = try await TestClient.get("/-/ready", at: server.address)
            #expect(answer.status == 503)
            #expect(answer.text == "not ready\n")
            #expect(try await TestClient.get("/-/healthy", at: server.address).status == 200)
            hub.isReady = true
            #expect(try await TestClient.get("/-/ready", at: server.address).status == 200)
        }
    }

    @Test(arguments: ["POST", "PUT"])
    func reloadTellsItsProblems(method: String) async throws {
        let hub = try FakeHub()
        try await RunningServer.run(hub: hub) { server in
            let client = try await TestClient.connect(to: server.address)
            #expect(try await client.exchange(method, "/-/reload").text == "reloaded\n")
            hub.complainAtReload(["ups.lua:7: unexpected symbol", "fans.lua:1: no plugin declared"])
            let answer = try await client.exchange(method, "/-/reload", fields: ["Content-Length: 0"])
            #expect(answer.status == 500)
            #expect(answer.text == "ups.lua:7: unexpected symbol\nfans.lua:1: no plugin declared\n")
        }
    }

    @Test func theStatusIsGivenAsJSON() async throws {
        try await RunningServer.run { server in
            let answer = try await TestClient.get("/api/v1/status", at: server.address)
            #expect(answer.fields["content-type"] == "application/json")
            #expect(try JSONDecoder().decode(HubStatus.self, from: Data(answer.body)) == .sample)
        }
    }

    @Test func everyAnswerHasADateAndIsNotToBeSniffed() async throws {
        try await RunningServer.run { server in
            let answer = try await TestClient.get("/metrics", at: server.address)
            #expect(answer.fields["x-content-type-options"] == "nosniff")
            #expect(answer.fields["date"]?.hasSuffix(" GMT") == true)
        }
        // The example of RFC 9110 §5.6.7.
        #expect(HTTPDate.text(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
    }

    @Test func aProxysRequestIsAnswered() async throws {
        let hub = try FakeHub()
        try await RunningServer.run(hub: hub) { server in
            let answer = try await TestClient.get("http://raspberrypi:9090/metrics?plugin=node", at: server.address)
            #expect(answer.status == 200)
            #expect(hub.asked.first?.plugins == ["node"])
        }
    }
}
