import Glibc
import NIOCore
import SNMP
import Testing

@testable import Hub

/// Addresses, refusals, grants and ends.
@Suite struct SNMPReachTests {
    private let memory = "1.3.6.1.4.1.1182.2.1.4.0"

    private func agent(_ host: String, _ port: Int, timeout: Double = 5, retries: Int = 3) -> SNMPAgent {
        var options = SNMPOptions()
        options.timeout = timeout
        options.retries = retries
        return SNMPAgent(
            endpoint: Endpoint(host: host, port: port),
            credentials: .v2c(community: Array("public".utf8)),
            options: options
        )
    }

    @Test(arguments: ["127.0.0.1", "::1"]) func aPortWhereNobodyListensIsAnErrorAtOnce(host: String) async throws {
        let plugin = try await SNMPPlugin()
        let place = Endpoint(host: host, port: try unusedPort())
        // Far longer than any test may take.
        let result = try await plugin.get([memory], from: agent(host, place.port, timeout: 3600))
        #expect(result.failure?.text == "\(place): connection refused")
        try await plugin.shutdown()
    }

    /// The system lets nobody send to all hosts at once, and says so before anything is sent.
    @Test func anAddressThatTheSystemRefusesIsAnErrorAtOnce() async throws {
        let plugin = try await SNMPPlugin(network: ["255.255.255.255:*"])
        let result = try await plugin.get([memory], from: agent("255.255.255.255", 161, timeout: 3600))
        #expect(result.failure?.text == "255.255.255.255:161: permission denied")
        try await plugin.shutdown()
    }

    @Test func silenceIsAnErrorThatNamesTheAgent() async throws {
        let server = try DatagramServer("127.0.0.1") { _ in [] }
        let plugin = try await SNMPPlugin()
        let result = try await plugin.get([memory], from: agent("127.0.0.1", server.port, timeout: 0.05, retries: 1))
        #expect(result.failure?.text == "127.0.0.1:\(server.port): no response within 0.05 s (1 retry)")
        #expect(server.received == 2)
        try await plugin.shutdown()
    }

    @Test(arguments: [["127.0.0.2", "127.0.0.1"], ["::1", "127.0.0.1"], ["127.0.0.1", "::1"]])
    func theAddressThatAnswersIsTaken(_ addresses: [String]) async throws {
        let snmpd = try Snmpd()
        let resolver = FakeResolver(["router.example": addresses])
        let plugin = try await SNMPPlugin(network: ["router.example:*"], resolver: resolver)
        for _ in 0..<2 {
            let result = try await plugin.get([memory], from: agent("router.example", snmpd.port, timeout: 3600))
            #expect(try result.get().map(\.value) == [.gauge32(24)])
        }
        try await plugin.shutdown()
    }

    @Test func anAddressThatIsSilentGivesWay() async throws {
        let snmpd = try Snmpd()
        let silent = try DatagramServer("127.0.0.3", port: snmpd.port) { _ in [] }
        let resolver = FakeResolver(["router.example": ["127.0.0.3", "127.0.0.1"]])
        let plugin = try await SNMPPlugin(network: ["router.example:*"], resolver: resolver)
        for _ in 0..<3 {
            let result = try await plugin.get([memory], from: agent("router.example", snmpd.port, timeout: 3600))
            #expect(try result.get().map(\.value) == [.gauge32(24)])
        }
        // What answered once is asked alone.
        #expect(silent.received == 1)
        try await plugin.shutdown()
    }

    @Test func whatIsNotGrantedIsNotAsked() async throws {
        let server = try DatagramServer("127.0.0.1") { _ in [] }
        let plugin = try await SNMPPlugin(network: ["127.0.0.2:*"])
        let result = try await plugin.get([memory], from: agent("127.0.0.1", server.port))
        #expect(result.failure?.text == "127.0.0.1:\(server.port) is not granted, see needs.network and the targets")
        #expect(server.received == 0)
        try await plugin.shutdown()
    }

    /// Ports of UDP where nobody listens, each another one.
    private func deadPorts(_ host: String, _ count: Int) throws -> [Int] {
        let place = try SocketAddress(ipAddress: host, port: 0)
        let sockets = (0..<count).map { _ in
            let descriptor = socket(CInt(place.protocol.rawValue), CInt(SOCK_DGRAM.rawValue), 0)
            _ = place.withSockAddr { bind(descriptor, $0, socklen_t($1)) }
            return descriptor
        }
        defer { for descriptor in sockets { close(descriptor) } }
        return sockets.map { TestServer.boundPort(of: $0) }
    }

