import NIOCore
import NIOHTTP1

/// The HTTP connections of one plugin, and which of them wait for a request; the longest unused give way.
///
/// Lives on the plugin's thread.
final class IdleConnections {
    private let limit: Int
    private let memory: HostMemory
    /// The longest unused first.
    private var idle: [any Channel] = []

    init(limit: Int, memory: HostMemory) {
        self.limit = limit
        self.memory = memory
    }

    /// Follows a connection that is made for a request.
    func follow(_ channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
        try pipeline.addHandler(UseObserver(self), position: .after(decoder))
    }

    fileprivate func rests(_ channel: any Channel) {
        idle.append(channel)
        while idle.count > limit { idle.removeFirst().close(promise: nil) }
        memory.setIdleConnections(idle.count)
    }

    fileprivate func isUsed(_ channel: any Channel) {
        idle.removeAll { $0 === channel }
        memory.setIdleConnections(idle.count)
    }
}

/// Sees requests and responses of one connection go by.
private final class UseObserver: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = HTTPClientRequestPart

    private let connections: IdleConnections

    init(_ connections: IdleConnections) { self.connections = connections }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .head = unwrapOutboundIn(data) { connections.isUsed(context.channel) }
        context.write(data, promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let isEnd = if case .end = unwrapInboundIn(data) { true } else { false }
        context.fireChannelRead(data)
        if isEnd, context.channel.isActive { connections.rests(context.channel) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        connections.isUsed(context.channel)
        context.fireChannelInactive()
    }
}
