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
    /// Queries that have not been sent yet.
    package static let queueLimit = 100_000
    /// Queries that wait for an answer.
    package static let flightLimit = 10_000
    /// Requests sent within `youth` that have no answer: so many answers have to fit into a socket's buffer.
    package static let youngLimit = 128
    static let youth = Duration.milliseconds(250)

    private struct Target {
        var inFlight = 0
        var queue = TokenQueue()
    }

    var exchanges: [Token: Exchange] = [:]
    /// By the numbers that answers bear.
    var tokens: [Int32: Token] = [:]
    /// Those that an address has been asked for.
    var askedOf: [AgentAddress: Set<Token>] = [:]
    /// Those that wait for their turn, and whether they count for their target already.
    private var waiting: [Token: (query: SNMPQuery, isReady: Bool)] = [:]
    /// Those that their target has room for.
    private var ready = TokenQueue()
    private var young = 0
    private var targets: [String: Target] = [:]
    /// The address of a target that answered last.
    var answered = RecentValues<String, AgentAddress>(limit: SNMPMemory.limit.agents)
    var engines = RecentValues<AgentAddress, Engine>(limit: SNMPMemory.limit.agents)
    var roundTrips = RecentValues<AgentAddress, RoundTrip>(limit: SNMPMemory.limit.agents)
    var keyRing = KeyRing()
    package internal(set) var counters = SNMPCounters()
    private var nextToken = 0
    /// Of queries that are over, until the owner takes it.
    private var datagrams: [Token: Int] = [:]
    private var generator: any RandomNumberGenerator
    /// Goes up with every message that is enciphered.
    private var salt: UInt64
    /// When `expire` has to be called; it may be before anything is due.
    package private(set) var nextDeadline: Duration?

    package init(generator: any RandomNumberGenerator = SystemRandomNumberGenerator()) {
        self.generator = generator
        salt = self.generator.next()
    }

    package var memory: SNMPMemory {
        SNMPMemory(agents: max(answered.count, engines.count, roundTrips.count), keys: keyRing.count)
    }

    /// Queries that are not over.
    package var count: Int { exchanges.count + waiting.count }

    /// Sends a query, now or when its turn comes.
    package mutating func start(_ query: SNMPQuery, now: Duration, _ actions: inout [Action]) -> Token {
        nextToken += 1
        let token = nextToken
        do throws(SNMPError) {
            try query.credentials.validate()
            try query.options.validate()
            guard !query.addresses.isEmpty else { throw .unreachable("no address") }
            guard waiting.count < Self.queueLimit else {
                throw .busy("more than \(Self.queueLimit) requests wait to be sent")
            }
        } catch {
            actions.append(.finish(token, .failure(error)))
            return token
        }
        let hasRoom = targets[query.target, default: Target()].inFlight < Self.targetLimit
        waiting[token] = (query, hasRoom)
        if hasRoom {
            targets[query.target, default: Target()].inFlight += 1
            ready.append(token)
        } else {
            targets[query.target]?.queue.append(token)
        }
        launch(now, &actions)
        return token
    }

    /// Nothing is told of the query any more.
    package mutating func cancel(_ token: Token, now: Duration, _ actions: inout [Action]) {
        if let (query, isReady) = waiting.removeValue(forKey: token) {
            if isReady { leave(query.target) }
        } else {
            end(token)
        }
        launch(now, &actions)
    }

    /// How many datagrams a query took that is over; to be asked once for each query.
    package mutating func takeDatagrams(_ token: Token) -> Int { datagrams.removeValue(forKey: token) ?? 0 }

    /// Sends what there is room for.
    private mutating func launch(_ now: Duration, _ actions: inout [Action]) {
        while young < Self.youngLimit, exchanges.count < Self.flightLimit, let token = ready.popFirst() {
            guard let query = waiting.removeValue(forKey: token)?.query else { continue }
            var exchange = Exchange(query, requestID: newID())
            exchange.youngUntil = now + Self.youth
            young += 1
            begin(exchange, token, now, &actions)
        }
    }

    /// A target has an answer: its next query is ready.
    private mutating func leave(_ name: String) {
        guard var target = targets[name] else { return }
        target.inFlight -= 1
        while target.inFlight < Self.targetLimit, let token = target.queue.popFirst() {
            guard waiting[token] != nil else { continue }
            waiting[token]?.isReady = true
            ready.append(token)
            target.inFlight += 1
        }
        targets[name] = target.inFlight == 0 ? nil : target
    }

    /// A number that nobody can guess and no query in flight has; positive, as that of SNMPv3 has to be.
    private mutating func newID() -> Int32 {
        while true {
            let id = Int32(truncatingIfNeeded: generator.next() & 0x7FFF_FFFF)
            if tokens[id] == nil { return id }
        }
    }

    private mutating func newSalt() -> UInt64 {
        salt &+= 1
        return salt
    }

    /// Keeps an exchange that has been changed.
    mutating func keep(_ exchange: Exchange, _ token: Token) {
        exchanges[token] = exchange
        nextDeadline = min(nextDeadline ?? exchange.deadline, exchange.deadline)
    }

    /// Gives the result and forgets the query.
    mutating func finish(
        _ token: Token,
        _ result: Result<SNMPAnswer, SNMPError>,
        _ now: Duration,
        _ actions: inout [Action]
    ) {
        end(token)
        actions.append(.finish(token, result))
        launch(now, &actions)
    }

    private mutating func end(_ token: Token) {
        guard let exchange = exchanges.removeValue(forKey: token) else { return }
        datagrams[token] = exchange.datagrams
        for id in exchange.ids { tokens[id] = nil }
        for address in exchange.asked { forget(token, of: address) }
        if exchange.youngUntil != nil { young -= 1 }
        leave(exchange.query.target)
    }

    /// Does what is due; to be called at `nextDeadline`.
    package mutating func expire(now: Duration, _ actions: inout [Action]) {
        nextDeadline = nil
        for token in exchanges.filter({ $0.value.deadline <= now }).map(\.key).sorted() {
            guard var exchange = exchanges[token] else { continue }
            if let time = exchange.youngUntil, time <= now {
                exchange.youngUntil = nil
                young -= 1
            }
            exchanges[token] = exchange
            proceed(exchange, token, now, &actions)
        }
        launch(now, &actions)
        nextDeadline = exchanges.values.lazy.map(\.deadline).min()
    }
}

