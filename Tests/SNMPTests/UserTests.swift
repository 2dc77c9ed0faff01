import Testing

@testable import SNMP

/// The user-based security model between a dispatcher and an agent.
@Suite struct UserTests {
    private let root = ObjectIdentifier([1, 3, 6, 1, 9])
    private static let user = Capture.user("monitor", .sha256, .aes)

    private static func lowered(_ level: SecurityLevel) -> USMUser {
        var user = user
        user.level = level
        return user
    }

    private func channel() -> Channel {
        var channel = Channel()
        var agent = FakeAgent(count: 5)
        agent.users = [Self.user]
        agent.boots = 3
        channel.agents[Channel.first] = agent
        return channel
    }

    private func query(_ user: USMUser = user) -> SNMPQuery {
        SNMPQuery(
            .getNext(root),
            target: "agent",
            addresses: [Channel.first],
            credentials: .v3(user),
            options: .init()
        )
    }

    @Test(arguments: SecurityLevel.allCases) func theEngineIsFoundOnce(_ level: SecurityLevel) {
        var channel = channel()
        for requests in [2, 3, 4] {
            #expect(throws: Never.self) { try channel.ask(query(Self.lowered(level)))?.get() }
            #expect(channel.sent.count == requests)
        }
    }

    @Test func theTimeIsFoundAgainWhenTheAgentWasStartedAgain() {
        var channel = channel()
        #expect(throws: Never.self) { try channel.ask(query())?.get() }
        channel.advance(by: .seconds(10_000))
        #expect(throws: Never.self) { try channel.ask(query())?.get() }
        #expect(channel.sent.count == 3)
        let now = channel.now
        channel.agents[Channel.first]?.boots = 4
        channel.agents[Channel.first]?.bootedAt = now
        #expect(throws: Never.self) { try channel.ask(query())?.get() }
        #expect(channel.sent.count == 5)
        // Fewer boots than before: an agent that forgets.
        channel.agents[Channel.first]?.boots = 1
        #expect(throws: Never.self) { try channel.ask(query())?.get() }
    }

    @Test func theEngineIsFoundAgainWhenTheAgentWasReplaced() {
        var channel = channel()
        #expect(throws: Never.self) { try channel.ask(query())?.get() }
        channel.agents[Channel.first]?.engineID = [0x80, 0, 0, 0, 9, 9, 9, 9, 9]
        #expect(throws: Never.self) { try channel.ask(query())?.get() }
    }

    @Test func whatTheAgentReportsIsTheError() {
        var wrongPassword = Self.user
        wrongPassword.authentication?.password = Array("mapleleaf".utf8)
        var wrongSecret = Self.user
        wrongSecret.privacy?.password = Array("waffles99".utf8)
        var other = Self.user
        other.name = "nobody"
        let cases: [(USMUser, SNMPError.Report)] = [
            (wrongPassword, .wrongDigest), (wrongSecret, .decryptionError), (other, .unknownUserName("nobody")),
        ]
        for (user, cause) in cases {
            var channel = channel()
            #expect(throws: SNMPError.report(cause)) { try channel.ask(query(user))?.get() }
            #expect(channel.sent.count == 2)
        }
        var channel = channel()
        channel.agents[Channel.first]?.users = [Self.lowered(.noAuthNoPriv)]
        #expect(throws: SNMPError.report(.unsupportedSecurityLevel)) { try channel.ask(query())?.get() }
    }

    @Test func anAgentThatNeverAgreesIsAnError() {
        var channel = channel()
        // Its clock jumps with every message.
        let token = channel.start(query())
        while channel.results[token] == nil, channel.step() {
            channel.agents[Channel.first]?.boots += 1
        }
        #expect(throws: SNMPError.report(.notInTimeWindow)) { try channel.results[token]?.get() }
        #expect(channel.sent.count <= Exchange.reportLimit + 1)
    }

    /// The answer to the request that was sent last, by an agent that may be another than it should.
    private func answer(
        _ channel: Channel,
        as user: USMUser = user,
        _ change: (inout FakeAgent) -> Void = { _ in }
    ) throws -> [UInt8] {
        var agent = try #require(channel.agents[Channel.first])
        let bytes = try #require(channel.sent.last?.0)
        var whole = BERReader(bytes)
        var reader = try whole.enter()
        _ = try reader.integer32()
        let message = try V3Message(bytes, &reader)
        var ring = KeyRing()
        let keys = ring.keys(of: Self.user, engineID: agent.engineID)
        let request = try #require(message.pdu(.aes, key: keys.privacy))
        let binding = VariableBinding(root.appending([1]), .integer(666))
        let pdu = PDU(kind: .response, requestID: request.requestID, bindings: [binding])
        change(&agent)
        return agent.encode(pdu, message.id, user, channel.now)
    }

