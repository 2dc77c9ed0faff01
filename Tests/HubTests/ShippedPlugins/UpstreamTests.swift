import Testing

@testable import Hub

@Suite struct UpstreamTests {
    private func plugin(_ targets: [String], settings: String = "") async throws -> TestPlugin {
        try await TestPlugin(
            shipped: "upstream",
            configuration: """
                plugins:
                  test:
                    settings: { \(settings) }
                    targets: [\(targets.joined(separator: ", "))]
                """
        )
    }

    @Test func anExporterIsServedFilteredAndLabelled() async throws {
        let server = try await CannedServer("go_x 1\nnode_a{job=\"x\"} 1 1000\nnode_b 1\nup 1\n")
        let plugin = try await plugin(
            ["{ address: \"\(server.url)\", name: one }"],
            settings: "keep: [node_*, go_*], drop: [go_*, \"*_b\"], labels: { job: node }, timestamps: drop"
        )
        #expect(await plugin.collect().samples == [#"node_a{exported_job="x",job="node",target="one"} 1"#])
        let honoured = try await self.plugin(
            ["{ address: \"\(server.url)\", name: one }"],
            settings: "keep: [node_a], labels: { job: node }, honor_labels: true"
        )
        #expect(await honoured.collect().samples == [#"node_a{job="x",target="one"} 1 1000"#])
    }

    @Test func anAddressMayBeAsShortAsPrometheusHasIt() async throws {
        let server = try await CannedServer("a 1\n")
        let address = server.url.dropFirst("http://".count).dropLast("/metrics".count)
        let plugin = try await plugin(["{ address: \"\(address)\", name: one }"])
        #expect(await plugin.collect().samples == [#"a{target="one"} 1"#])
        #expect(server.requests.first?.hasPrefix("GET /metrics HTTP/1.1\r\n") == true)
    }

    @Test func credentialsAreSent() async throws {
        let server = try await CannedServer("a 1\n")
        let target = "{ address: \"\(server.url)\", settings: { username: me, password: secret99 } }"
        _ = await (try await plugin([target])).collect()
        _ = await (try await plugin([target], settings: "bearer_token: token999, username: \"\"")).collect()
        #expect(server.requests.first?.lowercased().contains("authorization: basic bwu6c2vjcmv0otk=\r\n") == true)
        let token = try await plugin(["\"\(server.url)\""], settings: "bearer_token: token999")
        _ = await token.collect()
        #expect(server.requests.last?.lowercased().contains("authorization: bearer token999\r\n") == true)
    }

    @Test func anUpstreamThatIsDeadCostsOnlyItself() async throws {
        let server = try await CannedServer("a 1\n")
        let plugin = try await plugin([
            "{ address: \"http://127.0.0.1:1/metrics\", name: dead }", "{ address: \"\(server.url)\", name: one }",
        ])
        async let dead = plugin.collect(target: 0)
        #expect(await plugin.collect(target: 1).samples == [#"a{target="one"} 1"#])
        #expect(await dead.text.hasPrefix("error: http://127.0.0.1:1/metrics: "))
    }

    @Test func anotherHubsOwnMetricsAreServedBesideOurs() async throws {
        let server = try await CannedServer(
            "hub_build_info{version=\"1\"} 1\nhub_target_up{plugin=\"a\",target=\"x\"} 1\n"
        )
        let plugin = try await plugin(["{ address: \"\(server.url)\", name: one }"])
        #expect(
            await plugin.collect().samples == [
                #"hub_build_info{target="one",version="1"} 1"#,
                #"hub_target_up{exported_target="x",plugin="a",target="one"} 1"#,
            ]
        )
    }

    @Test func aFileOfCertificatesMayBeTheTargetsOwn() async throws {
        let tree = try TemporaryTree()
        let file = try tree.write("ca.pem", "nothing")
        let plugin = try await plugin(["{ address: \"https://127.0.0.1:1/\", settings: { ca_file: \"\(file)\" } }"])
        // It was read: its content is what is wrong.
        #expect(await plugin.collect().text.contains("tls: not a usable PEM text"))
    }
}
