package import Logging
package import NIOCore
import NIOPosix
package import NIOSSL

/// The proxy on sockets that listen already.
///
/// All its connections live on one event loop, so that an answer is passed from one to the other without a lock.
package final class ProxyServer: Sendable {
    /// What `/metrics` answers with: content type and body.
    package typealias Page = @Sendable (_ metrics: ProxyMetrics, _ accept: String?) -> (type: String, body: ByteBuffer)

    private let eventLoop: any EventLoop
    private let core: NIOLoopBoundBox<ProxyCore?>
    private let channels: NIOLoopBoundBox<ProxyChannels?>

    package init(
        eventLoop: any EventLoop,
        settings: ProxySettings,
        rules: AccessRules,
        logger: Logger,
        page: @escaping Page
    ) async throws {
        self.eventLoop = eventLoop
        (core, channels) = try await eventLoop.submit {
            let core = ProxyCore(eventLoop: eventLoop, settings: settings, rules: rules, logger: logger, page: page)
            return (
                NIOLoopBoundBox<ProxyCore?>(core, eventLoop: eventLoop),
                NIOLoopBoundBox<ProxyChannels?>(ProxyChannels(core), eventLoop: eventLoop)
            )
        }.get()
    }

    /// Serves on listening sockets, which it owns from now on.
    ///
    /// - Parameters:
    ///   - descriptors: Sockets that listen.
    ///   - tls: Nil for plain connections.
    /// - Throws: What the system says when a socket cannot be taken over.
    package func serve(_ descriptors: [CInt], tls: NIOSSLContext?) async throws {
        for descriptor in descriptors {
            let channels = channels
            let listener = try await ServerBootstrap(group: eventLoop)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture { try channels.value?.setUp(channel, tls: tls) }
                }
                .withBoundSocket(descriptor)
                .get()
            try await eventLoop.submit { channels.value?.add(listener: listener) }.get()
        }
    }

    /// Stops listening, ends idle connections and polls, and gives the scrapes in flight `grace`.
    package func shutDown(grace: TimeAmount) async {
        let channels = channels
        try? await eventLoop.flatSubmit { channels.value?.drain(grace: grace) ?? channels.eventLoopSucceeded }.get()
    }
}

extension NIOLoopBoundBox {
    fileprivate var eventLoopSucceeded: EventLoopFuture<Void> { eventLoop.makeSucceededVoidFuture() }
}
