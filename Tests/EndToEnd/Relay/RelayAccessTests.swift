import Foundation
import Testing

extension EndToEndTests {
    /// Who may poll and who may scrape.
    @Suite struct RelayAccessTests {
        private static let rules = """
            clients:
              pi: { token: opensesame }
              "*.home": { token: littlehome }
            scrapers:
              - { username: prometheus, password: wonderland }
            """
        private static let scraper = "Basic " + Data("prometheus:wonderland".utf8).base64EncodedString()

        private func poll(_ name: String, _ relay: RelayProgram, _ fields: String = "") throws -> String {
            let connection = try RawConnection(to: relay.endpoint)
            connection.poll(name, headers: fields)
            return connection.read(until: "\r\n\r\n")
        }

        @Test func onlyThoseWithTheTokenOfANameMayPollUnderIt() async throws {
            try await withWorkspace { workspace in
                try await RelayProgram.running(Self.rules, in: workspace) { relay in
                    #expect(try poll("pi", relay).hasPrefix("HTTP/1.1 401"))
                    #expect(try poll("pi", relay, "Authorization: Bearer wrong\r\n").hasPrefix("HTTP/1.1 401"))
                    #expect(try poll("pi", relay, "Authorization: Bearer littlehome\r\n").hasPrefix("HTTP/1.1 403"))
                    let connection = try RawConnection(to: relay.endpoint)
                    connection.poll("pi", headers: "Authorization: Bearer opensesame\r\n")
                    try await relay.waitForPolls(1, headers: ["Authorization": Self.scraper])
                }
            }
        }

        @Test func anAnswerIsTakenFromTheScrapedClientOnly() async throws {
            try await withWorkspace { workspace in
                try await RelayProgram.running(Self.rules, in: workspace) { relay in
                    let client = try RawConnection(to: relay.endpoint)
                    client.poll("pi", headers: "Authorization: Bearer opensesame\r\n")
                    try await relay.waitForPolls(1, headers: ["Authorization": Self.scraper])
                    let asker = try RawConnection(to: relay.endpoint)
                    asker.send("GET http://pi/ HTTP/1.1\r\nHost: pi\r\nProxy-Authorization: \(Self.scraper)\r\n\r\n")
                    let id = try client.readScrapeID()
                    let response = "HTTP/1.1 200 OK\r\nId: \(id)\r\nContent-Length: 2\r\n\r\nok"
                    for (token, status) in [("littlehome", "403"), ("wrong", "401"), ("opensesame", "200")] {
                        let pusher = try RawConnection(to: relay.endpoint)
                        pusher.send(
                            "POST /push HTTP/1.1\r\nHost: r\r\nAuthorization: Bearer \(token)\r\n"
                                + "Content-Length: \(response.utf8.count)\r\n\r\n\(response)"
                        )
                        #expect(pusher.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 \(status)"))
                    }
                    #expect(asker.read(until: "ok").hasSuffix("ok"))
                }
            }
        }

        @Test func onlyScrapersMayScrapeAndReadPages() async throws {
            try await withWorkspace { workspace in
                try await RelayProgram.running(Self.rules, in: workspace) { relay in
                    let refused = try await relay.scrape("http://pi/metrics", seconds: 1)
                    #expect(refused.status == 407)
                    #expect(refused.headers["proxy-authenticate"] == "Basic realm=\"relay\"")
                    for path in ["/clients", "/metrics"] {
                        #expect(try await HTTPRequest(path: path).send(to: relay.endpoint).status == 401)
                        let known = HTTPRequest(path: path, headers: ["Authorization": Self.scraper])
                        #expect(try await known.send(to: relay.endpoint).status == 200)
                    }
                    #expect(try await HTTPRequest(path: "/-/ready").send(to: relay.endpoint).status == 200)
                }
            }
        }

