@testable import SNMP

/// A dispatcher and agents on a clock that the test drives, with a network in between that may lose, repeat, delay and
/// reorder what it carries.
struct Channel {
    private enum Event {
        case request([UInt8], AgentAddress)
        case answer([UInt8], AgentAddress)
    }

    var dispatcher: SNMPDispatcher
    var agents: [AgentAddress: FakeAgent] = [:]
    private(set) var now: Duration = .seconds(1000)
    private var events: [(time: Duration, event: Event)] = []
    private var generator: Generator
    /// Of 1: what is lost, what comes twice, what comes late.
    var faults = 0.0
    /// One way.
    var delay = Duration.milliseconds(1)
    var results: [SNMPDispatcher.Token: Result<SNMPAnswer, SNMPError>] = [:]
    /// All that the dispatcher has sent.
    var sent: [([UInt8], AgentAddress)] = []

    static let first = AgentAddress(ipv4: 0xC000_0201, port: 161)
    static let second = AgentAddress(ipv6: (0x2001_0DB8_0000_0000, 7), scope: 0, port: 161)

    init(seed: UInt64 = 1) {
        generator = Generator(seed: seed)
        dispatcher = SNMPDispatcher(generator: Generator(seed: seed &* 31 &+ 7))
    }

    private mutating func happens() -> Bool { Double.random(in: 0..<1, using: &generator) < faults }

    private mutating func carry(_ event: Event) {
        if happens() { return }
        for _ in 0..<(happens() ? 2 : 1) {
            let extra: Duration = happens() ? .milliseconds(Int.random(in: 1...2000, using: &generator)) : .zero
            let time = now + delay + extra + .microseconds(Int.random(in: 0...500, using: &generator))
            events.append((time, event))
        }
    }

    mutating func perform(_ actions: [SNMPDispatcher.Action]) {
        for action in actions {
            switch action {
            case .send(let bytes, let address):
                sent.append((bytes, address))
                carry(.request(bytes, address))
            case .finish(let token, let result): results[token] = result
            }
        }
    }

    mutating func start(_ query: SNMPQuery) -> SNMPDispatcher.Token {
        var actions: [SNMPDispatcher.Action] = []
        let token = dispatcher.start(query, now: now, &actions)
        perform(actions)
        return token
    }

    /// Gives the dispatcher a datagram now.
    mutating func deliver(_ bytes: [UInt8], from address: AgentAddress) {
        var actions: [SNMPDispatcher.Action] = []
        dispatcher.receive(bytes, from: address, now: now, &actions)
        perform(actions)
    }

    mutating func refuse(_ address: AgentAddress, _ reason: String) {
        var actions: [SNMPDispatcher.Action] = []
        dispatcher.refuse(address, reason: reason, now: now, &actions)
        perform(actions)
    }

    /// Goes on to the next thing that happens; false when nothing is left to happen.
    mutating func step() -> Bool {
        let index = events.indices.min { events[$0].time < events[$1].time }
        let deadline = dispatcher.nextDeadline
        if let index, deadline.map({ events[index].time <= $0 }) ?? true {
            let (time, event) = events.remove(at: index)
            now = max(now, time)
            switch event {
            case .request(let bytes, let address):
                if let answer = agents[address]?.answer(bytes, now: now) { carry(.answer(answer, address)) }
            case .answer(let bytes, let address): deliver(bytes, from: address)
            }
            return true
        }
        guard let deadline else { return false }
        now = max(now, deadline)
        var actions: [SNMPDispatcher.Action] = []
        dispatcher.expire(now: now, &actions)
        perform(actions)
        return true
    }

    mutating func advance(by time: Duration) { now += time }

    /// Waits for the end of a query.
    mutating func result(of token: SNMPDispatcher.Token) -> Result<SNMPAnswer, SNMPError>? {
        while results[token] == nil, step() {}
        return results.removeValue(forKey: token)
    }

    mutating func ask(_ query: SNMPQuery) -> Result<SNMPAnswer, SNMPError>? { result(of: start(query)) }

    /// What a walk brings, and why it failed.
    mutating func walk(
        _ root: ObjectIdentifier,
        _ credentials: SNMPCredentials,
        _ options: SNMPOptions = .init(),
        addresses: [AgentAddress] = [first]
    ) -> (bindings: [VariableBinding], error: SNMPError?) {
        var walk = WalkOperation(root, credentials, options)
        var kind = walk.first
        var bindings: [VariableBinding] = []
        while true {
            let query = SNMPQuery(
                kind,
                target: "agent",
                addresses: addresses,
                credentials: credentials,
                options: options
            )
            switch ask(query) {
            case nil: return (bindings, .unreachable("nothing happens"))
            case .failure(let error): return (bindings, error)
            case .success(let answer):
                let step = walk.take(answer)
                bindings += step.bindings
                switch step.next {
                case .ask(let next): kind = next
                case .end(let error): return (bindings, error)
                }
            }
        }
    }

    mutating func get(
        _ names: [ObjectIdentifier],
        _ credentials: SNMPCredentials,
        _ options: SNMPOptions = .init(),
        addresses: [AgentAddress] = [first]
    ) -> Result<[VariableBinding], SNMPError> {
        var get = GetOperation(names, options)
        var step = get.next()
        while true {
            switch step {
            case .done(let bindings): return .success(bindings)
            case .failed(let error): return .failure(error)
            case .ask(let kind):
                let query = SNMPQuery(
                    kind,
                    target: "agent",
                    addresses: addresses,
                    credentials: credentials,
                    options: options
                )
                switch ask(query) {
                case nil: return .failure(.unreachable("nothing happens"))
                case .failure(let error): return .failure(error)
                case .success(let answer): step = get.take(answer)
                }
            }
        }
    }
}

extension SNMPCredentials {
    static let community1 = SNMPCredentials.v1(community: Array("public".utf8))
    static let community2 = SNMPCredentials.v2c(community: Array("public".utf8))
}
