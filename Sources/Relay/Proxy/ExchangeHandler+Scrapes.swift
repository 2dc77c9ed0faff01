import NIOCore
import NIOHTTP1

/// The side of whoever scrapes.
extension ExchangeHandler {
    func scrape() {
        let (verdict, field) = core.rules.scraper(head.headers)
        guard verdict == .allowed else {
            return refuse(
                .unauthorized,
                .proxyAuthenticationRequired,
                "credentials are missing or wrong",
                fields: [("Proxy-Authenticate", Self.challenge)]
            )
        }
        guard let url = ScrapeURL(head.uri), head.method != .CONNECT else {
            let reason =
                head.method == .CONNECT
                ? "CONNECT is not supported: scrape http with the parameter _scheme=https" : "malformed URL"
            return refuse(.malformed, .badRequest, reason)
        }
        let limit = core.settings.limit(asked: head.headers.first(name: ScrapeInstruction.timeoutField))
        var headers = head.headers
        // What opened the relay is not for the target.
        if let field { headers.remove(name: field) }
        let instruction = ScrapeInstruction(method: head.method.rawValue, url: url, headers: headers, body: body)
        do throws(Broker.Refusal) {
            let scrape = try core.scrape(instruction, within: limit, by: self)
            phase = .scraping(scrape)
        } catch {
            refuse(.tooManyScrapes, .serviceUnavailable, "Error scraping \(quoted(url.text)): too many scrapes")
        }
    }

    private func quoted(_ text: String) -> String { "\"\(text)\"" }

    /// The head of the answer, as the client pushed it.
    func beginAnswer(_ scrape: ProxyCore.Scrape, _ response: MessageHead, hasBody: Bool) {
        guard case .scraping = phase, case .response(_, let status, let reason) = response.start else { return }
        phase = .answering(scrape)
        var headers = response.headers
        let length = headers.first(name: "Content-Length")
        let isChunked = headers[canonicalForm: "transfer-encoding"].contains { $0.lowercased() == "chunked" }
        HopByHop.strip(&headers)
        for name in [ScrapeInstruction.idField, ScrapeInstruction.timeoutField, ScrapeInstruction.remainingField] {
            headers.remove(name: name)
        }
        if hasBody, length == nil || isChunked {
            headers.remove(name: "Content-Length")
            if isHTTP10 { closeAfterAnswer() } else { headers.add(name: "Transfer-Encoding", value: "chunked") }
        }
        // The encoder would announce chunks, and HEAD has none.
        if head.method == .HEAD, !headers.contains(name: "Content-Length") {
            headers.add(name: "Content-Length", value: "0")
        }
        writeHead(HTTPResponseStatus(statusCode: status, reasonPhrase: reason), headers)
        context?.flush()
    }

    func continueAnswer(_ bytes: ByteBuffer) {
        guard case .answering = phase else { return }
        core.metrics.bodyBytes += bytes.readableBytes
        write(.body(.byteBuffer(bytes)))
        context?.flush()
    }

    /// The scrape is over; `end` says whether there is an answer.
    func scrapeEnded(_ scrape: ProxyCore.Scrape, _ end: ProxyMetrics.ScrapeEnd) {
        switch phase {
        case .answering where end == .answered: writeEnd()
        // A body that breaks off must not look whole.
        case .answering: close()
        case .scraping:
            let url = scrape.instruction.url.text
            let reason =
                end == .timeout ? "timeout reached for \(quoted(url)): context deadline exceeded" : Self.failure
            answer(.internalServerError, "Error scraping \(quoted(url)): \(reason)")
        default: break
        }
    }

    private static let failure = "the connection to the client broke"
}

/// The side of the client that answers.
extension ExchangeHandler {
    func receivePush(_ bytes: ByteBuffer) {
        reader.receive(bytes)
        do throws(WireError) {
            while let event = try reader.next() { handle(event) }
        } catch {
            failPush(error)
        }
    }

    func endPush() {
        do throws(WireError) {
            if let event = try reader.finish() { handle(event) }
            if case .pushing = phase { refusePush("no answer in the push") }
        } catch {
            failPush(error)
        }
    }

    private func handle(_ event: MessageReader.Event) {
        switch event {
        case .head(let head): beginPush(head)
        case .body(let bytes):
            if case .forwarding(let scrape) = phase { scrape.asker?.continueAnswer(bytes) }
        case .end:
            if case .forwarding(let scrape) = phase { core.finish(scrape, .answered) }
        }
    }

    private func beginPush(_ response: MessageHead) {
        guard case .pushing = phase else { return }
        guard case .response(_, let status, _) = response.start, status >= 200 else {
            return refusePush("the body is no response")
        }
        guard let id = response.headers.first(name: ScrapeInstruction.idField) else { return refusePush("no Id") }
        guard let owner = core.owner(of: id) else {
            core.metrics.latePushes += 1
            return refusePush("nobody waits for \(quoted(String(id.prefix(64))))")
        }
        guard mayServe(owner) else { return }
        guard let scrape = core.answer(id, from: self) else {
            core.metrics.latePushes += 1
            return refusePush("\(quoted(id)) is answered already")
        }
        cancelTimer()
        phase = .forwarding(scrape)
        let framing = try? response.framing()
        let hasBody = scrape.instruction.method != "HEAD" && framing != MessageHead.Framing.none
        if !hasBody { reader.expectNoBody() }
        scrape.asker?.beginAnswer(scrape, response, hasBody: hasBody)
    }

    private func refusePush(_ reason: String) {
        answer(.internalServerError, "Error pushing: \(reason)")
    }

    private func failPush(_ error: WireError) {
        if case .forwarding(let scrape) = phase {
            core.finish(scrape, .broken)
        } else {
            core.metrics.refusals[.malformed, default: 0] += 1
        }
        refusePush("\(error)")
    }

    /// The scrape that this push answers is over.
    func scrapeEnded(_ end: ProxyMetrics.ScrapeEnd) {
        guard case .forwarding = phase else { return }
        phase = .accepted
        if end == .answered {
            setTimer(core.settings.discardTimeout) { $0.close() }
        } else {
            refusePush("nobody waits any more")
        }
        resume()
    }
}
