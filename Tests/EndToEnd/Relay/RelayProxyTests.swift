import Foundation
import Testing

extension EndToEndTests {
    /// The relay with clients of PushProx, and with clients that misbehave.
    @Suite struct RelayProxyTests {
        @Test func prometheusScrapesAClientOfPushProx() async throws {
            try await withWorkspace { workspace in
                try await NodeExporter.running { node in
                    guard case .ipv4(let port) = node else { return }
                    try await RelayProgram.running(in: workspace) { relay in
                        try await PushProx.client(of: relay.endpoint, name: "127.0.0.1") { _ in
                            let config = """
                                global: { scrape_interval: 1s, scrape_timeout: 1s }
                                scrape_configs:
                                  - job_name: home
                                    proxy_url: http://\(relay.endpoint.host)
                                    static_configs: [ { targets: ["127.0.0.1:\(port)"] } ]
                                  - job_name: nobody
                                    proxy_url: http://\(relay.endpoint6.host)
                                    static_configs: [ { targets: ["nobody:1"] } ]
                                """
                            try await PrometheusServer.running(config, in: workspace) { prometheus in
                                try await wait(until: "the client is scraped") {
                                    try await prometheus.query("up{job=\"home\"}").first?.value == 1
                                }
                                #expect(try await !prometheus.query("node_load1{job=\"home\"}").isEmpty)
                                try await wait(until: "the other one is down") {
                                    try await prometheus.query("up{job=\"nobody\"}").first?.value == 0
                                }
                            }
                            let clients = try await HTTPRequest(path: "/clients").send(to: relay.endpoint).text
                            #expect(clients == "[{\"targets\":[\"127.0.0.1\"],\"labels\":null}]\n")
                            #expect(try await relay.metrics().value("pushprox_proxy_clients") == 1)
                        }
                    }
                }
            }
        }

        @Test func aScrapeWithoutATimeoutOrWithAnIdOfItsOwnIsAnswered() async throws {
            try await withWorkspace { workspace in
                try await NodeExporter.running { node in
                    try await RelayProgram.running(in: workspace) { relay in
                        try await PushProx.client(of: relay.endpoint, name: "127.0.0.1") { _ in
                            let url = "http://\(node.host)/metrics"
                            let bare = try await relay.scrape(url, seconds: nil)
                            #expect(bare.status == 200)
                            #expect(bare.text.contains("node_load1"))
                            let named = try await relay.scrape(url, headers: ["Id": "mine"], from: relay.endpoint6)
                            #expect(named.status == 200)
                            #expect(named.headers.keys.filter { $0 == "id" || $0.hasPrefix("x-prometheus") }.isEmpty)
                            let dead = try await relay.scrape("http://127.0.0.1:1/metrics")
                            #expect(dead.status == 500)
                            #expect(dead.text.lowercased().contains("connection refused"))
                        }
                    }
                }
            }
        }

        @Test func theFirstScrapeAfterManyDeadPollsSucceeds() async throws {
            try await withWorkspace { workspace in
                try await NodeExporter.running { node in
                    try await RelayProgram.running(in: workspace) { relay in
                        // They are held by nobody who would answer.
                        let dead = try (0..<30).map { _ in try RawConnection(to: relay.endpoint) }
                        for connection in dead { connection.poll("127.0.0.1") }
                        try await relay.waitForPolls(8)
                        try await PushProx.client(of: relay.endpoint, name: "127.0.0.1") { _ in
                            try await wait(until: "the client has polled") {
                                try await relay.metrics().value("hub_relay_polls_ended_total", ["reason": "superseded"])
                                    == 23
                            }
                            let answer = try await relay.scrape("http://\(node.host)/metrics")
                            #expect(answer.status == 200)
                        }
                        withExtendedLifetime(dead) {}
                    }
                }
            }
        }

        @Test func anAnswerNobodyWaitsForIsRefusedAtOnce() async throws {
            try await withWorkspace { workspace in
                try await RelayProgram.running(in: workspace) { relay in
                    let connection = try RawConnection(to: relay.endpoint)
                    connection.push("HTTP/1.1 200 OK\r\nId: made-up\r\n\r\n", length: 1 << 30)
                    let answer = connection.read(until: "waits")
                    #expect(answer.hasPrefix("HTTP/1.1 500"))
                    #expect(answer.contains("Error pushing: nobody waits for \"made-up\""))
                    // The rest is not read for long either.
                    let rest = [UInt8](repeating: 0x61, count: 1 << 20)
                    try await wait(until: "the connection is closed") { !connection.send(rest) }
                    #expect(try await relay.metrics().value("hub_relay_late_pushes_total") == 1)
                }
            }
        }