    @Test func aForgedAnswerIsDropped() throws {
        var channel = channel()
        #expect(throws: Never.self) { try channel.ask(query())?.get() }
        let token = channel.start(query())
        var stranger = Self.user
        stranger.authentication?.password = Array("mapleleaf".utf8)
        var renamed = Self.user
        renamed.name = "someone"
        var changed = try answer(channel)
        changed[changed.count - 1] ^= 1
        let forgeries = [
            try answer(channel, as: stranger), try answer(channel, as: Self.lowered(.authNoPriv)),
            try answer(channel, as: Self.lowered(.noAuthNoPriv)), try answer(channel, as: renamed), changed,
            try answer(channel) { $0.engineID = [0x80, 0, 0, 0, 6, 6, 6, 6, 6] },
            // Too old: of before the last boot, and of more than the window ago.
            try answer(channel) { $0.boots = 2 }, try answer(channel) { $0.bootedAt = .seconds(500) },
        ]
        for (number, forgery) in forgeries.enumerated() {
            channel.deliver(forgery, from: Channel.first)
            #expect(channel.results[token] == nil)
            #expect(channel.dispatcher.counters.unauthentic == number + 1)
        }
        channel.deliver(try answer(channel), from: Channel.first)
        #expect(try channel.results[token]?.get().bindings.first?.value == .integer(666))
    }

    @Test func anAnswerThatCannotBeDecipheredIsAnErrorAtOnce() throws {
        var channel = channel()
        #expect(throws: Never.self) { try channel.ask(query())?.get() }
        let token = channel.start(query())
        var other = Self.user
        other.privacy?.password = Array("waffles99".utf8)
        channel.deliver(try answer(channel, as: other), from: Channel.first)
        #expect(throws: SNMPError.undecipherable) { try channel.results[token]?.get() }
    }

    @Test func aSilenceSaysWhatMayBeWrong() throws {
        var channel = channel()
        channel.agents[Channel.first]?.isDeaf = true
        for _ in 0..<2 {
            #expect(throws: SNMPError.noAuthenticResponse(timeout: 5, retries: 3, .silence)) {
                try channel.ask(query())?.get()
            }
        }
        // Without a cipher and a context nothing speaks for it.
        #expect(throws: SNMPError.noResponse(timeout: 5, retries: 3)) {
            try channel.ask(query(Self.lowered(.authNoPriv)))?.get()
        }
        channel.agents = [:]
        #expect(throws: SNMPError.noResponse(timeout: 5, retries: 3)) { try channel.ask(query())?.get() }
    }

    @Test func aWrongDigestIsNamedWhereNothingElseComes() throws {
        var channel = channel()
        #expect(throws: Never.self) { try channel.ask(query())?.get() }
        channel.agents = [:]
        let token = channel.start(query())
        var stranger = Self.user
        stranger.authentication?.password = Array("mapleleaf".utf8)
        channel.agents[Channel.first] = self.channel().agents[Channel.first]
        channel.deliver(try answer(channel, as: stranger), from: Channel.first)
        channel.agents = [:]
        let result = channel.result(of: token)
        #expect(throws: SNMPError.noAuthenticResponse(timeout: 5, retries: 3, .digest)) { try result?.get() }
    }

    @Test func noSaltIsUsedTwice() throws {
        var channel = channel()
        var salts: Set<[UInt8]> = []
        for _ in 0..<50 { #expect(throws: Never.self) { try channel.ask(query())?.get() } }
        for (bytes, _) in channel.sent.dropFirst() {
            var whole = BERReader(bytes)
            var reader = try whole.enter()
            _ = try reader.integer32()
            salts.insert(try V3Message(bytes, &reader).security.salt)
        }
        #expect(salts.count == 50)
    }

    @Test func everyTryHasANumberOfItsOwn() throws {
        var channel = channel()
        #expect(throws: Never.self) { try channel.ask(query())?.get() }
        channel.agents = [:]
        let before = channel.sent.count
        #expect(throws: SNMPError.self) { try channel.ask(query())?.get() }
        let ids = try channel.sent[before...].map { bytes, _ in
            var whole = BERReader(bytes)
            var reader = try whole.enter()
            _ = try reader.integer32()
            return try V3Message(bytes, &reader).id
        }
        #expect(ids.count == Set(ids).count)
        #expect(ids.count >= 4)
        #expect(channel.dispatcher.tokens.isEmpty)
    }

    @Test(
        arguments: [
            ([1, 3, 6, 1, 6, 3, 15, 1, 1, 2, 0], SNMPError.Report.notInTimeWindow),
            ([1, 3, 6, 1, 6, 3, 11, 2, 1, 1, 0], .unknownSecurityModel),
            ([1, 3, 6, 1, 6, 3, 11, 2, 1, 2, 0], .invalidMessage),
            ([1, 3, 6, 1, 6, 3, 11, 2, 1, 3, 0], .unknownPDUHandler(contextEngineID: [])),
            ([1, 3, 6, 1, 6, 3, 12, 1, 4, 0], .unavailableContext("vrf")),
            ([1, 3, 6, 1, 6, 3, 12, 1, 5, 0], .unknownContext("vrf")),
            ([1, 3, 6, 1], .other(ObjectIdentifier([1, 3, 6, 1]))),
        ] as [([UInt32], SNMPError.Report)]
    )
    func aReportHasACause(_ name: [UInt32], _ cause: SNMPError.Report) {
        var user = Self.user
        user.contextName = "vrf"
        #expect(SNMPError.Report(ObjectIdentifier(name), user) == cause)
        #expect(!cause.text.isEmpty)
    }
}
