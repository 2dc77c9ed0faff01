import Testing

@testable import SNMP

/// A network that loses, repeats, delays and reorders a tenth of all datagrams each.
@Suite struct LossTests {
    private static let user = Capture.user("monitor", .sha256, .aes)
    private static let kinds: [SNMPCredentials] = [.community1, .community2, .v3(user)]
    private let root = ObjectIdentifier([1, 3, 6, 1, 9])

    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64], kinds)
    func everyWalkIsRightOrSaysWhyNot(_ seed: UInt64, _ credentials: SNMPCredentials) {
        var channel = Channel(seed: seed)
        var agent = FakeAgent(count: 400)
        agent.users = [Self.user]
        agent.room = 20
        let objects = agent.objects
        channel.agents[Channel.first] = agent
        channel.faults = 0.1
        for _ in 0..<3 {
            let (bindings, error) = channel.walk(root, credentials)
            if error == nil {
                #expect(bindings == objects)
            } else {
                #expect(error == .noResponse(timeout: 5, retries: 3))
                #expect(bindings == Array(objects.prefix(bindings.count)))
            }
        }
        #expect(channel.dispatcher.count == 0)
        #expect(channel.dispatcher.counters.sentAgain > 0)
    }

    /// With six tries of an answer each, one in so many is lost for good.
    @Test(arguments: kinds) func mostWalksAreRight(_ credentials: SNMPCredentials) {
        var right = 0
        for seed in 100..<140 as Range<UInt64> {
            var channel = Channel(seed: seed)
            var agent = FakeAgent(count: 100)
            agent.users = [Self.user]
            channel.agents[Channel.first] = agent
            channel.faults = 0.1
            if channel.walk(root, credentials).error == nil { right += 1 }
        }
        #expect(right >= 36)
    }

    @Test func whatIsLostIsAskedForSoonWhereTheAgentIsQuick() {
        var channel = Channel()
        channel.agents[Channel.first] = FakeAgent(count: 10)
        _ = channel.walk(root, .community2)
        let agent = channel.agents.removeValue(forKey: Channel.first)
        let query = SNMPQuery(
            .getNext(root),
            target: "agent",
            addresses: [Channel.first],
            credentials: .community2,
            options: .init()
        )
        let (before, start) = (channel.sent.count, channel.now)
        let token = channel.start(query)
        while channel.sent.count < before + 2, channel.step() {}
        #expect(channel.now - start < .milliseconds(300))
        channel.agents[Channel.first] = agent
        #expect(throws: Never.self) { try channel.result(of: token)?.get() }
    }

    @Test func aWalkAsksForLessWhenLongAnswersAreLost() {
        var channel = Channel()
        channel.agents[Channel.first] = FakeAgent(count: 10)
        var options = SNMPOptions()
        options.retries = 5
        let silent = AgentAddress(ipv4: 1, port: 161)
        let query = SNMPQuery(
            .getBulk(root, repetitions: 40),
            target: "agent",
            addresses: [silent],
            credentials: .community2,
            options: options
        )
        #expect(throws: SNMPError.noResponse(timeout: 5, retries: 5)) { try channel.ask(query)?.get() }
        let asked = channel.sent.map { bytes, _ -> Int32? in
            var whole = BERReader(bytes)
            guard var reader = try? whole.enter(), let version = try? reader.integer32() else { return nil }
            return try? CommunityMessage(version: version, &reader).pdu.index
        }
        #expect(asked == [40, 40, 20, 10, 5, 2])
    }
}
