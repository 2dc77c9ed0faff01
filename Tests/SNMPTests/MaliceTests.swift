import Testing

@testable import SNMP

/// Walks and gets of agents that answer what they should not.
@Suite struct MaliceTests {
    private static let user = Capture.user("monitor", .md5, .des)
    private static let credentials: [SNMPCredentials] = [.community1, .community2, .v3(user)]
    private let root = ObjectIdentifier([1, 3, 6, 1, 9])

    private func channel(_ seed: UInt64, _ change: (inout Malice) -> Void = { _ in }) -> Channel {
        var channel = Channel(seed: seed)
        var agent = FakeAgent(count: 200)
        agent.users = [Self.user]
        var malice = Malice(seed: seed)
        change(&malice)
        agent.malice = malice
        channel.agents[Channel.first] = agent
        return channel
    }

    private func options(allowsNonIncreasing: Bool = false) -> SNMPOptions {
        var options = SNMPOptions()
        options.allowsNonIncreasing = allowsNonIncreasing
        options.maximumBindings = 3000
        options.timeout = 0.5
        options.retries = 1
        return options
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>, credentials)
    func aWalkEndsAndStaysBelowItsRoot(_ seed: UInt64, _ credentials: SNMPCredentials) {
        for allowsNonIncreasing in [false, true] {
            var channel = channel(seed)
            let options = options(allowsNonIncreasing: allowsNonIncreasing)
            let (bindings, _) = channel.walk(root, credentials, options)
            #expect(bindings.count <= options.maximumBindings)
            #expect(bindings.allSatisfy { $0.name == root || $0.name.isBelow(root) })
            #expect(bindings.allSatisfy { !$0.value.isMissing })
            if !allowsNonIncreasing {
                #expect(zip(bindings, bindings.dropFirst()).allSatisfy { $0.name < $1.name })
            }
            #expect(channel.dispatcher.count == 0)
            #expect(channel.dispatcher.tokens.isEmpty)
            #expect(channel.dispatcher.askedOf.isEmpty)
        }
    }

    @Test(arguments: credentials) func aTableWithoutEndIsLeft(_ credentials: SNMPCredentials) {
        for allowsNonIncreasing in [false, true] {
            var channel = channel(1) { $0.onlyEndless = true }
            let options = options(allowsNonIncreasing: allowsNonIncreasing)
            #expect(channel.walk(root, credentials, options).error == .tooManyBindings(limit: 3000))
        }
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>, credentials)
    func aGetEndsWithWhatWasAskedFor(_ seed: UInt64, _ credentials: SNMPCredentials) {
        var channel = channel(seed)
        let names = (1...70).map { root.appending([UInt32($0)]) }
        if case .success(let bindings) = channel.get(names, credentials, options()) {
            #expect(bindings.map(\.name) == names)
        }
        #expect(channel.dispatcher.count == 0)
        #expect(channel.dispatcher.tokens.isEmpty)
    }
}