// MARK: Sending

extension SNMPDispatcher {
    /// Sends to one address what it is to be asked next.
    mutating func transmit(
        _ exchange: inout Exchange,
        _ token: Token,
        to address: AgentAddress,
        _ now: Duration,
        _ actions: inout [Action]
    ) {
        guard let bytes = message(&exchange, token, to: address, now) else { return }
        counters.sent += 1
        if exchange.datagrams > 0 { counters.sentAgain += 1 }
        exchange.datagrams += 1
        exchange.sentOnceAt = exchange.datagrams == 1 ? now : nil
        actions.append(.send(bytes, address))
    }

    private mutating func message(
        _ exchange: inout Exchange,
        _ token: Token,
        to address: AgentAddress,
        _ now: Duration
    ) -> [UInt8]? {
        let pdu = exchange.query.pdu(exchange.requestID)
        switch exchange.query.credentials {
        case .v1(let community), .v2c(let community):
            register(exchange.requestID, &exchange, token)
            return CommunityMessage.encode(pdu, version: exchange.query.credentials.version, community: community)
        case .v3(let user):
            // A new number for each try (RFC 3412 §6.2).
            let id = newID()
            register(id, &exchange, token)
            guard let engine = engines[address] else {
                return V3Message.probe(id: id, requestID: exchange.requestID)
            }
            let keys = keyRing.keys(of: user, engineID: engine.id)
            let authority = (engine.id, engine.boots, engine.time(now: now))
            return V3Message.encode(pdu, id: id, user, keys, authority, salt: newSalt())
        }
    }

    private mutating func register(_ id: Int32, _ exchange: inout Exchange, _ token: Token) {
        guard tokens.updateValue(token, forKey: id) == nil else { return }
        exchange.ids.append(id)
    }
}
