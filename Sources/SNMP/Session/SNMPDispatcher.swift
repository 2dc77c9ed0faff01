/// Sends queries until they are answered, and finds for each message the query that it answers.
///
/// Pure: its owner sends and receives the datagrams, and calls `expire` at `nextDeadline`. Times are on a clock that never
/// goes back.
package struct SNMPDispatcher {
    package typealias Token = Int

    package enum Action {
        case send([UInt8], AgentAddress)
        /// The query is over; it is told once.
        case finish(Token, Result<SNMPAnswer, SNMPError>)
    }

    /// Requests of one target that wait for an answer; more wait for their turn.
    package static let targetLimit = 4

    struct Target {
        var inFlight = 0
        var queue: [(token: Token, query: SNMPQuery)] = []
        /// The address that answered last.
        var answered: AgentAddress?
    }

    var exchanges: [Token: Exchange] = [:]
    /// By the numbers that answers bear.
    var tokens: [Int32: Token] = [:]
    var targets: [String: Target] = [:]
    private var nextToken = 0
    private var generator: any RandomNumberGenerator
    /// When `expire` has to be called; it may be before anything is due.
    package var nextDeadline: Duration?

    package init(generator: any RandomNumberGenerator = SystemRandomNumberGenerator()) { self.generator = generator }

    /// Sends a query, now or when the target's turn comes.
    package mutating func start(_ query: SNMPQuery, now: Duration, _ actions: inout [Action]) -> Token {
        nextToken += 1
        let token = nextToken
        if targets[query.target, default: Target()].inFlight < Self.targetLimit {
            launch(token, query, now, &actions)
        } else {
            targets[query.target]?.queue.append((token, query))
        }
        return token
    }

    /// Nothing is told of the query any more.
    package mutating func cancel(_ token: Token, target: String, now: Duration, _ actions: inout [Action]) {
        if exchanges[token] != nil {
            end(token, now, &actions)
        } else {
            targets[target]?.queue.removeAll { $0.token == token }
        }
    }

    private mutating func launch(_ token: Token, _ query: SNMPQuery, _ now: Duration, _ actions: inout [Action]) {
        targets[query.target, default: Target()].inFlight += 1
        let exchange = Exchange(query: query, requestID: newID())
        begin(exchange, token, now, &actions)
    }

    /// A number that nobody can guess and no query in flight has; positive, as that of SNMPv3 has to be.
    mutating func newID() -> Int32 {
        while true {
            let id = Int32(truncatingIfNeeded: generator.next() & 0x7FFF_FFFF)
            if tokens[id] == nil { return id }
        }
    }

    /// Begins a try.
    mutating func begin(_ exchange: Exchange, _ token: Token, _ now: Duration, _ actions: inout [Action]) {
        var exchange = exchange
        let refused = exchange.refusals.map(\.address)
        var addresses = exchange.query.addresses.filter { !refused.contains($0) }
        if let answered = targets[exchange.query.target]?.answered, let index = addresses.firstIndex(of: answered) {
            addresses.swapAt(0, index)
            if exchange.attempt == 0 { addresses = [answered] }
        }
        exchange.untried = addresses[...]
        exchange.attemptEnds = now + exchange.attemptLength
        transmitNext(&exchange, token, now, &actions)
        exchanges[token] = exchange
    }

    /// Sends to the next address of the race.
    mutating func transmitNext(
        _ exchange: inout Exchange,
        _ token: Token,
        _ now: Duration,
        _ actions: inout [Action]
    ) {
        if let address = exchange.untried.popFirst() {
            if !exchange.asked.contains(address) { exchange.asked.append(address) }
            transmit(&exchange, token, to: address, &actions)
        }
        exchange.raceContinues = exchange.untried.isEmpty ? nil : now + Exchange.raceDelay
        nextDeadline = min(nextDeadline ?? exchange.deadline, exchange.deadline)
    }

    private mutating func transmit(
        _ exchange: inout Exchange,
        _ token: Token,
        to address: AgentAddress,
        _ actions: inout [Action]
    ) {
        let pdu = exchange.query.pdu(exchange.requestID)
        switch exchange.query.credentials {
        case .v1(let community):
            register(exchange.requestID, &exchange, token)
            actions.append(
                .send(CommunityMessage.encode(pdu, version: CommunityMessage.v1, community: community), address)
            )
        case .v2c(let community):
            register(exchange.requestID, &exchange, token)
            actions.append(
                .send(CommunityMessage.encode(pdu, version: CommunityMessage.v2c, community: community), address)
            )
        case .v3: break
        }
    }

    private mutating func register(_ id: Int32, _ exchange: inout Exchange, _ token: Token) {
        guard tokens.updateValue(token, forKey: id) == nil else { return }
        exchange.ids.append(id)
    }

    mutating func finish(
        _ token: Token,
        _ result: Result<SNMPAnswer, SNMPError>,
        _ now: Duration,
        _ actions: inout [Action]
    ) {
        end(token, now, &actions)
        actions.append(.finish(token, result))
    }

    /// Forgets a query, and lets the next one of its target go.
    private mutating func end(_ token: Token, _ now: Duration, _ actions: inout [Action]) {
        guard let exchange = exchanges.removeValue(forKey: token) else { return }
        for id in exchange.ids { tokens[id] = nil }
        let name = exchange.query.target
        targets[name]?.inFlight -= 1
        guard let target = targets[name], target.inFlight < Self.targetLimit, !target.queue.isEmpty else { return }
        guard let next = targets[name]?.queue.removeFirst() else { return }
        launch(next.token, next.query, now, &actions)
    }

    /// Does what is due; to be called at `nextDeadline`.
    package mutating func expire(now: Duration, _ actions: inout [Action]) {
        nextDeadline = nil
        for token in Array(exchanges.keys) {
            guard var exchange = exchanges[token] else { continue }
            if exchange.attemptEnds <= now {
                expire(exchange, token, now, &actions)
            } else if let time = exchange.raceContinues, time <= now {
                transmitNext(&exchange, token, now, &actions)
                exchanges[token] = exchange
            }
        }
        nextDeadline = exchanges.values.lazy.map(\.deadline).min()
    }

    private mutating func expire(
        _ exchange: Exchange,
        _ token: Token,
        _ now: Duration,
        _ actions: inout [Action]
    ) {
        let options = exchange.query.options
        guard exchange.attempt < options.retries else {
            targets[exchange.query.target]?.answered = nil
            return finish(
                token,
                .failure(.noResponse(timeout: options.timeout, retries: options.retries)),
                now,
                &actions
            )
        }
        var exchange = exchange
        exchange.attempt += 1
        begin(exchange, token, now, &actions)
    }

    /// The system says that an address cannot be reached.
    package mutating func refuse(
        _ address: AgentAddress,
        reason: String,
        now: Duration,
        _ actions: inout [Action]
    ) {
        for (token, var exchange) in exchanges where exchange.asked.contains(address) {
            guard !exchange.refusals.contains(where: { $0.address == address }) else { continue }
            exchange.refusals.append((address, reason))
            exchange.asked.removeAll { $0 == address }
            guard exchange.asked.isEmpty else {
                exchanges[token] = exchange
                continue
            }
            if exchange.refusals.count < exchange.query.addresses.count {
                begin(exchange, token, now, &actions)
            } else {
                let reasons = exchange.refusals.map(\.reason).joined(separator: ", ")
                finish(token, .failure(.unreachable(reasons)), now, &actions)
            }
        }
    }
}
