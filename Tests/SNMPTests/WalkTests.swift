import Testing

@testable import SNMP

@Suite struct WalkTests {
    private let root = ObjectIdentifier([1, 3, 6, 1, 9])

    private func walk(
        _ agent: FakeAgent,
        _ credentials: SNMPCredentials = .community2,
        _ options: SNMPOptions = .init()
    ) -> (bindings: [VariableBinding], error: SNMPError?, requests: Int) {
        var channel = Channel()
        channel.agents[Channel.first] = agent
        let (bindings, error) = channel.walk(root, credentials, options)
        return (bindings, error, channel.agents[Channel.first]?.requests ?? 0)
    }

    private func name(_ numbers: UInt32...) -> ObjectIdentifier { root.appending(numbers) }

    @Test(arguments: [SNMPCredentials.community1, .community2], [0, 1, 24, 25, 26, 100])
    func allIsReadAndNoMore(_ credentials: SNMPCredentials, _ count: Int) {
        var agent = FakeAgent(count: count)
        let objects = agent.objects
        agent.objects.append(VariableBinding(ObjectIdentifier([1, 3, 6, 1, 10, 1]), .integer(1)))
        agent.objects.insert(VariableBinding(ObjectIdentifier([1, 3, 6, 1, 8, 1]), .integer(1)), at: 0)
        let (bindings, error, _) = walk(agent, credentials)
        #expect(bindings == objects)
        #expect(error == nil)
    }

    @Test(arguments: [SNMPCredentials.community1, .community2])
    func theEndOfTheAgentsViewEndsIt(_ credentials: SNMPCredentials) {
        let (bindings, error, _) = walk(FakeAgent(count: 7), credentials)
        #expect(bindings.count == 7)
        #expect(error == nil)
    }

    @Test(arguments: [SNMPCredentials.community1, .community2])
    func anObjectItselfMayBeWalked(_ credentials: SNMPCredentials) {
        let (bindings, error, _) = walk(FakeAgent([VariableBinding(root, .integer(5))]), credentials)
        #expect(bindings == [VariableBinding(root, .integer(5))])
        #expect(error == nil)
    }

    @Test func anAnswerTooBigIsAskedForInPieces() {
        var agent = FakeAgent(count: 200)
        agent.room = 5
        let (bindings, error, requests) = walk(agent)
        #expect(bindings == agent.objects)
        #expect(error == nil)
        // 25, 12, 6 and 3 in turn at first; later every ninth request tries twice as much.
        #expect(requests < 100)
    }

    @Test func whatIsTooBigByItselfIsAnError() {
        var agent = FakeAgent(count: 3)
        agent.room = 0
        let (_, error, requests) = walk(agent)
        #expect(error == .errorStatus(.tooBig, root))
        #expect(requests == 5)
    }

    @Test func moreIsAskedForAgainWhenAnswersHaveRoom() {
        var options = SNMPOptions()
        options.maxRepetitions = 16
        var walk = WalkOperation(root, .community2, options)
        func answer(_ from: UInt32, _ repetitions: Int, _ status: ErrorStatus? = nil) -> SNMPAnswer {
            SNMPAnswer(
                bindings: [VariableBinding(name(from), .integer(1))],
                status: status,
                errorIndex: 0,
                repetitions: repetitions
            )
        }
        func asked(_ step: WalkOperation.Step) -> Int {
            if case .ask(.getBulk(_, let repetitions)) = step.next { repetitions } else { 0 }
        }
        #expect(asked(walk.take(answer(0, 16, .tooBig))) == 8)
        let steps = (1...17).map { asked(walk.take(answer($0, asked(.init(next: .ask(walk.first)))))) }
        #expect(steps == [8, 8, 8, 8, 8, 8, 8] + [UInt32](repeating: 16, count: 10).map(Int.init))
    }

    @Test func objectsOutOfOrderAreAnError() {
        let agent = FakeAgent([
            VariableBinding(name(1), .integer(1)), VariableBinding(name(3), .integer(3)),
            VariableBinding(name(2), .integer(2)), VariableBinding(name(4), .integer(4)),
        ])
        let (bindings, error, _) = walk(agent)
        #expect(bindings.count == 2)
        #expect(error == .notIncreasing(name(2), after: name(3)))
        #expect(error?.text == "agent's objects are not in order: 1.3.6.1.9.2 after 1.3.6.1.9.3")
    }

    @Test func objectsOfOneAnswerMayBeInAnyOrderWhereThatIsAllowed() {
        var options = SNMPOptions()
        options.allowsDisorderInAnswers = true
        let agent = FakeAgent([1, 4, 2, 3, 5].map { VariableBinding(name($0), .integer(1)) })
        let (bindings, error, _) = walk(agent, .community2, options)
        #expect(bindings == agent.objects)
        #expect(error == nil)

        var walk = WalkOperation(root, .community2, options)
        _ = walk.take(SNMPAnswer(bindings: Array(agent.objects[..<2]), status: nil, errorIndex: 0, repetitions: 25))
        let step = walk.take(
            SNMPAnswer(bindings: [agent.objects[3]], status: nil, errorIndex: 0, repetitions: 25)
        )
        guard case .end(let end) = step.next else { return #expect(Bool(false), "the walk goes on") }
        #expect(end == .notIncreasing(name(3), after: name(4)))
    }

    @Test func objectsOutOfOrderAreReadWhereThatIsAllowed() {
        var options = SNMPOptions()
        options.allowsNonIncreasing = true
        let agent = FakeAgent([
            VariableBinding(name(1), .integer(1)), VariableBinding(name(3), .integer(3)),
            VariableBinding(name(2), .integer(2)), VariableBinding(name(4), .integer(4)),
        ])
        let (bindings, error, _) = walk(agent, .community2, options)
        #expect(bindings == agent.objects)
        #expect(error == nil)
    }

    @Test func anAgentThatGoesRoundInCirclesIsAnError() {
        var options = SNMPOptions()
        options.allowsNonIncreasing = true
        for options in [options, SNMPOptions()] {
            var walk = WalkOperation(root, .community2, options)
            let circle = [1, 2, 3, 1].map { VariableBinding(name($0), .integer(1)) }
            var steps = 0
            var end: SNMPError?
            while end == nil, steps < 10 {
                steps += 1
                let bindings = circle[(steps - 1) % 4..<(steps - 1) % 4 + 1]
                let step = walk.take(
                    SNMPAnswer(bindings: Array(bindings), status: nil, errorIndex: 0, repetitions: 25)
                )
                if case .end(let error) = step.next { end = error }
            }
            #expect(end == (options.allowsNonIncreasing ? .loop(name(1)) : .notIncreasing(name(1), after: name(3))))
        }
    }

    @Test func aWalkHasALimit() {
        var options = SNMPOptions()
        options.maximumBindings = 100
        #expect(walk(FakeAgent(count: 101), .community2, options).error == .tooManyBindings(limit: 100))
        #expect(walk(FakeAgent(count: 100), .community2, options).error == nil)
    }

    @Test func anErrorOfTheAgentIsNamed() {
        var walk = WalkOperation(root, .community2, .init())
        let step = walk.take(SNMPAnswer(bindings: [], status: .genErr, errorIndex: 1, repetitions: 25))
        guard case .end(let error) = step.next else {
            Issue.record("goes on")
            return
        }
        #expect(error?.text == "agent answered genErr for 1.3.6.1.9")
    }
}
