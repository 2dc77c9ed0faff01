import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOPosix
import NIOSSL

/// Sets connections up, counts them and ends them; lives on the proxy's event loop.
final class ProxyChannels {
    /// Streams of one HTTP/2 connection: a poll for each name of a client, and its pushes.
    private static let streamLimit = 256
    private static let headerListBytes = 32 << 10

    private let core: ProxyCore
    private var listeners: [any Channel] = []
    private var open: [ObjectIdentifier: any Channel] = [:]
    private var drained: EventLoopPromise<Void>?

    init(_ core: ProxyCore) { self.core = core }

    func add(listener: any Channel) { listeners.append(listener) }

    func setUp(_ channel: any Channel, tls: NIOSSLContext?) throws {
        guard open.count < core.settings.connections, !core.isDraining else {
            core.metrics.refusals[.tooManyConnections, default: 0] += 1
            throw ChannelError.ioOnClosedChannel
        }
        try DeadPeer.watch(channel, within: core.settings.deadAfter)
        let id = ObjectIdentifier(channel)
        open[id] = channel
        core.metrics.connections += 1
        channel.closeFuture.assumeIsolated().whenComplete { [self] _ in
            open[id] = nil
            if open.isEmpty { drained?.succeed() }
        }
        let link = ConnectionLink(core)
        let pipeline = channel.pipeline.syncOperations
        if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
        try pipeline.addHandler(link)
        try pipeline.addHandler(
            ProtocolChoice(isSecure: tls != nil, timeout: core.settings.requestTimeout) { channel, version in
                switch version {
                case .http1: try self.setUpHTTP1(channel, link)
                case .http2: try self.setUpHTTP2(channel, link)
                }
            }
        )
    }

    private func setUpHTTP1(_ channel: any Channel, _ link: ConnectionLink) throws {
        try channel.pipeline.syncOperations.addHandlers([
            HTTPResponseEncoder(),
            ByteToMessageHandler(core.settings.decoder),
            ExchangeHandler(core, link),
        ])
    }

    private func setUpHTTP2(_ channel: any Channel, _ link: ConnectionLink) throws {
        link.isMultiplexed = true
        let half = core.settings.deadAfter.nanoseconds / 2
        let management = NIOHTTP2ServerConnectionManagementHandler(
            eventLoop: channel.eventLoop,
            configuration: .init(
                maxIdleTime: core.settings.idleTimeout,
                maxAge: nil,
                maxGraceTime: core.settings.discardTimeout,
                keepalive: .init(pingInterval: .nanoseconds(half), ackTimeout: .nanoseconds(half))
            )
        )
        var connection = NIOHTTP2Handler.ConnectionConfiguration()
        connection.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: Self.streamLimit),
            HTTP2Setting(parameter: .maxHeaderListSize, value: Self.headerListBytes),
        ]
        let core = NIOLoopBound(core, eventLoop: channel.eventLoop)
        let link = NIOLoopBound(link, eventLoop: channel.eventLoop)
        let http2 = NIOHTTP2Handler(
            mode: .server,
            eventLoop: channel.eventLoop,
            connectionConfiguration: connection,
            streamConfiguration: .init(),
            streamDelegate: management.http2StreamDelegate
        ) { stream in
            stream.eventLoop.makeCompletedFuture {
                try stream.pipeline.syncOperations.addHandlers([
                    HTTP2FramePayloadToHTTP1ServerCodec(), ExchangeHandler(core.value, link.value),
                ])
            }
        }
        try channel.pipeline.syncOperations.addHandlers([http2, management, ConnectionEnd()])
    }

    /// Ends what is idle at once and the rest after `grace`.
    func drain(grace: TimeAmount) -> EventLoopFuture<Void> {
        core.isDraining = true
        for listener in listeners { listener.close(promise: nil) }
        core.endAllPolls()
        let promise = core.eventLoop.makePromise(of: Void.self)
        drained = promise
        for channel in open.values { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
        if open.isEmpty { promise.succeed() }
        core.eventLoop.assumeIsolated().scheduleTask(in: grace) { [self] in
            for channel in open.values { channel.close(promise: nil) }
            promise.succeed()
        }
        return promise.futureResult
    }
}

/// Closes an HTTP/2 connection on its first error.
private final class ConnectionEnd: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is NIOHTTP2Errors.StreamError { return }
        context.close(promise: nil)
    }
}

extension ProxySettings {
    /// Header fields of one request.
    private static let fieldLimit = 200

    fileprivate var decoder: HTTPRequestDecoder {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = headerBytes
        limits.maxHeaderListSize = headerBytes
        limits.maxHeaderFieldCount = Self.fieldLimit
        return HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: limits)
    }
}
