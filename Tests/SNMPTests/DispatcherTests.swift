import Testing

@testable import SNMP

/// Queries in flight.
@Suite struct DispatcherTests {
    private let root = ObjectIdentifier([1, 3, 6, 1, 9])

    private func query(
        _ addresses: [AgentAddress] = [Channel.first],
        target: String = "agent",
        _ credentials: SNMPCredentials = .community2,
        _ change: (inout SNMPOptions) -> Void = { _ in }
    ) -> SNMPQuery {
        var options = SNMPOptions()
        change(&options)
        return SNMPQuery(
            .getNext(root),
            target: target,
            addresses: addresses,
            credentials: credentials,
            options: options
        )
    }

    private func answer(to request: [UInt8]?) throws -> [UInt8] {
        var agent = FakeAgent(count: 1)
        let answer = agent.answer(try #require(request), now: .zero)
        return try #require(answer)
    }

    @Test(arguments: [0, 1, 3, 10]) func silenceEndsAfterTheTimeOfAllTries(_ retries: Int) {
        var channel = Channel()
        let start = channel.now
        let result = channel.ask(query { $0.retries = retries })
        #expect(throws: SNMPError.noResponse(timeout: 5, retries: retries)) { try result?.get() }
        #expect(channel.sent.count == retries + 1)
        let time = channel.now - start
        #expect(time > .seconds(5 * (retries + 1)) - .milliseconds(1))
        #expect(time < .seconds(5 * (retries + 1)) + .milliseconds(1))
        #expect(channel.dispatcher.count == 0)
        #expect(channel.dispatcher.tokens.isEmpty)
        #expect(channel.dispatcher.counters.timeouts == 1)
    }

    @Test func triesComeAtGrowingDistances() {
        var channel = Channel()
        var times: [Duration] = []
        let token = channel.start(query())
        while channel.results[token] == nil {
            if channel.sent.count > times.count { times.append(channel.now) }
            guard channel.step() else { break }
        }
        let waits = zip(times, times.dropFirst()).map { $1 - $0 }
        #expect(waits.count == 3)
        #expect(waits == waits.sorted())
    }

    @Test func aSecondAnswerAndALateOneAreDropped() throws {
        var channel = Channel()
        channel.agents[Channel.first] = FakeAgent(count: 1)
        let token = channel.start(query())
        let answer = try answer(to: channel.sent.first?.0)
        channel.deliver(answer, from: Channel.first)
        #expect(channel.results[token] != nil)
        channel.deliver(answer, from: Channel.first)
        #expect(channel.dispatcher.counters.unexpected == 1)
        #expect(channel.dispatcher.counters.answers == 1)
    }

    @Test func onlyTheAddressThatWasAskedMayAnswer() throws {
        var channel = Channel()
        let token = channel.start(query())
        let answer = try answer(to: channel.sent.first?.0)
        for address in [
            Channel.second, AgentAddress(ipv4: 0xC000_0202, port: 161), AgentAddress(ipv4: 0xC000_0201, port: 162),
        ] {
            channel.deliver(answer, from: address)
            #expect(channel.results[token] == nil)
        }
        #expect(channel.dispatcher.counters.strangers == 3)
        channel.deliver(answer, from: Channel.first)
        #expect(channel.results[token] != nil)
    }

    @Test func anyAddressMayAnswerWhereThatIsAllowed() throws {
        for addresses in [[Channel.first], [Channel.second, Channel.first]] {
            var channel = Channel()
            let token = channel.start(query(addresses) { $0.acceptsAnySource = true })
            let answer = try answer(to: channel.sent.first?.0)
            channel.deliver(answer, from: AgentAddress(ipv4: 0xC000_0202, port: 40_000))
            #expect(throws: Never.self) { try channel.results[token]?.get() }
            #expect(channel.dispatcher.counters.strangers == 0)
            // It is asked at the address that it has, not at the one that it uses.
            let before = channel.sent.count
            _ = channel.start(query(addresses) { $0.acceptsAnySource = true })
            #expect(channel.sent[before...].map(\.1) == [addresses[0]])
        }
    }

    @Test func anAnswerOfAnotherVersionIsDropped() throws {
        var channel = Channel()
        let token = channel.start(query())
        let bytes = try #require(channel.sent.first?.0)
        var whole = BERReader(bytes)
        var reader = try whole.enter()
        let version = try reader.integer32()
        let pdu = try CommunityMessage(version: version, &reader).pdu.pdu()
        let other = CommunityMessage.encode(pdu, version: CommunityMessage.v1, community: Array("public".utf8))
        channel.deliver(try answer(to: other), from: Channel.first)
        // Its own request sent back is no answer, either.
        channel.deliver(bytes, from: Channel.first)
        #expect(channel.results[token] == nil)
        #expect(channel.dispatcher.counters.unexpected == 2)
    }

    @Test func aBrokenAnswerIsAnErrorAtOnce() throws {
        var channel = Channel()
        let token = channel.start(query())
        var answer = try answer(to: channel.sent.first?.0)
        // The value's type.
        answer[answer.count - 3] = 0x4F
        channel.deliver(answer, from: Channel.first)
        #expect(throws: SNMPError.malformed("a value has the unknown type 0x4f")) {
            try channel.results[token]?.get()
        }
    }

