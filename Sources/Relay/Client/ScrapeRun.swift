import NIOCore
import NIOHTTP1

/// One scrape, from the poll's answer to the end of the push.
final class ScrapeRun {
    /// Pieces in which an answer that lies in memory is written.
    private static let pieceBytes = 64 << 10

    private let client: RelayClient
    private let instruction: ScrapeInstruction
    private let id: String
    private let deadline: NIODeadline
    private var push: PushRequest?
    private var target: TargetRequest?
    private var timer: Scheduled<Void>?
    private var hasStarted = false
    private var isOver = false
    /// What the target sends before there is a connection to push it on.
    private var pending: [TargetRequest.Event] = []
    private var pushChannel: (any Channel)?
    private var result = ClientMetrics.Result.success

    init(_ client: RelayClient, _ instruction: ScrapeInstruction, id: String, seconds: Double?) {
        self.client = client
        self.instruction = instruction
        self.id = id
        let limit = seconds.flatMap { $0 > 0 && $0 < 86_400 ? TimeAmount.nanoseconds(Int64($0 * 1e9)) : nil }
        deadline = .now() + (limit ?? client.settings.scrapeTimeout)
    }

    private var eventLoop: any EventLoop { client.eventLoop }

    private var secondsLeft: Double { max(0, Double((deadline - .now()).nanoseconds) / 1e9) }

    func start() {
        begin()
        switch client.settings.targets.choose(instruction) {
        case .refused(let status, let reason): refuse(reason, status)
        case .itself(let path): ask(path)
        case .target(let target, let path): fetch(target, path)
        }
    }

    /// Answers without a scrape.
    func refuse(_ status: Int, _ reason: String) {
        begin()
        refuse(reason, status)
    }

    private func refuse(_ reason: String, _ status: Int) {
        result = .refused
        answer(status, ["Content-Type": "text/plain; charset=utf-8"], ByteBuffer(string: reason + "\n"))
    }

    private func begin() {
        let total = deadline - .now()
        // An answer that says why needs a moment to get there.
        let limit = total - min(.milliseconds(200), .nanoseconds(total.nanoseconds / 10))
        timer = eventLoop.assumeIsolated().scheduleTask(in: limit) { [self] in
            fail(504, "no answer from the target in time")
        }
        openPush()
    }

    // MARK: The scraped side

    private func ask(_ path: String) {
        var headers = instruction.headers
        headers.replaceOrAdd(name: ScrapeInstruction.timeoutField, value: ScrapeInstruction.number(secondsLeft))
        let request = LocalRequest(
            method: instruction.method,
            authority: instruction.url.authority,
            target: path,
            headers: headers,
            body: instruction.body
        )
        client.answer(request).assumeIsolated().whenComplete { [self] result in
            switch result {
            case .success(let found): answer(found.status, found.headers, found.body)
            case .failure(let error): fail(503, "\(error)")
            }
        }
    }

    private func answer(_ status: Int, _ headers: HTTPHeaders, _ body: ByteBuffer) {
        var headers = headers
        if !headers.contains(name: "Content-Length") {
            headers.add(name: "Content-Length", value: "\(body.readableBytes)")
        }
        var body = body
        receive(.head(HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: headers)))
        while body.readableBytes > 0, instruction.method != "HEAD" {
            guard let piece = body.readSlice(length: min(Self.pieceBytes, body.readableBytes)) else { break }
            receive(.body(piece))
        }
        receive(.end)
    }

    private func fetch(_ place: LocalTargets.Target, _ path: String) {
        let request = TargetRequest(mayRead: { [weak self] in self?.push?.isWritable ?? false })
        request.receive = { [weak self] event in self?.receive(event) }
        target = request
        let isSecure = place.isSecure
        client.dialler.connect(
            place.host,
            place.hostPort,
            on: eventLoop,
            timeout: deadline - .now(),
            deadAfter: client.settings.deadAfter
        ) { [client] channel in
            if isSecure { try client.secure(channel, place.host) }
            try channel.pipeline.syncOperations.addHTTPClientHandlers(leftOverBytesStrategy: .dropBytes)
            try channel.pipeline.syncOperations.addHandler(request)
        }.assumeIsolated().whenComplete { [self] result in
            switch result {
            case .failure(let error): fail(502, "cannot connect to \(place.authority): \(Dialler.reason(error))")
            case .success(let channel):
                guard !isOver else { return channel.close(promise: nil) }
                var headers = instruction.headers
                headers.replaceOrAdd(name: ScrapeInstruction.timeoutField, value: ScrapeInstruction.number(secondsLeft))
                headers.replaceOrAdd(name: "Host", value: place.authority)
                headers.add(name: "Connection", value: "close")
                let method = HTTPMethod(rawValue: instruction.method)
                let head = HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: headers)
                channel.write(HTTPClientRequestPart.head(head), promise: nil)
                channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
            }
        }
    }

    // MARK: The relay's side

    private func openPush() {
        let push = PushRequest(client.settings, id: id) { [self] failure, isReusable in
            if let pushChannel, isReusable { client.transport.release(pushChannel, isReusable: true) }
            if let failure { client.pushFailed(failure) }
            finish()
        }
        push.onWritable = { [weak self] in self?.target?.resume() }
        client.transport.open().assumeIsolated().whenComplete { [self] result in
            switch result {
            case .failure(let error):
                client.pushFailed("cannot connect: \(Dialler.reason(error))")
                finish()
            case .success(let channel):
                guard !isOver else { return client.transport.release(channel, isReusable: true) }
                self.push = push
                pushChannel = channel
                let events = pending
                pending = []
                for event in events { receive(event) }
                target?.resume()
            }
        }
    }

    private func receive(_ event: TargetRequest.Event) {
        guard !isOver else { return }
        guard let push, let pushChannel else { return pending.append(event) }
        switch event {
        case .head(let head):
            hasStarted = true
            let hasBody = instruction.method != "HEAD" && head.status.mayHaveResponseBody
            push.start(on: pushChannel, head.status, head.headers, seconds: secondsLeft, hasBody: hasBody)
        case .body(let bytes):
            client.metrics.update { $0.bodyBytes += bytes.readableBytes }
            push.write(body: bytes)
        case .end: push.end()
        case .failed(let reason): fail(502, reason)
        }
    }

    private func fail(_ status: Int, _ reason: String) {
        guard !isOver else { return }
        result = .failure
        target?.cancel()
        client.scrapeFailed("\(instruction.url.text): \(reason)")
        if hasStarted || push == nil {
            push?.abort(reason)
            finish()
        } else {
            let text = "failed to scrape \(instruction.url.text): \(reason)\n"
            pending = []
            answer(status, ["Content-Type": "text/plain; charset=utf-8"], ByteBuffer(string: text))
            timer?.cancel()
            timer = eventLoop.assumeIsolated().scheduleTask(deadline: deadline + .seconds(1)) { [self] in
                push?.abort("no answer to the push in time")
            }
        }
    }

    private func finish() {
        guard !isOver else { return }
        isOver = true
        timer?.cancel()
        target?.cancel()
        // The two and this hold each other.
        push = nil
        target = nil
        pushChannel = nil
        pending = []
        client.finished(self, result)
    }
}

extension ScrapeRun: Hashable {
    static func == (left: ScrapeRun, right: ScrapeRun) -> Bool { left === right }

    func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
