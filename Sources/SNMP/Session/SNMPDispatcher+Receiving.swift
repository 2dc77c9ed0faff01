extension SNMPDispatcher {
    /// Takes a datagram; what answers no query is dropped.
    package mutating func receive(
        _ bytes: [UInt8],
        from source: AgentAddress,
        now: Duration,
        _ actions: inout [Action]
    ) {
        var whole = BERReader(bytes)
        guard var message = try? whole.enter(), let version = try? message.integer32() else {
            counters.malformed += 1
            return
        }
        if version == V3Message.version { return receiveSecure(&message, whole.taken, from: source, now, &actions) }
        guard let community = try? CommunityMessage(version: version, &message) else {
            counters.malformed += 1
            return
        }
        let header = community.pdu
        guard let (token, exchange, address) = exchange(header.requestID, from: source) else { return }
        guard header.kind == .response, version == exchange.query.credentials.version else {
            counters.unexpected += 1
            return
        }
        settle(header, token, exchange, from: address, now, &actions)
    }

    /// The exchange that a message with this number is an answer to, if it comes from where it should, and the address
    /// that was asked for it.
    mutating func exchange(
        _ id: Int32,
        from source: AgentAddress
    ) -> (token: Token, exchange: Exchange, address: AgentAddress)? {
        guard let token = tokens[id], let exchange = exchanges[token] else {
            counters.unexpected += 1
            return nil
        }
        if exchange.asked.contains(source) { return (token, exchange, source) }
        // Of several addresses of one host, the last one that was asked is taken for the one that answers.
        guard exchange.query.options.acceptsAnySource, let address = exchange.asked.last else {
            counters.strangers += 1
            return nil
        }
        return (token, exchange, address)
    }

    /// Ends a query with its answer.
    mutating func settle(
        _ header: PDUHeader,
        _ token: Token,
        _ exchange: Exchange,
        from address: AgentAddress,
        _ now: Duration,
        _ actions: inout [Action]
    ) {
        counters.answers += 1
        if exchange.query.addresses.count > 1 || answered[exchange.query.target] != address {
            answered[exchange.query.target] = address
        }
        if let sentAt = exchange.sentOnceAt { learn(now - sentAt, of: address) }
        var repetitions = 0
        if case .getBulk(_, let asked) = exchange.query.kind { repetitions = asked }
        do throws(BERError) {
            let answer = SNMPAnswer(
                bindings: try header.bindings(),
                status: ErrorStatus(header.status),
                errorIndex: Int(header.index),
                repetitions: repetitions
            )
            finish(token, .success(answer), now, &actions)
        } catch {
            finish(token, .failure(.malformed(error.text)), now, &actions)
        }
    }

    private mutating func learn(_ time: Duration, of address: AgentAddress) {
        let seconds = time / .seconds(1)
        var roundTrip = roundTrips[address]
        roundTrip?.add(seconds)
        roundTrips[address] = roundTrip ?? RoundTrip(seconds)
    }
}
