import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOSSL
import NIOTLS

/// The connections to one relay: HTTP/1.1 ones that carry one request at a time, or one of HTTP/2 for all of them.
final class Transport {
    /// An idle connection is not used after this time: the relay, or what stands before it, may be about to close it.
    private static let idleLimit = TimeAmount.seconds(15)
    private static let idleCount = 8

    private enum Version {
        /// TLS has not been negotiated yet.
        case unknown
        case http1
        case http2
    }

    private let eventLoop: any EventLoop
    private let settings: ClientSettings
    private let dialler: Dialler
    private let metrics: ClientMetrics
    private var version: Version
    private var idle: [(channel: any Channel, since: NIODeadline)] = []
    private var multiplexer: NIOHTTP2Handler.StreamMultiplexer?
    private var connecting: EventLoopFuture<Void>?
    private var connections: [ObjectIdentifier: any Channel] = [:]
    private var isClosed = false

    init(_ settings: ClientSettings, _ dialler: Dialler, _ metrics: ClientMetrics, on eventLoop: any EventLoop) {
        self.settings = settings
        self.dialler = dialler
        self.metrics = metrics
        self.eventLoop = eventLoop
        version = settings.tls != nil ? .unknown : settings.isHTTP2 ? .http2 : .http1
    }

    /// A channel for one request, which takes `HTTPClientRequestPart` and gives `HTTPClientResponsePart`.
    func open() -> EventLoopFuture<any Channel> {
        if isClosed { return eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel) }
        if let multiplexer { return openStream(multiplexer) }
        while let last = idle.popLast() {
            if last.channel.isActive, last.since + Self.idleLimit > .now() {
                return eventLoop.makeSucceededFuture(last.channel)
            }
            last.channel.close(promise: nil)
        }
        // Whoever comes while it is not known which version it will be waits for that.
        if let connecting { return connecting.assumeIsolated().flatMap { self.open() }.nonisolated() }
        let connection = connect()
        if version != .http1 {
            connecting = connection
            connection.assumeIsolated().whenComplete { _ in self.connecting = nil }
        }
        return connection.assumeIsolated().flatMap { self.open() }.nonisolated()
    }

    /// Gives a channel back, after its answer has come as a whole.
    func release(_ channel: any Channel, isReusable: Bool) {
        // Streams end by themselves.
        guard connections[ObjectIdentifier(channel)] != nil else { return }
        guard isReusable, channel.isActive, idle.count < Self.idleCount, !isClosed else {
            return channel.close(promise: nil)
        }
        idle.append((channel, .now()))
    }

    func close() {
        isClosed = true
        for channel in connections.values { channel.close(promise: nil) }
    }

    private func openStream(_ multiplexer: NIOHTTP2Handler.StreamMultiplexer) -> EventLoopFuture<any Channel> {
        let promise = eventLoop.makePromise(of: (any Channel).self)
        let isSecure = settings.tls != nil
        multiplexer.createStreamChannel(promise: promise) { stream in
            stream.eventLoop.makeCompletedFuture {
                try stream.pipeline.syncOperations.addHandler(
                    HTTP2FramePayloadToHTTP1ClientCodec(httpProtocol: isSecure ? .https : .http)
                )
            }
        }
        return promise.futureResult
    }

    private func connect() -> EventLoopFuture<Void> {
        let negotiated = eventLoop.makePromise(of: String?.self)
        let (tls, host) = (settings.tls, settings.host)
        let isLiteral = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        let connection = dialler.connect(
            host,
            settings.port,
            on: eventLoop,
            timeout: settings.connectTimeout,
            deadAfter: settings.deadAfter
        ) { channel in
            guard let tls else { return }
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: isLiteral ? nil : host))
            try pipeline.addHandler(Negotiation(negotiated))
        }
        if tls == nil {
            connection.map { _ in nil }.cascade(to: negotiated)
        } else {
            connection.cascadeFailure(to: negotiated)
        }
        let timer = eventLoop.scheduleTask(in: settings.connectTimeout + settings.connectTimeout) {
            negotiated.fail(ChannelError.connectTimeout(.seconds(10)))
        }
        return connection.and(negotiated.futureResult).assumeIsolated().flatMapThrowing { [self] channel, name in
            timer.cancel()
            try use(channel, name)
        }.nonisolated()
    }

    private func use(_ channel: any Channel, _ name: String?) throws {
        guard !isClosed else {
            channel.close(promise: nil)
            throw ChannelError.ioOnClosedChannel
        }
        if settings.tls != nil { version = NegotiatedProtocol.isHTTP2(name) ? .http2 : .http1 }
        let id = ObjectIdentifier(channel)
        connections[id] = channel
        count()
        channel.closeFuture.assumeIsolated().whenComplete { [self] _ in
            connections[id] = nil
            idle.removeAll { $0.channel === channel }
            if version == .http2 { multiplexer = nil }
            if settings.tls != nil, connections.isEmpty { version = .unknown }
            count()
        }
        guard version == .http2 else {
            try channel.pipeline.syncOperations.addHTTPClientHandlers(leftOverBytesStrategy: .dropBytes)
            idle.append((channel, .now()))
            return
        }
        let http2 = NIOHTTP2Handler(
            mode: .client,
            eventLoop: eventLoop,
            connectionConfiguration: .init(),
            streamConfiguration: .init()
        ) { $0.close() }
        let ping = ConnectionPing(within: settings.deadAfter)
        try channel.pipeline.syncOperations.addHandlers([http2, ping])
        multiplexer = try http2.syncMultiplexer()
    }

    private func count() {
        let (number, isHTTP2) = (connections.count, version == .http2)
        metrics.update {
            $0.connections = number
            $0.isHTTP2 = isHTTP2
        }
    }
}

/// Tells which protocol TLS has agreed upon.
private final class Negotiation: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let promise: EventLoopPromise<String?>

    init(_ promise: EventLoopPromise<String?>) { self.promise = promise }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted(let name) = event as? TLSUserEvent { promise.succeed(name) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.fail(error)
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise.fail(ChannelError.eof)
        context.fireChannelInactive()
    }
}

/// Asks the other end of an HTTP/2 connection for a sign of life, and closes the connection without one.
final class ConnectionPing: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    private let interval: TimeAmount
    private var isWaiting = false
    private var timer: Scheduled<Void>?

    /// A dead connection is closed within `limit`.
    init(within limit: TimeAmount) { interval = .nanoseconds(limit.nanoseconds / 2) }

    func handlerAdded(context: ChannelHandlerContext) { ask(context) }

    func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .ping(_, ack: true) = Self.unwrapInboundIn(data).payload { isWaiting = false }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is NIOHTTP2Errors.StreamError { return }
        context.close(promise: nil)
    }

    private func ask(_ context: ChannelHandlerContext) {
        if isWaiting { return context.close(promise: nil) }
        isWaiting = true
        let frame = HTTP2Frame(streamID: .rootStream, payload: .ping(HTTP2PingData(withInteger: 1), ack: false))
        context.writeAndFlush(Self.wrapOutboundOut(frame), promise: nil)
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: interval) { self.ask(context) }
    }
}
