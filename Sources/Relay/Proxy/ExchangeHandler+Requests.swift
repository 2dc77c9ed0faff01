import NIOCore
import NIOHTTP1

extension ExchangeHandler {
    /// A request's head has come.
    func begin() {
        phase = .reading
        if head.headers.first(name: "Expect")?.lowercased() == "100-continue", !link.isMultiplexed {
            write(.head(HTTPResponseHead(version: .http1_1, status: .continue)))
            context?.flush()
        }
        guard !isScrape, path == .push else { return }
        phase = .pushing
        reader = MessageReader(headLimit: core.settings.responseHeadBytes)
    }

    func receiveBody(_ bytes: ByteBuffer) {
        switch phase {
        case .reading:
            var bytes = bytes
            body.writeBuffer(&bytes)
            let limit = isScrape ? core.settings.requestBodyBytes : core.settings.pollBytes
            if body.readableBytes > limit {
                refuse(.bodyTooLarge, .payloadTooLarge, "body has more than \(limit) bytes")
            }
        case .pushing, .forwarding: receivePush(bytes)
        case .discarding:
            discarded += bytes.readableBytes
            if discarded > core.settings.discardBytes { close() }
        case .idle, .polling, .scraping, .answering, .accepted: break
        }
    }

    /// The request is there as a whole.
    func endRequest() {
        switch phase {
        case .reading:
            cancelTimer()
            if isScrape { scrape() } else { answerAPI() }
        case .pushing, .forwarding: endPush()
        case .accepted: answer(.ok, HTTPHeaders(), ByteBuffer())
        case .idle, .polling, .scraping, .answering, .discarding: break
        }
    }

    private func answerAPI() {
        switch path {
        case .poll: poll()
        case .healthy: answer(.ok, "healthy")
        case .ready: core.isDraining ? answer(.serviceUnavailable, "shutting down") : answer(.ok, "ready")
        case .clients:
            guard mayRead() else { return }
            answer(.ok, ClientList.json(core.registrations), fields: [("Content-Type", "application/json")])
        case .metrics:
            guard mayRead() else { return }
            let page = core.page(core.snapshot, head.headers.first(name: "Accept"))
            answer(.ok, ["Content-Type": page.type, "Vary": "Accept"], page.body)
        case .push, .other: answer(.notFound, "404 page not found")
        }
    }

    /// Pages are for those who may scrape.
    private func mayRead() -> Bool {
        guard core.rules.scraper(head.headers).0 != .allowed else { return true }
        refuse(
            .unauthorized,
            .unauthorized,
            "credentials are missing or wrong",
            fields: [("WWW-Authenticate", Self.challenge)]
        )
        return false
    }

    static let challenge = "Basic realm=\"relay\""

    // MARK: Polls

    private func poll() {
        let name = String(buffer: body).trimmed()
        guard ClientName.isValid(name) else {
            return refuse(.malformed, .badRequest, "Error WaitForScrapeInstruction: the body must be the client's name")
        }
        guard mayServe(ClientName.canonical(name)) else { return }
        let extras = PollHeaders(head.headers)
        do throws(Broker.Refusal) {
            let registration = Registration(name: name, time: .now(), services: extras.services)
            let id = try core.poll(registration, by: self)
            phase = .polling(id)
            if let limit = pollLimit(extras) {
                setTimer(limit) { $0.timeOut(id, isOurs: extras.timeoutSeconds != nil) }
            }
        } catch {
            refuse(.tooManyClients, .serviceUnavailable, "Error WaitForScrapeInstruction: too many clients")
        }
    }

    /// How long the poll may wait; nil for as long as its connection lives.
    ///
    /// Front ends cut idle requests, and they are known by what they add, or by their HTTP/1.0.
    private func pollLimit(_ extras: PollHeaders) -> TimeAmount? {
        let own = extras.timeoutSeconds.map { TimeAmount.seconds(Int64($0)) }
        let marks = ["Via", "Forwarded", "X-Forwarded-For", "X-Real-IP"]
        let isBehindFrontEnd = isHTTP10 || marks.contains { head.headers.contains(name: $0) }
        guard isBehindFrontEnd else { return own }
        return min(own ?? core.settings.pollTimeout, core.settings.pollTimeout)
    }

    /// Whether the client may have this name; it is answered when not.
    func mayServe(_ name: String) -> Bool {
        let verdict = core.rules.client(
            name,
            authorization: head.headers.first(name: "Authorization"),
            certificateNames: link.certificateNames
        )
        switch verdict {
        case .allowed: return true
        case .unknown:
            refuse(
                .unauthorized,
                .unauthorized,
                "credentials are missing or wrong",
                fields: [("WWW-Authenticate", Self.challenge)]
            )
        case .forbidden: refuse(.forbidden, .forbidden, "the credentials are not for the name \"\(name)\"")
        }
        return false
    }

    func deliver(_ id: Broker.PollID, _ instruction: ByteBuffer) {
        guard case .polling(id) = phase else { return core.deliveryFailed(id) }
        cancelTimer()
        link.delivered(id)
        answer(.ok, HTTPHeaders(), instruction)
    }

    /// The text and the status are PushProx's; its client takes anything else for a scrape.
    func expire(_ id: Broker.PollID) {
        guard case .polling(id) = phase else { return }
        answer(.requestTimeout, "Error WaitForScrapeInstruction: request is expired")
    }

    private func timeOut(_ id: Broker.PollID, isOurs: Bool) {
        guard case .polling(id) = phase else { return }
        core.endPoll(id, .timeout)
        if isOurs { answer(.noContent, HTTPHeaders(), ByteBuffer()) } else { expire(id) }
    }
}

extension String {
    /// Without blanks and line ends around it.
    func trimmed() -> String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
