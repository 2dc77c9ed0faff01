import Foundation
import Testing

@testable import Hub

@Suite struct MetricsPageTests {
    @Test func theScrapeIsPassedOnAsAsked() async throws {
        let hub = try FakeHub()
        try await RunningServer.run(listen: ["127.0.0.1:0", "[::1]:0"], hub: hub) { server in
            let path = "/metrics?plugin=node&plugin=h%32o"
            let fields = ["X-Prometheus-Scrape-Timeout-Seconds: 9.5"]
            _ = try await TestClient.get(path, at: server.sockets[0].address, fields: fields)
            _ = try await TestClient.get("/metrics", at: server.sockets[1].address)
            #expect(
                hub.asked == [
                    ScrapeRequest(plugins: ["node", "h2o"], timeout: .seconds(9.5), remote: "127.0.0.1"),
                    ScrapeRequest(remote: "::1"),
                ]
            )
        }
    }

    @Test func theFormatIsNegotiated() async throws {
        try await RunningServer.run { server in
            let client = try await TestClient.connect(to: server.address)
            let plain = try await client.exchange("GET", "/metrics")
            #expect(plain.fields["content-type"]?.hasPrefix("text/plain; version=0.0.4") == true)
            let fields = ["Accept: application/openmetrics-text;version=1.0.0,text/plain;q=0.5"]
            let open = try await client.exchange("GET", "/metrics", fields: fields)
            #expect(open.fields["content-type"]?.hasPrefix("application/openmetrics-text; version=1.0.0") == true)
            #expect(open.fields["vary"] == "Accept")
        }
    }

    @Test func largeBodiesAreCompressedWhereAskedFor() async throws {
        try await RunningServer.run(hub: try FakeHub(samples: 2_000)) { server in
            let client = try await TestClient.connect(to: server.address)
            let plain = try await client.exchange("GET", "/metrics")
            #expect(plain.fields["content-encoding"] == nil)
            #expect(plain.fields["vary"] == "Accept, Accept-Encoding")
            let packed = try await client.exchange("GET", "/metrics", fields: ["Accept-Encoding: gzip"])
            #expect(packed.fields["content-encoding"] == "gzip")
            #expect(packed.body.count < plain.body.count / 3)
            #expect(try await gunzip(packed.body) == plain.body)
        }
    }

    @Test func smallBodiesAreNotCompressed() async throws {
        try await RunningServer.run { server in
            let answer = try await TestClient.get("/metrics", at: server.address, fields: ["Accept-Encoding: gzip"])
            #expect(answer.fields["content-encoding"] == nil)
            #expect(answer.text.contains("test{number=\"1\"} 1\n"))
        }
    }

    @Test func failuresAreServedAroundUnlessTheScrapeIsStrict() async throws {
        let hub = try FakeHub()
        hub.fail(["rtx: 192.168.0.1:23: connection refused", "h2o: timed out"])
        try await RunningServer.run(hub: hub) { server in
            #expect(try await TestClient.get("/metrics", at: server.address).status == 200)
            let strict = try await TestClient.get("/metrics?strict=1", at: server.address)
            #expect(strict.status == 503)
            #expect(strict.text == "2 plugins failed\nrtx: 192.168.0.1:23: connection refused\nh2o: timed out\n")
            hub.fail()
            #expect(try await TestClient.get("/metrics?strict=1", at: server.address).status == 200)
        }
    }

    @Test func unknownPluginsAreNamed() async throws {
        let hub = try FakeHub()
        hub.fail(unknown: ["nod", "x"])
        try await RunningServer.run(hub: hub) { server in
            let answer = try await TestClient.get("/metrics?plugin=nod&plugin=x", at: server.address)
            #expect(answer.status == 404)
            #expect(answer.text == "no plugin \"nod\", \"x\"\n")
        }
    }

    @Test func aQueryWithoutSenseIsRefused() async throws {
        let hub = try FakeHub()
        try await RunningServer.run(hub: hub) { server in
            let answer = try await TestClient.get("/metrics?strict=perhaps", at: server.address)
            #expect(answer.status == 400)
            #expect(answer.text == "strict must be 1 or 0, got \"perhaps\"\n")
            #expect(hub.asked.isEmpty)
        }
    }

    /// Unpacks with the system's gzip, which knows nothing of the code under test.
    private func gunzip(_ bytes: [UInt8]) async throws -> [UInt8] {
        try await onThread {
            let process = Process()
            let (input, output) = (Pipe(), Pipe())
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["gzip", "-dc"]
            process.standardInput = input
            process.standardOutput = output
            try process.runAsKnown()
            defer { process.forget() }
            // Small enough for the pipe's buffer, so that writing does not wait for reading.
            try input.fileHandleForWriting.write(contentsOf: Data(bytes))
            try input.fileHandleForWriting.close()
            let unpacked = try output.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            return Array(unpacked)
        }
    }
}
