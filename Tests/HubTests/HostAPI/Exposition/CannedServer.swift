import NIOCore
import NIOPosix
import Synchronization

/// Answers every connection to a loopback port with the same bytes, once a request's head has come, and closes it.
final class CannedServer: Sendable {
    private let channel: any Channel
    private let heads = RequestHeads()

    /// Where it listens, with the path `/metrics`.
    let url: String
    var port: Int { channel.localAddress?.port ?? 0 }

    /// `pieces` are written one after the other.
    init(_ pieces: [[UInt8]]) async throws {
        let heads = heads
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(CannedAnswer(pieces, heads))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        url = "http://127.0.0.1:\(channel.localAddress?.port ?? 0)/metrics"
    }

    convenience init(
        status: String = "200 OK",
        type: String = "text/plain; version=0.0.4",
        _ body: String
    ) async throws {
        let bytes = Array(body.utf8)
        let head = "HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(bytes.count)\r\n\r\n"
        try await self.init([Array(head.utf8), bytes])
    }

    deinit { channel.close(promise: nil) }

    /// The heads of the requests, lines ended by CR LF.
    var requests: [String] { heads.list.withLock { $0 } }
}

private final class RequestHeads: Sendable {
    let list = Mutex<[String]>([])
}

private final class CannedAnswer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let pieces: [[UInt8]]
    private let heads: RequestHeads
    private var head = ""

    init(_ pieces: [[UInt8]], _ heads: RequestHeads) {
        self.pieces = pieces
        self.heads = heads
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        head += String(buffer: unwrapInboundIn(data))
        guard head.contains("\r\n\r\n") else { return }
        heads.list.withLock { $0.append(head) }
        for piece in pieces { context.channel.writeAndFlush(ByteBuffer(bytes: piece), promise: nil) }
        context.close(promise: nil)
    }
}