    /// Not at the address that other tests' agents have.
    @Test(arguments: ["127.0.8.1", "::1"])
    func anyNumberOfPortsWhereNobodyListensIsToldSoon(host: String) async throws {
        let snmpd = try Snmpd()
        let plugin = try await SNMPPlugin(network: ["127.0.0.0/8:*", "[::1]:*"])
        let agents = try deadPorts(host, 300).map { agent(host, $0, timeout: 60) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for agent in agents {
                group.addTask {
                    let result = try await plugin.get([memory], from: agent)
                    #expect(result.failure?.text == "\(agent.endpoint): connection refused")
                }
            }
            for _ in 0..<10 {
                group.addTask {
                    let live = host.contains(":") ? host : "127.0.0.1"
                    let result = try await plugin.get([memory], from: agent(live, snmpd.port))
                    #expect(try result.get().map(\.value) == [.gauge32(24)])
                }
            }
            try await group.waitForAll()
        }
        try await plugin.shutdown()
    }

    @Test func aRunLooksUpANameOnce() async throws {
        let snmpd = try Snmpd()
        let resolver = FakeResolver(["router.example": [["127.0.0.1"], ["::1"], ["127.0.0.9"]]])
        let plugin = try await SNMPPlugin(network: ["router.example:*"], resolver: resolver)
        let agent = agent("router.example", snmpd.port, timeout: 60)
        for looks in [1, 2] {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<5 {
                    group.addTask {
                        let result = try await plugin.get([memory], from: agent)
                        #expect(try result.get().map(\.value) == [.gauge32(24)])
                        let (_, failure) = try await plugin.walk("1.3.6.1.4.1.1182", of: agent)
                        #expect(failure == nil)
                    }
                }
                try await group.waitForAll()
            }
            #expect(resolver.asked.count == looks)
            // The next run follows a host whose address has changed.
            try await plugin.beginRun()
        }
        let result = try await plugin.get([memory], from: agent)
        #expect(result.failure?.text == "router.example:\(snmpd.port): 127.0.0.9:\(snmpd.port): connection refused")
        try await plugin.shutdown()
    }

    @Test func aNameThatIsNotFoundIsLookedUpAgain() async throws {
        let resolver = FakeResolver([:] as [String: [String]])
        let plugin = try await SNMPPlugin(network: ["router.example:*"], resolver: resolver)
        for looks in [1, 2] {
            let result = try await plugin.get([memory], from: agent("router.example", 161))
            #expect(result.failure?.text == "cannot resolve router.example: name or service not known")
            #expect(resolver.asked.count == looks)
        }
        try await plugin.shutdown()
    }

    /// What is granted is decided for each endpoint, whoever has looked up the name.
    @Test func aKnownNameIsNoGrant() async throws {
        let snmpd = try Snmpd()
        let resolver = FakeResolver(["router.example": ["127.0.0.1"]])
        let plugin = try await SNMPPlugin(network: ["127.0.0.0/8:\(snmpd.port)"], resolver: resolver)
        let good = try await plugin.get([memory], from: agent("router.example", snmpd.port))
        #expect(try good.get().map(\.value) == [.gauge32(24)])
        let denied = try await plugin.get([memory], from: agent("router.example", snmpd.port + 1))
        #expect(denied.failure?.text.contains("is not granted") == true)
        #expect(resolver.asked.count == 1)
        try await plugin.shutdown()
    }

    @Test func manyAgentsShareTheSockets() async throws {
        let snmpd = try Snmpd()
        let servers = try (0..<100).map { _ in try DatagramServer("127.0.0.1") { _ in [] } }
        let plugin = try await SNMPPlugin()
        for server in servers {
            _ = try await plugin.get([memory], from: agent("127.0.0.1", server.port, timeout: 0.001, retries: 0))
        }
        let result = try await plugin.get([memory], from: agent("127.0.0.1", snmpd.port))
        #expect(try result.get().map(\.value) == [.gauge32(24)])
        let (found, failure) = try await plugin.walk("1.3.6.1.4.1.1182", of: agent("::1", snmpd.port))
        #expect(failure == nil)
        #expect(found.count == 4)
        #expect(servers.allSatisfy { $0.received == 1 })
        try await plugin.shutdown()
    }

    @Test func aCancelledOperationTellsNothing() async throws {
        let server = try DatagramServer("127.0.0.1") { _ in [] }
        let plugin = try await SNMPPlugin()
        let name = try #require(ObjectIdentifier(memory))
        let agent = agent("127.0.0.1", server.port, timeout: 0.02, retries: 0)
        try await plugin.with { client, run in
            let operation = client.get([name], from: agent, for: run) { _ in Issue.record("told") }
            operation.cancel()
            operation.cancel()
        }
        // What comes after it is told.
        #expect(try await plugin.get([memory], from: agent).failure != nil)
        #expect(try await plugin.with { client, _ in client.inFlight } == 0)
        try await plugin.shutdown()
    }
}

extension Result {
    fileprivate var failure: Failure? { if case .failure(let failure) = self { failure } else { nil } }
}
