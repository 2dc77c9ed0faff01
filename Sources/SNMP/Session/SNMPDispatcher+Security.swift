extension SNMPDispatcher {
    /// Takes a message of version 3, of which `message` is what follows the version.
    ///
    /// What is not from the engine that was asked, not protected as the request was, or too old, is dropped as if it had
    /// not come: the true answer may follow.
    mutating func receiveSecure(
        _ reader: inout BERReader,
        _ bytes: [UInt8],
        from source: AgentAddress,
        _ now: Duration,
        _ actions: inout [Action]
    ) {
        guard let message = try? V3Message(bytes, &reader) else {
            counters.malformed += 1
            return
        }
        guard let (token, exchange, address) = exchange(message.id, from: source) else { return }
        guard case .v3(let user) = exchange.query.credentials else {
            counters.unauthentic += 1
            return
        }
        let opened = open(message, user, from: address)
        guard case .pdu(let pdu) = opened,
            pdu.kind == .report || isAnswer(pdu, message, user, exchange, from: address, now)
        else {
            counters.unauthentic += 1
            if case .wrongDigest = opened { exchanges[token]?.hasWrongDigest = true }
            if case .undecipherable = opened { finish(token, .failure(.undecipherable), now, &actions) }
            return
        }
        if pdu.kind == .report {
            take(report: pdu, message, token, from: address, now, &actions)
        } else {
            settle(pdu, token, exchange, from: address, now, &actions)
        }
    }

    /// Whether a message is protected as its request was, and of the engine that was asked, and of now.
    private mutating func isAnswer(
        _ pdu: PDUHeader,
        _ message: V3Message,
        _ user: USMUser,
        _ exchange: Exchange,
        from address: AgentAddress,
        _ now: Duration
    ) -> Bool {
        let security = message.security
        guard pdu.kind == .response, message.level == user.level, pdu.requestID == exchange.requestID,
            security.userName == Array(user.name.utf8), var engine = engines[address], engine.id == security.engineID
        else { return false }
        guard message.level.isAuthenticated else { return true }
        guard engine.accept(boots: security.boots, time: security.time, now: now) else { return false }
        engines[address] = engine
        return true
    }

    /// What comes of a message's protection.
    private enum Opened {
        case pdu(PDUHeader)
        case wrongDigest
        /// The digest is right.
        case undecipherable
        case refused

        init(_ pdu: PDUHeader?) { self = pdu.map(Opened.pdu) ?? .refused }
    }

    /// Checks the digest of a message that has one, and deciphers it.
    private mutating func open(_ message: V3Message, _ user: USMUser, from address: AgentAddress) -> Opened {
        guard message.level.isAuthenticated else { return Opened(try? message.plainPDU()) }
        guard user.level.isAuthenticated, let algorithm = user.authentication?.algorithm,
            let engine = engines[address], engine.id == message.security.engineID
        else { return .refused }
        let keys = keyRing.keys(of: user, engineID: engine.id)
        guard message.isAuthentic(algorithm, key: keys.authentication) else { return .wrongDigest }
        guard message.level.isPrivate else { return Opened(try? message.plainPDU()) }
        guard user.level.isPrivate, let cipher = user.privacy?.algorithm else { return .refused }
        return message.pdu(cipher, key: keys.privacy).map(Opened.pdu) ?? .undecipherable
    }

    /// An agent says why it does not answer; where it also says what is missing, it is asked again.
    private mutating func take(
        report: PDUHeader,
        _ message: V3Message,
        _ token: Token,
        from address: AgentAddress,
        _ now: Duration,
        _ actions: inout [Action]
    ) {
        guard var exchange = exchanges[token], case .v3(let user) = exchange.query.credentials,
            let name = (try? report.bindings())?.first?.name
        else { return }
        let cause = SNMPError.Report(name, user)
        let security = message.security
        // Some agents tell their engine's id with another report than that.
        let tellsEngine = cause == .unknownEngineID || cause == .notInTimeWindow || engines[address] == nil
        guard tellsEngine, (1...32).contains(security.engineID.count), exchange.reports < Exchange.reportLimit else {
            return finish(token, .failure(.report(cause)), now, &actions)
        }
        // The number of the message, which nobody can guess, shows that this is no old message played again.
        engines[address] = Engine(
            id: security.engineID,
            boots: security.boots,
            time: security.time,
            isAuthentic: message.level.isAuthenticated,
            now: now
        )
        exchange.reports += 1
        answered[exchange.query.target] = address
        exchange.untried = []
        exchange.raceContinues = nil
        exchange.resendAt = nil
        exchange.attemptEnds = now + exchange.attemptLength
        transmit(&exchange, token, to: address, now, &actions)
        keep(exchange, token)
    }
}
