import NIOCore
import NIOHTTP1

/// A scrape of a local address, passed on as it comes in, no faster than it is taken.
final class TargetRequest: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias InboundOut = Never
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    enum Event {
        case head(HTTPResponseHead)
        case body(ByteBuffer)
        case end
        case failed(String)
    }

    var receive: (Event) -> Void = { _ in }
    private let mayRead: () -> Bool
    private var isOver = false
    private var hasPendingRead = false
    private var context: ChannelHandlerContext?

    init(mayRead: @escaping () -> Bool) { self.mayRead = mayRead }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func read(context: ChannelHandlerContext) {
        if mayRead() { context.read() } else { hasPendingRead = true }
    }

    func resume() {
        guard hasPendingRead, let context else { return }
        hasPendingRead = false
        context.read()
    }

    func cancel() {
        isOver = true
        context?.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        switch Self.unwrapInboundIn(data) {
        case .head(let head): receive(.head(head))
        case .body(let bytes): receive(.body(bytes))
        case .end:
            isOver = true
            receive(.end)
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) { fail("the target closed the connection") }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(Dialler.reason(error))
        context.close(promise: nil)
    }

    private func fail(_ reason: String) {
        guard !isOver else { return }
        isOver = true
        receive(.failed(reason))
    }
}
