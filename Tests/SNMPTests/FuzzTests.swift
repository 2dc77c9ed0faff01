import Testing

@testable import SNMP

/// Messages that nobody should send.
@Suite struct FuzzTests {
    private static let user = Capture.user("monitor", .md5, .des)
    private let root = ObjectIdentifier([1, 3, 6, 1, 9])

    private func mutated(_ bytes: [UInt8], _ generator: inout Generator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
            let at = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 1: bytes[at] = [0, 1, 0x7F, 0x80, 0x81, 0x82, 0x84, 0x88, 0xFF].randomElement(using: &generator) ?? 0
            case 2: bytes.removeSubrange(at..<min(at + Int.random(in: 1...8, using: &generator), bytes.count))
            case 3: bytes = Array(bytes[..<at])
            case 4: bytes.insert(contentsOf: bytes[at...].prefix(8), at: at)
            default: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: at)
            }
        }
        return bytes
    }

    private func random(_ generator: inout Generator) -> [UInt8] {
        let count = Int.random(in: 0...300, using: &generator)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    /// Whatever comes in between, the true answers are found.
    @Test(arguments: 1...8 as ClosedRange<UInt64>, [SNMPCredentials.community2, .v3(user)])
    func noiseNeitherCrashesNorStays(_ seed: UInt64, _ credentials: SNMPCredentials) {
        var generator = Generator(seed: seed)
        var channel = Channel(seed: seed)
        var agent = FakeAgent(count: 30)
        agent.users = [Self.user]
        channel.agents[Channel.first] = agent
        for _ in 0..<40 {
            let query = SNMPQuery(
                .getBulk(root, repetitions: 10),
                target: "agent",
                addresses: [Channel.first],
                credentials: credentials,
                options: .init()
            )
            let token = channel.start(query)
            for _ in 0..<10 {
                guard channel.results[token] == nil, let request = channel.sent.last?.0 else { break }
                let answer = agent.answer(request, now: channel.now) ?? []
                channel.deliver(
                    Bool.random(using: &generator) ? mutated(answer, &generator) : random(&generator),
                    from: Channel.first
                )
            }
            #expect(channel.result(of: token) != nil)
        }
        #expect(channel.dispatcher.count == 0)
        #expect(channel.dispatcher.tokens.isEmpty)
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>) func messagesOfRealAgentsMayBeDamaged(_ seed: UInt64) {
        var generator = Generator(seed: seed)
        let originals = [Capture.community.response] + Capture.secure.map(\.response)
        let keys = Capture.secure.map { pair in
            var ring = KeyRing()
            return ring.keys(of: pair.user, engineID: Capture.engineID)
        }
        for _ in 0..<2000 {
            let number = Int.random(in: 0..<originals.count, using: &generator)
            let bytes = mutated(originals[number], &generator)
            var whole = BERReader(bytes)
            guard var reader = try? whole.enter(), let version = try? reader.integer32() else { continue }
            if version != V3Message.version {
                _ = try? CommunityMessage(version: version, &reader).pdu.bindings()
            } else if number > 0, let message = try? V3Message(whole.taken, &reader) {
                let user = Capture.secure[number - 1].user
                if let digest = user.authentication?.algorithm, whole.taken != originals[number] {
                    #expect(!message.isAuthentic(digest, key: keys[number - 1].authentication))
                }
                if let cipher = user.privacy?.algorithm {
                    _ = try? message.pdu(cipher, key: keys[number - 1].privacy)?.bindings()
                }
            }
        }
    }

    /// What has the right digest and is deciphered with the right key may still be anything.
    @Test(arguments: 1...8 as ClosedRange<UInt64>, SecurityLevel.allCases)
    func whatAUserDeciphersMayBeDamaged(_ seed: UInt64, _ level: SecurityLevel) throws {
        var user = Capture.user("monitor", .sha256, .aes)
        user.level = level
        var generator = Generator(seed: seed)
        var channel = Channel(seed: seed)
        var agent = FakeAgent(count: 30)
        agent.users = [user]
        channel.agents[Channel.first] = agent
        let query = SNMPQuery(
            .getBulk(root, repetitions: 10),
            target: "agent",
            addresses: [Channel.first],
            credentials: .v3(user),
            options: .init()
        )
        #expect(throws: Never.self) { try channel.ask(query)?.get() }
        channel.agents = [:]
        var scoped = BERWriter()
        scoped.wrap(BERTag.sequence) { writer in
            writer.answer(PDU(kind: .response, requestID: 7, bindings: agent.objects))
            writer.octetString([])
            writer.octetString(agent.engineID)
        }
        for _ in 0..<300 {
            let token = channel.start(query)
            var whole = BERReader(try #require(channel.sent.last?.0))
            var reader = try whole.enter()
            _ = try reader.integer32()
            let id = try V3Message(whole.taken, &reader).id
            let content =
                Bool.random(using: &generator) ? mutated(scoped.bytes, &generator) : random(&generator)
            channel.deliver(agent.encode(scoped: content, id, user, channel.now), from: Channel.first)
            if case .success(let answer) = channel.results[token] {
                #expect(answer.bindings.isEmpty, "the answer is to another request")
            }
            var actions: [SNMPDispatcher.Action] = []
            channel.dispatcher.cancel(token, now: channel.now, &actions)
        }
        #expect(channel.dispatcher.count == 0)
        #expect(channel.dispatcher.tokens.isEmpty)
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>) func randomValuesAreReadOrRefused(_ seed: UInt64) {
        var generator = Generator(seed: seed)
        let tags: [UInt8] = [
            0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x30, 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x80, 0x82, 0xA2,
        ]
        for _ in 0..<20_000 {
            var bytes = random(&generator).prefix(24).map { $0 }
            bytes = [tags.randomElement(using: &generator) ?? 0, UInt8(bytes.count)] + bytes
            var reader = BERReader(bytes)
            _ = try? reader.value()
            #expect(reader.position <= bytes.count)
            var list = BERReader([0x30, UInt8(bytes.count)] + bytes)
            _ = try? list.bindings()
        }
    }

    /// The longest message of the shortest bindings takes no more than its share of time.
    @Test func theCostOfAMessageIsThatOfItsLength() throws {
        func message(_ count: Int) -> [UInt8] {
            var writer = BERWriter()
            let bindings = (0..<count).map { _ in VariableBinding(ObjectIdentifier([0, 0]), .null) }
            writer.answer(PDU(kind: .response, requestID: 1, bindings: bindings))
            return writer.bytes
        }
        func time(_ bytes: [UInt8]) throws -> Duration {
            try ContinuousClock().measure {
                for _ in 0..<5 {
                    var reader = BERReader(bytes)
                    let bindings = try PDUHeader(&reader).bindings()
                    #expect(!bindings.isEmpty)
                }
            }
        }
        let small = try time(message(900))
        let large = try time(message(9_000))
        #expect(large < small * 60)
    }
}
