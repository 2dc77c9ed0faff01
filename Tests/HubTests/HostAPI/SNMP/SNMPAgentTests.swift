import SNMP
import Testing

@testable import Hub

/// The client against net-snmp's agent.
@Suite struct SNMPAgentTests {
    private static let credentials: [SNMPCredentials] = [
        .v1(community: Array("public".utf8)), .v2c(community: Array("public".utf8)),
    ]

    @Test(arguments: ["127.0.0.1", "::1"], credentials)
    func valuesComeInTheOrderOfTheirNames(host: String, credentials: SNMPCredentials) async throws {
        let snmpd = try Snmpd()
        let plugin = try await SNMPPlugin()
        let agent = SNMPAgent(endpoint: Endpoint(host: host, port: snmpd.port), credentials: credentials)
        let names = ["1.3.6.1.4.1.1182.2.2.3.0", "1.3.6.1.4.1.1182.9.9.0", "1.3.6.1.4.1.1182.2.1.4.0"]
        let bindings = try await plugin.get(names, from: agent).get()
        #expect(bindings.map { $0.name.description } == names)
        #expect(bindings.map(\.value) == [.octets(Array("RTX1200 Rev.10.01.71".utf8)), .noSuchObject, .gauge32(24)])
        try await plugin.shutdown()
    }

    @Test(arguments: ["127.0.0.1", "::1"], credentials)
    func aWalkReadsASubtreeInOrder(host: String, credentials: SNMPCredentials) async throws {
        let snmpd = try Snmpd()
        let plugin = try await SNMPPlugin()
        let agent = SNMPAgent(endpoint: Endpoint(host: host, port: snmpd.port), credentials: credentials)
        let (bindings, failure) = try await plugin.walk("1.3.6.1.4.1.1182", of: agent)
        #expect(failure == nil)
        #expect(
            bindings.map(\.value) == [
                .gauge32(24), .gauge32(3), .integer(46), .octets(Array("RTX1200 Rev.10.01.71".utf8)),
            ]
        )
        let (all, allFailure) = try await plugin.walk("1.3.6.1.2.1", of: agent)
        #expect(allFailure == nil)
        #expect(all.count > 100)
        #expect(all.map(\.name) == all.map(\.name).sorted())
        let (one, _) = try await plugin.walk("1.3.6.1.4.1.1182.2.1.4.0", of: agent)
        #expect(one.map(\.value) == [.gauge32(24)])
        try await plugin.shutdown()
    }
}
