import Testing

@testable import Hub

@Suite struct ProbePageTests {
    @Test func theProbeIsPassedOnAsAsked() async throws {
        let hub = try FakeHub()
        hub.answerProbes(.answered(try TestExposition.gauges(1), failure: nil))
        try await RunningServer.run(hub: hub) { server in
            let path = "/probe?plugin=rtx&target=%5B2001%3adb8::7%5D:23&debug=true&module=x"
            let fields = ["X-Prometheus-Scrape-Timeout-Seconds: 9.5"]
            let answer = try await TestClient.get(path, at: server.address, fields: fields)
            #expect(answer.status == 200)
            #expect(answer.fields["content-type"]?.hasPrefix("text/plain; version=0.0.4") == true)
            #expect(answer.text.contains("test{number=\"1\"} 1\n"))
            let head = try await TestClient.connect(to: server.address).exchange("HEAD", path)
            #expect(head.status == 200 && head.fields["content-length"] == answer.fields["content-length"])
            let asked = ProbeRequest(plugin: "rtx", target: "[2001:db8::7]:23", isDebug: true, timeout: .seconds(9.5))
            #expect(hub.probed.first == asked)
            #expect(server.metrics.snapshot().requests[.init(route: "/probe", code: 200)] == 2)
        }
    }

    @Test(arguments: [
        ("/probe", "plugin is missing: /probe?plugin=NAME&target=ADDRESS\n"),
        ("/probe?plugin=&target=a", "plugin is missing: /probe?plugin=NAME&target=ADDRESS\n"),
        ("/probe?plugin=a", "target is missing: /probe?plugin=NAME&target=ADDRESS\n"),
        ("/probe?plugin=a&target=", "target is missing: /probe?plugin=NAME&target=ADDRESS\n"),
        ("/probe?plugin=a&target=b&target=c", "target must be given once: /probe?plugin=NAME&target=ADDRESS\n"),
        ("/probe?plugin=a&plugin=b&target=c", "plugin must be given once: /probe?plugin=NAME&target=ADDRESS\n"),
        ("/probe?plugin=a&target=b&debug=perhaps", "debug must be 1 or 0, got \"perhaps\"\n"),
        ("/probe?plugin=a&target=b&strict=x", "strict must be 1 or 0, got \"x\"\n"),
        ("/probe?plugin=a&target=%zz", "request target has an incomplete percent-encoding\n"),
    ])
    func aQueryWithoutSenseIsRefused(path: String, text: String) async throws {
        let hub = try FakeHub()
        try await RunningServer.run(hub: hub) { server in
            let answer = try await TestClient.get(path, at: server.address)
            #expect(answer.status == 400)
            #expect(answer.text == text)
            #expect(hub.probed.isEmpty)
        }
    }

    @Test func aFailureIsAnErrorOnlyWhereThatIsAskedFor() async throws {
        let hub = try FakeHub()
        hub.answerProbes(.answered(try TestExposition.gauges(1), failure: "rtx (a): timeout: no result"))
        try await RunningServer.run(hub: hub) { server in
            #expect(try await TestClient.get("/probe?plugin=rtx&target=a", at: server.address).status == 200)
            let strict = try await TestClient.get("/probe?plugin=rtx&target=a&strict=1", at: server.address)
            #expect(strict.status == 503)
            #expect(strict.text == "rtx (a): timeout: no result\n")
        }
    }

    @Test func aRefusalHasItsStatusAndReason() async throws {
        let hub = try FakeHub()
        try await RunningServer.run(hub: hub) { server in
            let answer = try await TestClient.get("/probe?plugin=rtx&target=a", at: server.address)
            #expect(answer.status == 403)
            #expect(answer.text == "refused\n")
        }
    }

    @Test func aReportIsPlainText() async throws {
        let hub = try FakeHub()
        hub.answerProbes(.report("result success"))
        try await RunningServer.run(hub: hub) { server in
            let answer = try await TestClient.get("/probe?plugin=rtx&target=a&debug=1", at: server.address)
            #expect(answer.fields["content-type"] == "text/plain; charset=utf-8")
            #expect(answer.text == "result success\n")
        }
    }
}
