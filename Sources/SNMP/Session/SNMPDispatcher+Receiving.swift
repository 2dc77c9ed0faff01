extension SNMPDispatcher {
    /// Takes a datagram; what answers no query is dropped.
    package mutating func receive(
        _ bytes: [UInt8],
        from address: AgentAddress,
        now: Duration,
        _ actions: inout [Action]
    ) {
        var whole = BERReader(bytes)
        guard var message = try? whole.enter(), let version = try? message.integer32() else { return }
        guard version == CommunityMessage.v1 || version == CommunityMessage.v2c,
            let community = try? CommunityMessage(version: version, &message)
        else { return }
        let header = community.pdu
        guard let token = tokens[header.requestID], let exchange = exchanges[token], header.kind == .response,
            exchange.asked.contains(address)
        else { return }
        switch exchange.query.credentials {
        case .v1 where version == CommunityMessage.v1: break
        case .v2c where version == CommunityMessage.v2c: break
        default: return
        }
        settle(header, token, exchange, from: address, now, &actions)
    }

    private mutating func settle(
        _ header: PDUHeader,
        _ token: Token,
        _ exchange: Exchange,
        from address: AgentAddress,
        _ now: Duration,
        _ actions: inout [Action]
    ) {
        targets[exchange.query.target]?.answered = address
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
}
