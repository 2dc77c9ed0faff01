extension SNMPDispatcher {
    /// Begins a try: with the address that answered last, or with all of them, one after the other.
    mutating func begin(_ exchange: Exchange, _ token: Token, _ now: Duration, _ actions: inout [Action]) {
        var exchange = exchange
        let refused = exchange.refusals.map(\.address)
        var addresses = exchange.query.addresses.filter { !refused.contains($0) }
        exchange.resendAt = nil
        if let address = answered[exchange.query.target], let index = addresses.firstIndex(of: address) {
            addresses.swapAt(0, index)
            if exchange.attempt == 0 {
                addresses = [address]
                let patience = roundTrips[address]?.patience ?? exchange.attemptLength
                if exchange.query.options.retries > 0, patience < exchange.attemptLength / 2 {
                    exchange.resendAt = now + patience
                }
            }
        }
        exchange.untried = addresses[...]
        exchange.attemptEnds = now + exchange.attemptLength
        guard !addresses.isEmpty else {
            keep(exchange, token)
            return giveUp(exchange, token, now, &actions)
        }
        transmitNext(&exchange, token, now, &actions)
        keep(exchange, token)
    }

    /// Sends to the next address of the race.
    private mutating func transmitNext(
        _ exchange: inout Exchange,
        _ token: Token,
        _ now: Duration,
        _ actions: inout [Action]
    ) {
        if let address = exchange.untried.popFirst() {
            if !exchange.asked.contains(address) {
                exchange.asked.append(address)
                askedOf[address, default: []].insert(token)
            }
            transmit(&exchange, token, to: address, now, &actions)
        }
        exchange.raceContinues = exchange.untried.isEmpty ? nil : now + Exchange.raceDelay
    }

    /// Does what is due of one exchange.
    mutating func proceed(_ exchange: Exchange, _ token: Token, _ now: Duration, _ actions: inout [Action]) {
        var exchange = exchange
        if exchange.attemptEnds <= now { return tryAgain(exchange, token, now, &actions) }
        if let time = exchange.raceContinues, time <= now { transmitNext(&exchange, token, now, &actions) }
        if let time = exchange.resendAt, time <= now {
            exchange.resends += 1
            for address in exchange.asked { transmit(&exchange, token, to: address, now, &actions) }
            let patience = exchange.asked.first.flatMap { roundTrips[$0]?.patience } ?? Exchange.raceDelay
            exchange.resendAt = exchange.resends < Exchange.resendLimit ? now + patience * 2 : nil
        }
        keep(exchange, token)
    }

    private mutating func tryAgain(
        _ exchange: Exchange,
        _ token: Token,
        _ now: Duration,
        _ actions: inout [Action]
    ) {
        guard exchange.attempt < exchange.query.options.retries else {
            return giveUp(exchange, token, now, &actions)
        }
        var exchange = exchange
        exchange.attempt += 1
        if exchange.attempt >= Exchange.smallerFrom { exchange.askForLess() }
        begin(exchange, token, now, &actions)
    }

    private mutating func giveUp(_ exchange: Exchange, _ token: Token, _ now: Duration, _ actions: inout [Action]) {
        answered[exchange.query.target] = nil
        // The next query finds out whether the agent is there at all, unless others wait for its answers.
        for address in exchange.asked where askedOf[address] == [token] { engines[address] = nil }
        if exchange.refusals.count == exchange.query.addresses.count {
            let reasons = exchange.refusals.map(\.reason).joined(separator: ", ")
            return finish(token, .failure(.unreachable(reasons)), now, &actions)
        }
        counters.timeouts += 1
        finish(token, .failure(exchange.silence), now, &actions)
    }

    /// An address is not asked for a query any more.
    mutating func forget(_ token: Token, of address: AgentAddress) {
        askedOf[address]?.remove(token)
        if askedOf[address]?.isEmpty == true { askedOf[address] = nil }
    }

    /// The system says that an address cannot be reached; `reason` names it.
    package mutating func refuse(
        _ address: AgentAddress,
        reason: String,
        now: Duration,
        _ actions: inout [Action]
    ) {
        for token in askedOf.removeValue(forKey: address)?.sorted() ?? [] {
            guard var exchange = exchanges[token] else { continue }
            exchange.refusals.append((address, reason))
            exchange.asked.removeAll { $0 == address }
            if exchange.asked.isEmpty {
                begin(exchange, token, now, &actions)
            } else {
                keep(exchange, token)
            }
        }
    }
}
