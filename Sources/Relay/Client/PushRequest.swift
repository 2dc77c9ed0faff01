import NIOCore
import NIOHTTP1

/// One answer on its way to the relay: a response, serialised into the body of a POST as it comes in.
final class PushRequest: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let settings: ClientSettings
    private let id: String
    private let completion: (_ failure: String?, _ isReusable: Bool) -> Void
    private var channel: (any Channel)?
    private var isChunked = false
    private var hasEnded = false
    private var status: HTTPResponseStatus?
    private var isKeptAlive = false
    private var isOver = false
    /// Called when more can be written.
    var onWritable: () -> Void = {}

    init(
        _ settings: ClientSettings,
        id: String,
        _ completion: @escaping (_ failure: String?, _ isReusable: Bool) -> Void
    ) {
        self.settings = settings
        self.id = id
        self.completion = completion
    }

    /// Before the head there is nothing in the way.
    var isWritable: Bool { channel?.isWritable ?? true }

    /// Sends the head of the response.
    ///
    /// - Parameters:
    ///   - channel: A channel for one request.
    ///   - status: Of the response.
    ///   - fields: Of the response; hop-by-hop fields are left out.
    ///   - seconds: What is left of the scrape's time.
    ///   - hasBody: False for answers to HEAD, and for statuses that have none.
    func start(
        on channel: any Channel,
        _ status: HTTPResponseStatus,
        _ fields: HTTPHeaders,
        seconds: Double,
        hasBody: Bool
    ) {
        self.channel = channel
        do {
            try channel.pipeline.syncOperations.addHandler(self)
        } catch {
            return finish("\(error)")
        }
        var inner = fields
        HopByHop.strip(&inner)
        inner.remove(name: ScrapeInstruction.idField)
        isChunked = hasBody && !inner.contains(name: "Content-Length")
        if isChunked { inner.add(name: "Transfer-Encoding", value: "chunked") }
        inner.add(name: ScrapeInstruction.idField, value: id)
        // The name that PushProx's proxy looks for; under the one that its client sends it would be passed on.
        inner.add(name: ScrapeInstruction.timeoutField, value: ScrapeInstruction.number(max(seconds, 0.001)))
        var text = "HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\n"
        for (name, value) in inner { text += "\(name): \(value)\r\n" }
        let head = ByteBuffer(string: text + "\r\n")
        writeHead(innerHead: head.readableBytes, inner, hasBody: hasBody)
        write(head)
        channel.flush()
    }

    private func writeHead(innerHead: Int, _ inner: HTTPHeaders, hasBody: Bool) {
        var headers: HTTPHeaders = ["Host": settings.authority]
        if let authorization = settings.authorization {
            headers.add(name: "Authorization", value: authorization.reveal())
        }
        let length = hasBody ? inner.first(name: "Content-Length").flatMap { Int($0) } : 0
        if !isChunked, let length {
            headers.add(name: "Content-Length", value: "\(innerHead + length)")
        } else {
            headers.add(name: "Transfer-Encoding", value: "chunked")
        }
        let head = HTTPRequestHead(
            version: .http1_1,
            method: .POST,
            uri: "\(settings.pathPrefix)/push",
            headers: headers
        )
        channel?.write(HTTPClientRequestPart.head(head), promise: nil)
    }

    /// Sends a piece of the body.
    func write(body: ByteBuffer) {
        guard !isOver, !hasEnded, body.readableBytes > 0 else { return }
        if isChunked { write(ByteBuffer(string: String(body.readableBytes, radix: 16) + "\r\n")) }
        write(body)
        if isChunked { write(ByteBuffer(string: "\r\n")) }
        channel?.flush()
    }

    func end() {
        guard !isOver, !hasEnded else { return }
        hasEnded = true
        if isChunked { write(ByteBuffer(string: "0\r\n\r\n")) }
        channel?.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
    }

    /// Breaks off, so that the answer does not look whole.
    func abort(_ reason: String) { finish(reason) }

    private func write(_ bytes: ByteBuffer) {
        channel?.write(HTTPClientRequestPart.body(.byteBuffer(bytes)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head(let head):
            status = head.status
            // A stream that is closed from here counts as reset, and the relay bears only so many resets.
            isKeptAlive = head.isKeepAlive || head.version.major > 1
        case .body: break
        case .end: finish(status == .ok ? nil : "the push was answered \(status?.code ?? 0)")
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { onWritable() }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish("the relay closed the connection")
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(Dialler.reason(error))
        context.close(promise: nil)
    }

    private func finish(_ failure: String?) {
        guard !isOver else { return }
        isOver = true
        let isReusable = failure == nil && isKeptAlive && hasEnded
        if let channel {
            if isReusable {
                channel.pipeline.syncOperations.removeHandler(self, promise: nil)
            } else {
                channel.close(promise: nil)
            }
        }
        completion(failure, isReusable)
    }
}
