import NIOCore
import NIOHTTP1

/// Spells every wish to close the connection as `Connection: close`, which is the only form the answering task
/// looks for: HTTP/1.0 closes by default, and the option may stand in a list or in capitals (RFC 9110 §7.6.1).
final class CloseHeaderHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = Self.unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        let options = head.headers[canonicalForm: "connection"]
        let wantsClose =
            head.version.major < 1 || head.version == .http1_0 || options.contains { $0.lowercased() == "close" }
        if wantsClose {
            head.headers.replaceOrAdd(name: "connection", value: "close")
            context.fireChannelRead(Self.wrapInboundOut(.head(head)))
        } else {
            context.fireChannelRead(data)
        }
    }
}
