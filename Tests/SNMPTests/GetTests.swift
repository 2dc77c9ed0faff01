import Testing

@testable import SNMP

@Suite struct GetTests {
    private let root = ObjectIdentifier([1, 3, 6, 1, 9])

    private func names(_ numbers: UInt32...) -> [ObjectIdentifier] { numbers.map { root.appending([$0]) } }

    private func get(
        _ names: [ObjectIdentifier],
        _ agent: FakeAgent,
        _ credentials: SNMPCredentials = .community2,
        _ options: SNMPOptions = .init()
    ) -> (result: Result<[VariableBinding], SNMPError>, requests: Int) {
        var channel = Channel()
        channel.agents[Channel.first] = agent
        let result = channel.get(names, credentials, options)
        return (result, channel.agents[Channel.first]?.requests ?? 0)
    }

    @Test(arguments: [(SNMPCredentials.community1, 3), (.community2, 1)])
    func whatIsMissingIsNoError(_ credentials: SNMPCredentials, _ requests: Int) throws {
        let (result, count) = get(names(3, 99, 1, 98), FakeAgent(count: 5), credentials)
        #expect(try result.get().map(\.value) == [.gauge32(2), .noSuchObject, .gauge32(0), .noSuchObject])
        #expect(count == requests)
    }

    @Test func manyObjectsAreAskedForInPieces() throws {
        let all = (1...150).map { root.appending([UInt32($0)]) }
        let (result, count) = get(all, FakeAgent(count: 150))
        #expect(try result.get().map(\.name) == all)
        #expect(count == 3)
    }

    @Test func anAnswerTooBigIsAskedForInPieces() throws {
        var agent = FakeAgent(count: 150)
        agent.room = 7
        let all = (1...60).map { root.appending([UInt32($0)]) }
        #expect(try get(all, agent).result.get().map(\.name) == all)
        agent.room = 0
        #expect(get(names(2), agent).result == .failure(.errorStatus(.tooBig, root.appending([2]))))
    }

    @Test func nothingIsAskedForNothing() throws {
        let (result, requests) = get([], FakeAgent(count: 1))
        #expect(try result.get().isEmpty)
        #expect(requests == 0)
    }

    @Test func anAnswerAboutSomethingElseIsAnError() {
        var get = GetOperation(names(1, 2), .init())
        _ = get.next()
        let other = [VariableBinding(root, .integer(1)), VariableBinding(root, .integer(2))]
        guard
            case .failed(let error) = get.take(
                SNMPAnswer(bindings: other, status: nil, errorIndex: 0, repetitions: 0)
            )
        else {
            Issue.record("accepted")
            return
        }
        #expect(error.text == "malformed answer: none of the objects that were asked for")
    }

    @Test func anAnswerMayBeShortAndInAnotherOrder() {
        var get = GetOperation(names(1, 2, 3), .init())
        _ = get.next()
        let some = [
            VariableBinding(root.appending([3]), .integer(3)), VariableBinding(root.appending([1]), .integer(1)),
        ]
        guard
            case .ask(.get(let rest)) = get.take(
                SNMPAnswer(bindings: some, status: nil, errorIndex: 0, repetitions: 0)
            )
        else {
            Issue.record("does not go on")
            return
        }
        #expect(rest == names(2))
    }

    @Test func anErrorThatNamesNoObjectIsAskedForOneByOne() throws {
        var get = GetOperation(names(1, 2), .init())
        _ = get.next()
        guard
            case .ask(.get(let first)) = get.take(
                SNMPAnswer(bindings: [], status: .noSuchName, errorIndex: 0, repetitions: 0)
            )
        else {
            Issue.record("does not go on")
            return
        }
        #expect(first == names(1))
    }
}