    @Test func fourRequestsOfATargetAreInFlight() {
        var channel = Channel()
        channel.agents[Channel.first] = FakeAgent(count: 3)
        let tokens = (0..<20).map { _ in channel.start(query()) }
        #expect(channel.sent.count == SNMPDispatcher.targetLimit)
        let other = channel.start(query([Channel.second], target: "other"))
        #expect(channel.sent.count == SNMPDispatcher.targetLimit + 1)
        for token in tokens { #expect(throws: Never.self) { try channel.result(of: token)?.get() } }
        #expect(channel.result(of: other) != nil)
        #expect(channel.dispatcher.count == 0)
    }

    @Test func soManyAnswersAreAwaitedAtOnce() {
        var channel = Channel()
        let tokens = (0..<300).map {
            channel.start(query([AgentAddress(ipv4: UInt32($0), port: 161)], target: "\($0)"))
        }
        #expect(channel.sent.count == SNMPDispatcher.youngLimit)
        // Those that do not answer make room in a moment, not after their time.
        let start = channel.now
        while channel.sent.count < 300, channel.step() {}
        #expect(channel.now - start < .seconds(1))
        for token in tokens { #expect(channel.result(of: token) != nil) }
        #expect(channel.dispatcher.count == 0)
    }

    @Test func whatIsCancelledMakesRoom() {
        var channel = Channel()
        channel.agents[Channel.first] = FakeAgent(count: 3)
        let tokens = (0..<12).map { _ in channel.start(query()) }
        var actions: [SNMPDispatcher.Action] = []
        // Some that are in flight, some that wait.
        for token in tokens.dropLast(2) {
            channel.dispatcher.cancel(token, now: channel.now, &actions)
            channel.dispatcher.cancel(token, now: channel.now, &actions)
        }
        channel.perform(actions)
        for token in tokens.suffix(2) { #expect(throws: Never.self) { try channel.result(of: token)?.get() } }
        while channel.step() {}
        #expect(channel.results.isEmpty)
        #expect(channel.dispatcher.count == 0)
        #expect(channel.dispatcher.tokens.isEmpty)
    }

    @Test func aSilentAddressGivesWayToTheNext() throws {
        var channel = Channel()
        channel.agents[Channel.second] = FakeAgent(count: 3)
        let start = channel.now
        #expect(throws: Never.self) { try channel.ask(query([Channel.first, Channel.second]))?.get() }
        #expect(channel.now - start < .seconds(1))
        #expect(channel.sent.map(\.1) == [Channel.first, Channel.second])
        // The one that answered is asked alone.
        #expect(throws: Never.self) { try channel.ask(query([Channel.first, Channel.second]))?.get() }
        #expect(channel.sent.map(\.1) == [Channel.first, Channel.second, Channel.second])
        // Until it is silent, too.
        channel.agents = [Channel.first: FakeAgent(count: 3)]
        #expect(throws: Never.self) { try channel.ask(query([Channel.first, Channel.second]))?.get() }
        #expect(channel.sent.last?.1 == Channel.first)
    }

    @Test func aRefusalEndsAQueryWhenNoAddressIsLeft() {
        var channel = Channel()
        let token = channel.start(query([Channel.first, Channel.second]))
        channel.refuse(Channel.first, "192.0.2.1:161: connection refused")
        #expect(channel.sent.map(\.1) == [Channel.first, Channel.second])
        #expect(channel.results[token] == nil)
        channel.refuse(Channel.second, "[2001:db8::7]:161: no route to host")
        let reasons = "192.0.2.1:161: connection refused, [2001:db8::7]:161: no route to host"
        #expect(throws: SNMPError.unreachable(reasons)) { try channel.results[token]?.get() }
        channel.refuse(Channel.first, "again")
        #expect(channel.dispatcher.count == 0)
    }

    @Test(arguments: [-1, 101]) func retriesHaveALimit(_ retries: Int) {
        var channel = Channel()
        #expect(throws: SNMPError.invalidOption("retries must be between 0 and 100, got \(retries)")) {
            try channel.ask(query { $0.retries = retries })?.get()
        }
        #expect(channel.sent.isEmpty)
    }

    @Test func noNumberIsUsedTwiceAtATime() {
        struct Same: RandomNumberGenerator {
            var count: UInt64 = 0
            mutating func next() -> UInt64 {
                count += 1
                return count / 3
            }
        }
        var channel = Channel()
        channel.dispatcher = SNMPDispatcher(generator: Same())
        for target in 0..<100 { _ = channel.start(query(target: "\(target)")) }
        #expect(channel.dispatcher.tokens.count == 100)
    }
}