        @Test func aBodyIsPassedOnAsItComesAndNoFasterThanItIsTaken() async throws {
            try await withWorkspace { workspace in
                try await RelayProgram.running(in: workspace) { relay in
                    let client = try RawConnection(to: relay.endpoint)
                    client.poll("endless")
                    try await relay.waitForPolls(1)
                    let asker = try RawConnection(to: relay.endpoint)
                    asker.send("GET http://endless/ HTTP/1.1\r\nHost: endless\r\n\r\n")
                    let id = try client.readScrapeID()
                    let pusher = try RawConnection(to: relay.endpoint)
                    pusher.push("HTTP/1.1 200 OK\r\nId: \(id)\r\n\r\n", length: 1 << 40)
                    // The head is there while the body has not begun.
                    #expect(asker.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 200 OK"))
                    let before = try relay.memory
                    let piece = [UInt8](repeating: 0x61, count: 1 << 16)
                    var (sent, refused) = (0, 0)
                    while sent < 256 << 20, refused < 20 {
                        let count = pusher.sendWithoutWaiting(piece)
                        sent += count
                        refused = count == 0 ? refused + 1 : 0
                        if count == 0 { _ = try await relay.metrics() }
                    }
                    #expect(sent < 64 << 20, "the relay took \(sent) bytes that nobody reads")
                    #expect(try relay.memory - before < 24 << 20)
                }
            }
        }

        @Test func aBodyThatBreaksOffDoesNotLookWhole() async throws {
            try await withWorkspace { workspace in
                try await RelayProgram.running(in: workspace) { relay in
                    let client = try RawConnection(to: relay.endpoint)
                    client.poll("broken")
                    try await relay.waitForPolls(1)
                    let asker = try RawConnection(to: relay.endpoint)
                    asker.send("GET http://broken/ HTTP/1.1\r\nHost: broken\r\n\r\n")
                    let id = try client.readScrapeID()
                    var pusher: RawConnection? = try RawConnection(to: relay.endpoint)
                    pusher?.push("HTTP/1.1 200 OK\r\nId: \(id)\r\nContent-Length: 100\r\n\r\nup 1\n", length: 1_000)
                    _ = asker.read(until: "up 1")
                    pusher = nil
                    #expect(asker.read().isEmpty)
                    #expect(try await relay.metrics().value("hub_relay_scrapes_total", ["result": "broken"]) == 1)
                }
            }
        }

        @Test func manyNamesAndManyScrapesLeaveNothingBehind() async throws {
            try await withWorkspace { workspace in
                try await RelayProgram.running("limits: { scrapes: 50 }", in: workspace) { relay in
                    var askers = try (0..<60).map { _ in try RawConnection(to: relay.endpoint) }
                    for (number, asker) in askers.enumerated() {
                        asker.send("GET http://host\(number)/ HTTP/1.1\r\nHost: host\(number)\r\n\r\n")
                    }
                    try await wait(until: "the limit is reached") {
                        let samples = try await relay.metrics()
                        return samples.value("hub_relay_scrapes_in_progress") == 50
                            && samples.value("hub_relay_refusals_total", ["reason": "too_many_scrapes"]) == 10
                    }
                    askers.removeAll()
                    try await wait(until: "they are forgotten") {
                        try await relay.metrics().value("hub_relay_scrapes_in_progress") == 0
                    }
                    let samples = try await relay.metrics()
                    #expect(samples.value("hub_relay_waiting_scrapes") == 0)
                    #expect(samples.value("pushprox_proxy_clients") == 0)
                }
            }
        }

        @Test(arguments: [
            "POST /poll HTTP/1.1\r\nHost: r\r\nContent-Length: 100000\r\n\r\n" + String(repeating: "a", count: 100_000),
            "POST /poll HTTP/1.1\r\nHost: r\r\nContent-Length: 3\r\n\r\na b",
            "POST /poll HTTP/1.1\r\nHost: r\r\nContent-Length: 0\r\n\r\n",
            "POST /push HTTP/1.1\r\nHost: r\r\nContent-Length: 5\r\n\r\n<htm>",
            "POST /push HTTP/1.1\r\nHost: r\r\nContent-Length: 20\r\n\r\nHTTP/1.1 200 OK\r\nA: b",
            "GET http://a b/ HTTP/1.1\r\n\r\n", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n",
            "\u{16}\u{3}\u{1}\r\n\r\n",
            "GET /" + String(repeating: "a", count: 100_000) + " HTTP/1.1\r\n\r\n",
        ])
        func badRequestsAreRefusedAndCostNobodyElse(request: String) async throws {
            try await withWorkspace { workspace in
                try await RelayProgram.running(in: workspace) { relay in
                    let connection = try RawConnection(to: relay.endpoint)
                    connection.send(request)
                    let answer = connection.read(until: "\r\n\r\n")
                    #expect(answer.contains(/^HTTP\/1\.1 (400|413|500)/), "\(answer.prefix(200))")
                    #expect(try await HTTPRequest(path: "/-/healthy").send(to: relay.endpoint).status == 200)
                }
            }
        }
    }
}
