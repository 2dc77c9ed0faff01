import NIOCore
import NIOSSL

/// One connection of a peer, whatever number of exchanges it carries; watches for its end.
///
/// Stands before everything but TLS.
final class ConnectionLink: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    /// Polls that were answered on the connection and that a broken connection may have lost.
    private static let deliveredLimit = 64

    private let core: ProxyCore
    private var delivered: [Broker.PollID] = []
    private var hasFailed = false
    /// The connection speaks HTTP/2.
    var isMultiplexed = false {
        didSet { if isMultiplexed, !oldValue { core.metrics.http2Connections += 1 } }
    }
    /// The peer's address without its port.
    private(set) var remote = ""
    private var certificateNamesRead: [String]?
    private weak var channel: (any Channel)?

    init(_ core: ProxyCore) { self.core = core }

    func handlerAdded(context: ChannelHandlerContext) {
        channel = context.channel
        remote = context.remoteAddress?.ipAddress ?? ""
    }

    /// A scrape was written to this connection in answer to a poll.
    func delivered(_ poll: Broker.PollID) {
        delivered.append(poll)
        if delivered.count > Self.deliveredLimit { delivered.removeFirst() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The kernel's word that the other end did not take what was sent.
        if error is IOError { hasFailed = true }
        context.fireErrorCaught(error)
    }

    /// The peer was silent for too long.
    func isDead() { hasFailed = true }

    func channelInactive(context: ChannelHandlerContext) {
        core.metrics.connections -= 1
        if isMultiplexed { core.metrics.http2Connections -= 1 }
        context.fireChannelInactive()
        if hasFailed { for poll in delivered { core.deliveryFailed(poll) } }
    }

    /// The names in the peer's certificate, which TLS has checked.
    var certificateNames: [String] {
        if let certificateNamesRead { return certificateNamesRead }
        let handler = try? channel?.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self)
        let names = handler?.peerCertificate?.alternativeNames ?? []
        certificateNamesRead = names
        return names
    }
}

extension NIOSSLCertificate {
    /// Host names and addresses among the subject's alternative names.
    var alternativeNames: [String] {
        _subjectAlternativeNames().compactMap { name in
            switch name.nameType {
            case .dnsName: return String(validating: name.contents, as: UTF8.self).map { ClientName.canonical($0) }
            case .ipAddress:
                let packed = ByteBuffer(bytes: name.contents)
                return (try? SocketAddress(packedIPAddress: packed, port: 0))?.ipAddress
            default: return nil
            }
        }
    }
}
