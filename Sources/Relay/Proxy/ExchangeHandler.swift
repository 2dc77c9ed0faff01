import DequeModule
import NIOCore
import NIOHTTP1

/// Answers the requests of one HTTP/1.1 connection, or the one of an HTTP/2 stream.
///
/// A thin shell: what is to happen is decided by `Broker`, `AccessRules` and `MessageReader`.
final class ExchangeHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = Never
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    enum Phase {
        case idle
        /// A small body comes in.
        case reading
        case polling(Broker.PollID)
        /// No answer has come yet.
        case scraping(ProxyCore.Scrape)
        /// The answer is on its way.
        case answering(ProxyCore.Scrape)
        /// The head of the pushed response has not come yet.
        case pushing
        case forwarding(ProxyCore.Scrape)
        /// The answer was forwarded as a whole; the push has still to end.
        case accepted
        /// The rest of a request that has been answered.
        case discarding
    }

    /// Parts of further requests that wait for the answer to this one.
    private static let pipelineLimit = 32

    let core: ProxyCore
    let link: ConnectionLink
    var context: ChannelHandlerContext?
    var phase = Phase.idle
    var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/")
    var body = ByteBuffer()
    var reader = MessageReader()
    var discarded = 0
    private var startedAt = NIODeadline.now()
    private var hasRequestEnded = true
    private var hasAnswered = true
    private var mustClose = false
    /// Of the last answer's end.
    private var lastWrite: EventLoopFuture<Void>?
    /// No further request is taken.
    private var isClosing = false
    private var pipelined: Deque<HTTPServerRequestPart> = []
    private var timer: Scheduled<Void>?
    /// A read that was asked for while the asker takes no more.
    private var hasPendingRead = false

    init(_ core: ProxyCore, _ link: ConnectionLink) {
        self.core = core
        self.link = link
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        reader = MessageReader(headLimit: core.settings.responseHeadBytes)
        setTimer(core.settings.requestTimeout) { $0.close() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else { return }
        let part = Self.unwrapInboundIn(data)
        if hasRequestEnded, !hasAnswered { pipelined.append(part) } else { receive(part) }
    }

    private func receive(_ part: HTTPServerRequestPart) {
        switch part {
        case .head(let head):
            startedAt = .now()
            (hasRequestEnded, hasAnswered, mustClose) = (false, false, !head.isKeepAlive || core.isDraining)
            self.head = head
            body.clear()
            setTimer(core.settings.requestTimeout) { $0.answer(.requestTimeout, "request timeout", closes: true) }
            begin()
        case .body(let bytes): receiveBody(bytes)
        case .end:
            hasRequestEnded = true
            endRequest()
            endExchange()
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        abandon()
        self.context = nil
        context.fireChannelInactive()
    }

    /// The connection is over: nobody gets anything more from it or to it.
    private func abandon() {
        timer?.cancel()
        let phase = phase
        self.phase = .idle
        pipelined.removeAll()
        switch phase {
        case .polling(let poll): core.endPoll(poll, .closed)
        case .scraping(let scrape), .answering(let scrape):
            core.finish(scrape, .cancelled)
        case .forwarding(let scrape): core.finish(scrape, .broken)
        case .idle, .reading, .pushing, .accepted, .discarding: break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is HTTPParserError, hasAnswered {
            core.metrics.refusals[.malformed, default: 0] += 1
            (hasRequestEnded, hasAnswered) = (true, false)
            answer(.badRequest, "malformed request", closes: true)
        } else {
            close()
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent, case .idle = phase { close() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if case .answering(let scrape) = phase, context.channel.isWritable { scrape.pusher?.resume() }
        context.fireChannelWritabilityChanged()
    }

    /// Reads no more than the asker of a scrape takes, and no endless row of requests.
    func read(context: ChannelHandlerContext) {
        if isPaused { hasPendingRead = true } else { context.read() }
    }

    private var isPaused: Bool {
        if case .forwarding(let scrape) = phase { return scrape.asker?.isWritable == false }
        return pipelined.count > Self.pipelineLimit
    }

    var isWritable: Bool { context?.channel.isWritable ?? true }

    func resume() {
        guard hasPendingRead, !isPaused, let context else { return }
        hasPendingRead = false
        context.read()
    }

    func close() {
        guard let context else { return }
        abandon()
        context.close(promise: nil)
    }

    func setTimer(_ limit: TimeAmount, _ body: @escaping (ExchangeHandler) -> Void) {
        timer?.cancel()
        timer = core.eventLoop.assumeIsolated().scheduleTask(in: limit) { [weak self] in
            if let self { body(self) }
        }
    }

    func cancelTimer() { timer?.cancel() }
}

// MARK: - Answers

extension ExchangeHandler {
    var path: ProxyMetrics.Path {
        let path = head.uri.prefix { $0 != "?" }
        return ProxyMetrics.Path.allCases.first { $0.rawValue == path } ?? .other
    }

    /// What a scrape through the proxy looks like: an absolute URL (RFC 9112 §3.2.2).
    var isScrape: Bool { !head.uri.hasPrefix("/") && (head.uri.contains("://") || head.method == .CONNECT) }

    /// Answers in one go.
    func answer(
        _ status: HTTPResponseStatus,
        _ text: String,
        fields: [(String, String)] = [],
        closes: Bool = false
    ) {
        var headers = HTTPHeaders(fields)
        if !headers.contains(name: "Content-Type") {
            headers.add(name: "Content-Type", value: "text/plain; charset=utf-8")
            headers.add(name: "X-Content-Type-Options", value: "nosniff")
        }
        answer(
            status,
            headers,
            ByteBuffer(string: text.isEmpty || text.hasSuffix("\n") ? text : text + "\n"),
            closes: closes
        )
    }

    func answer(_ status: HTTPResponseStatus, _ headers: HTTPHeaders, _ body: ByteBuffer, closes: Bool = false) {
        guard !hasAnswered else { return }
        mustClose = mustClose || closes || !hasRequestEnded
        var headers = headers
        if status != .noContent { headers.replaceOrAdd(name: "Content-Length", value: "\(body.readableBytes)") }
        writeHead(status, headers)
        if body.readableBytes > 0, head.method != .HEAD { write(.body(.byteBuffer(body))) }
        writeEnd()
    }

    func writeHead(_ status: HTTPResponseStatus, _ headers: HTTPHeaders) {
        var headers = headers
        if mustClose || core.isDraining {
            mustClose = true
            if !link.isMultiplexed { headers.add(name: "Connection", value: "close") }
        }
        if isScrape {
            core.metrics.proxied[Int(status.code), default: 0] += 1
        } else {
            let seconds = Double((NIODeadline.now() - startedAt).nanoseconds) / 1e9
            core.metrics.answered(path, code: Int(status.code), seconds: seconds)
        }
        // A client of HTTP/1.0 knows no chunks.
        let version = isHTTP10 ? HTTPVersion.http1_0 : .http1_1
        write(.head(HTTPResponseHead(version: version, status: status, headers: headers)))
    }

    var isHTTP10: Bool { head.version.major == 1 && head.version.minor == 0 }

    func write(_ part: HTTPServerResponsePart) {
        context?.write(Self.wrapOutboundOut(part), promise: nil)
    }

    func writeEnd() {
        hasAnswered = true
        let written = context?.eventLoop.makePromise(of: Void.self)
        context?.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: written)
        lastWrite = written?.futureResult
        endExchange()
    }

    /// Goes on to the next request once this one is read and answered.
    func endExchange() {
        guard hasAnswered else { return }
        guard hasRequestEnded else {
            phase = .discarding
            discarded = 0
            setTimer(core.settings.discardTimeout) { $0.close() }
            return resume()
        }
        phase = .idle
        guard !mustClose, !link.isMultiplexed else {
            timer?.cancel()
            // HTTP/2 closes a stream by itself once both sides have ended.
            if !link.isMultiplexed { closeOnceWritten() }
            return
        }
        setTimer(core.settings.idleTimeout) { $0.close() }
        while !pipelined.isEmpty, hasAnswered || !hasRequestEnded { receive(pipelined.removeFirst()) }
        resume()
    }

    /// Closes the connection when its last bytes are out, which until then would be lost, or are not taken.
    private func closeOnceWritten() {
        isClosing = true
        setTimer(core.settings.idleTimeout) { $0.close() }
        lastWrite?.assumeIsolated().whenComplete { [weak self] _ in self?.close() }
    }

    /// The answer's end is the connection's.
    func closeAfterAnswer() { mustClose = true }

    func refuse(
        _ refusal: ProxyMetrics.Refusal,
        _ status: HTTPResponseStatus,
        _ text: String,
        fields: [(String, String)] = []
    ) {
        core.metrics.refusals[refusal, default: 0] += 1
        answer(status, text, fields: fields)
    }
}
