import Testing

@testable import Hub

/// A run for a target that is not configured connects to what its probe allows, whatever the plugin may do otherwise.
@Suite struct ProbeNetworkTests {
    /// May reach everything in its other runs.
    private static let source = """
        plugin { help = "Test.", needs = { network = { "*:*", "localhost:*", "127.0.0.0/8:*" } } }
        local m = gauge("status", "h")
        function collect(target) m(assert(http.get(target.address)).status) end
        """

    private func probe(_ url: String, _ networks: String, port: Int) async throws -> [String] {
        var answer: [String] = []
        let configuration =
            "probe: { networks: [\(networks)], ports: [\(port)] }\ntargets: [\"http://127.0.0.1:\(port)/own\"]"
        try await TestHub.run(Self.source, configuration) { hub in
            answer = await hub.probe(url, isDebug: true)
        }
        return answer
    }

    private static func redirect(to url: String) async throws -> CannedServer {
        let head = "HTTP/1.1 302 Found\r\nLocation: \(url)\r\nContent-Length: 0\r\n\r\n"
        return try await CannedServer([Array(head.utf8)])
    }

    @Test func theAllowedAddressIsReached() async throws {
        let server = try await CannedServer("ok")
        let answer = try await probe("http://127.0.0.1:\(server.port)/x", "127.0.0.0/8", port: server.port)
        #expect(answer.contains("  status 200"), "\(answer)")
        #expect(server.requests.count == 1)
    }

    @Test func aNameIsReachedThroughAnAllowedAddress() async throws {
        let server = try await CannedServer("ok")
        let answer = try await probe("http://localhost:\(server.port)/x", "127.0.0.0/8", port: server.port)
        #expect(answer.contains("  status 200"), "\(answer)")
    }

    @Test func aNameThatLeadsElsewhereIsNotReached() async throws {
        let server = try await CannedServer("ok")
        let answer = try await probe("http://localhost:\(server.port)/x", "192.0.2.0/24", port: server.port)
        #expect(answer.contains { $0.contains("is not granted with any of its addresses") }, "\(answer)")
        #expect(server.requests.isEmpty)
    }

    @Test func aRedirectionLeadsNowhereElse() async throws {
        let other = try await CannedServer("secret")
        for host in ["127.0.0.1", "localhost"] {
            let server = try await Self.redirect(to: "http://\(host):\(other.port)/")
            let answer = try await probe("http://127.0.0.1:\(server.port)/", "127.0.0.0/8", port: server.port)
            #expect(server.requests.count == 1)
            #expect(answer.contains { $0.contains("failure: error") && $0.contains("is not granted") }, "\(answer)")
        }
        #expect(other.requests.isEmpty)
    }

    @Test func theSamePluginReachesItsOwnTargetsAsBefore() async throws {
        let other = try await CannedServer("ok")
        let server = try await Self.redirect(to: "http://localhost:\(other.port)/")
        let answer = try await probe("http://127.0.0.1:\(server.port)/own", "192.0.2.0/24", port: server.port)
        #expect(answer.contains("  status 200"), "\(answer)")
    }
}
