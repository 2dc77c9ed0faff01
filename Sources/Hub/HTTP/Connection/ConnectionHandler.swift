import HTTPTypes
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Keeps one connection within the limits and closes it decently at shutdown.
///
/// Stands between the HTTP decoder and the task that answers; a thin shell around `ConnectionState`.
final class ConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limits: HTTPLimits
    private let metrics: HTTPMetrics
    private var state: ConnectionState
    private var isInsideBody = false
    /// Nothing more is passed on after a refusal.
    private var hasRefused = false
    private var timer: (due: NIODeadline, task: Scheduled<Void>)?

    init(limits: HTTPLimits, metrics: HTTPMetrics) {
        self.limits = limits
        self.metrics = metrics
        state = ConnectionState(limits: limits, openedAt: .now())
    }

    func channelActive(context: ChannelHandlerContext) {
        updateTimer(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.task.cancel()
        timer = nil
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasRefused else { return }
        switch Self.unwrapInboundIn(data) {
        case .head(let head):
            isInsideBody = true
            let length = head.headerFields[.contentLength].flatMap { Int($0) }
            if let fault = state.readHead(contentLength: length, path: head.path) { return refuse(fault, context) }
            if head.headerFields[.connection] == "close" { state.requestedClose() }
            if state.isFirstInLine, head.headerFields[.expect]?.lowercased() == "100-continue" { sayContinue(context) }
        case .body(let bytes):
            if let fault = state.readBody(bytes.readableBytes) { return refuse(fault, context) }
        case .end:
            isInsideBody = false
            state.readEnd()
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if !hasRefused {
            state.readCompleted(at: .now(), isInsideBody: isInsideBody)
            updateTimer(context)
        }
        context.fireChannelReadComplete()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !hasRefused, let error = error as? HTTPParserError else { return context.fireErrorCaught(error) }
        // A client that goes away in the middle of a request did nothing wrong.
        if case .invalidEOFState = error { return context.fireErrorCaught(error) }
        let fault: ConnectionFault =
            if case .headerOverflow = error { .headerTooLarge } else { .malformedRequest }
        if state.isQuiet { return refuse(fault, context) }
        // The requests before it are answered first; then the answering task complains, and ends the connection.
        metrics.count(fault)
        context.fireErrorCaught(error)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !hasRefused else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch Self.unwrapOutboundIn(data) {
        case .head(var head) where state.isLastAnswer:
            head.headerFields[.connection] = "close"
            context.write(Self.wrapOutboundOut(.head(head)), promise: promise)
        case .end:
            state.wroteAnswer(at: .now())
            let sent = promise ?? context.eventLoop.makePromise()
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            sent.futureResult.whenSuccess { bound.value.0.answerWasSent(bound.value.1) }
            context.write(data, promise: sent)
            updateTimer(context)
        default:
            context.write(data, promise: promise)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent:
            if state.drain() { context.close(promise: nil) }
        case ChannelEvent.inputClosed:
            state.inputClosed()
            context.fireUserInboundEventTriggered(event)
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    private func answerWasSent(_ context: ChannelHandlerContext) {
        if state.sentAnswer(at: .now()) {
            context.close(promise: nil)
        } else {
            updateTimer(context)
        }
    }
}

extension ConnectionHandler {
    /// Moves the timer forward when patience ends before it is due.
    ///
    /// A later end is noticed when it fires, so that a request costs no timer.
    private func updateTimer(_ context: ChannelHandlerContext) {
        guard context.channel.isActive, let deadline = state.deadline else { return }
        if let timer, timer.due <= deadline.time { return }
        timer?.task.cancel()
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let task = context.eventLoop.scheduleTask(deadline: deadline.time) {
            let (handler, context) = bound.value
            handler.timerFired(context)
        }
        timer = (deadline.time, task)
    }

    private func timerFired(_ context: ChannelHandlerContext) {
        timer = nil
        guard let deadline = state.deadline else { return }
        guard deadline.time <= .now() else { return updateTimer(context) }
        if hasRefused { return context.close(promise: nil) }
        if deadline.fault == .requestTimeout, state.hasReceived { return refuse(.requestTimeout, context) }
        metrics.count(deadline.fault)
        context.close(promise: nil)
    }

    /// Lets a client send its body that waits for this (RFC 9110 §10.1.1); others do without after a second.
    private func sayContinue(_ context: ChannelHandlerContext) {
        context.writeAndFlush(Self.wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
    }

    /// Answers on its own what the hub never gets to see, and ends the connection.
    private func refuse(_ fault: ConnectionFault, _ context: ChannelHandlerContext) {
        hasRefused = true
        metrics.count(fault)
        // An answer is still owed on this connection: another one would be taken for it.
        guard state.isQuiet, let status = fault.status else { return context.close(promise: nil) }
        let text = "\(fault.rawValue.split(separator: "_").joined(separator: " "))\n"
        let head = HTTPResponse(
            status: status,
            headerFields: [
                .connection: "close", .contentType: "text/plain; charset=utf-8", .contentLength: "\(text.utf8.count)",
            ]
        )
        context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
        context.write(Self.wrapOutboundOut(.body(ByteBuffer(string: text))), promise: nil)
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
        guard fault != .requestTimeout else { return context.close(promise: nil) }
        // Closing both directions with bytes unread would reset the connection and take the answer with it, so the
        // client closes the other one, or the timer does.
        context.close(mode: .output, promise: nil)
        state.refused(at: .now())
        updateTimer(context)
    }
}

extension ConnectionFault {
    /// What the client is told; nil when the connection is just closed.
    fileprivate var status: HTTPResponse.Status? {
        switch self {
        case .headerTooLarge: .requestHeaderFieldsTooLarge
        case .bodyTooLarge: .contentTooLarge
        case .malformedRequest: .badRequest
        case .requestTimeout: .requestTimeout
        case .tooManyConnections, .idleTimeout, .responseTimeout, .shutdown: nil
        }
    }
}