        @Test func prometheusAndTheHubShowThemselvesByPasswordTokenAndCertificate() async throws {
            try await withWorkspace { workspace in
                let files = try await Certificates(in: workspace, client: "sealed")
                let config = """
                    \(Self.rules)
                    tls: { certificate_file: server.pem, key_file: server.key, client_ca_file: ca.pem }
                    """
                try await RelayProgram.running(config, in: workspace) { relay in
                    let tls = "ca_file: \(files.authority)"
                    let hubConfig = """
                        relay:
                          - { url: "https://\(relay.endpoint.host)", name: pi, token: opensesame, tls: { \(tls) } }
                          - { url: "https://x:littlehome@\(relay.endpoint6.host)", name: attic.home, tls: { \(tls) } }
                          - url: "https://\(relay.endpoint.host)"
                            name: sealed
                            tls: { \(tls), certificate_file: client.pem, key_file: client.key }
                          - { url: "https://\(relay.endpoint.host)", name: thief, token: opensesame, tls: { \(tls) } }
                        """
                    let options = HubOptions(plugins: [workspace.plugins], config: hubConfig)
                    try await withHub(options, in: workspace) { hub in
                        let prometheusConfig = """
                            global: { scrape_interval: 1s, scrape_timeout: 1s }
                            scrape_configs:
                              - job_name: home
                                proxy_url: https://prometheus:wonderland@\(relay.endpoint.host)
                                tls_config: { ca_file: \(files.authority) }
                                static_configs: [ { targets: [pi, attic.home, sealed, thief] } ]
                            """
                        try await PrometheusServer.running(prometheusConfig, in: workspace) { prometheus in
                            try await wait(until: "three are up and one is not") {
                                let down = try await prometheus.query("up == 0").compactMap { $0.metric["instance"] }
                                // Prometheus adds the port before 3.
                                let isThief = down == ["thief:80"] || down == ["thief"]
                                return try await prometheus.query("up == 1").count == 3 && isThief
                            }
                        }
                        let samples = try await hub.scrape()
                        #expect(samples.sum("hub_relay_client_http2") == 4)
                        let log = hub.program.errors.lines.joined()
                        #expect(log.contains("403 Forbidden"))
                        #expect(!log.contains("opensesame") && !log.contains("littlehome"))
                    }
                }
            }
        }
    }
}

/// An authority, a server's certificate for 127.0.0.1 and ::1, and a client's for one name, all made by openssl.
private struct Certificates {
    let authority: String

    init(in workspace: Workspace, client: String) async throws {
        authority = workspace.folder.appending(path: "ca.pem").path
        try await Self.openssl(
            ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"],
            ["-subj", "/CN=test authority", "-keyout", "ca.key", "-out", "ca.pem"],
            in: workspace
        )
        for (name, alternatives) in [("server", "IP:127.0.0.1,IP:::1,DNS:localhost"), ("client", "DNS:\(client)")] {
            try workspace.write("subjectAltName=\(alternatives)\n", to: "\(name).ext")
            try await Self.openssl(
                ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=\(name)"],
                ["-keyout", "\(name).key", "-out", "\(name).csr"],
                in: workspace
            )
            try await Self.openssl(
                ["x509", "-req", "-days", "2", "-in", "\(name).csr", "-CA", "ca.pem", "-CAkey", "ca.key"],
                ["-CAcreateserial", "-extfile", "\(name).ext", "-out", "\(name).pem"],
                in: workspace
            )
        }
    }

    private static func openssl(_ arguments: [String], _ more: [String], in workspace: Workspace) async throws {
        let files = ["-keyout", "-out", "-in", "-CA", "-CAkey", "-extfile"]
        var all = arguments + more
        for index in all.indices.dropFirst() where files.contains(all[index - 1]) {
            all[index] = workspace.folder.appending(path: all[index]).path
        }
        let result = try await run("openssl", all)
        guard result.status == 0 else { throw HarnessError(description: result.errors.joined(separator: "\n")) }
    }
}
