import NIOCore
import NIOTLS

/// Finds out which version of HTTP a connection speaks: by ALPN, and without TLS by its first bytes (RFC 9113 §3.4).
final class ProtocolChoice: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    enum Version {
        case http1
        case http2
    }

    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    private let isSecure: Bool
    private let timeout: TimeAmount
    private let setUp: (any Channel, Version) throws -> Void
    private var buffer = ByteBuffer()
    private var timer: Scheduled<Void>?
    private var isDecided = false

    init(isSecure: Bool, timeout: TimeAmount, _ setUp: @escaping (any Channel, Version) throws -> Void) {
        self.isSecure = isSecure
        self.timeout = timeout
        self.setUp = setUp
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: timeout) { channel.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted(let name) = event as? TLSUserEvent {
            decide(NegotiatedProtocol.isHTTP2(name) ? .http2 : .http1, context)
        } else if event is ChannelShouldQuiesceEvent {
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDecided else { return context.fireChannelRead(data) }
        var bytes = Self.unwrapInboundIn(data)
        buffer.writeBuffer(&bytes)
        guard !isSecure else { return }
        let seen = buffer.readableBytesView.prefix(Self.preface.count)
        if !seen.elementsEqual(Self.preface.prefix(seen.count)) {
            decide(.http1, context)
        } else if seen.count == Self.preface.count {
            decide(.http2, context)
        }
    }

    private func decide(_ version: Version, _ context: ChannelHandlerContext) {
        guard !isDecided else { return }
        isDecided = true
        timer?.cancel()
        do {
            try setUp(context.channel, version)
        } catch {
            return context.close(promise: nil)
        }
        if buffer.readableBytes > 0 {
            context.fireChannelRead(Self.wrapInboundOut(buffer))
            context.fireChannelReadComplete()
        }
        buffer.clear()
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    typealias InboundOut = ByteBuffer
}
