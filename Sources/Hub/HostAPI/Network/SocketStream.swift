import NIOCore

/// A connected socket.
final class SocketStream: ByteStream, ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    let inbox = StreamInbox()
    private var channel: (any Channel)?

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        self.channel = channel
        inbox.onRoom = { [weak self] in self?.setReading(true) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        channel = nil
        inbox.end()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        inbox.append(unwrapInboundIn(data))
        if inbox.isFull { setReading(false) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        inbox.end()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        inbox.end(NetworkError.reason(error))
        context.close(promise: nil)
    }

    private func setReading(_ isReading: Bool) {
        try? channel?.syncOptions?.setOption(.autoRead, value: isReading)
    }

    func send(_ bytes: [UInt8], isSecret: Bool, completion: @escaping (String?) -> Void) {
        guard let channel, channel.isActive else { return completion(inbox.failure ?? "closed") }
        channel.writeAndFlush(ByteBuffer(bytes: bytes)).assumeIsolated().whenComplete { result in
            switch result {
            case .success: completion(nil)
            case .failure(let error): completion(NetworkError.reason(error))
            }
        }
    }

    func close() { channel?.close(promise: nil) }

    var peer: String { address.map { AddressFormatter.endpoint($0) } ?? "" }

    /// Nil when it is closed.
    var address: SocketAddress? { channel?.remoteAddress }
}
