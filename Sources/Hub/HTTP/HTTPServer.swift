import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOPosix
import ServiceLifecycle

/// Serves the hub on sockets that listen already.
///
/// At graceful shutdown it stops accepting, closes idle connections, answers the requests in flight within
/// `HTTPLimits.shutdownGrace` and cancels those that take longer.
struct HTTPServer: Service {
    /// Closed, and their files removed, when `run` returns.
    let sockets: [ListeningSocket]
    let group: MultiThreadedEventLoopGroup
    let service: any HubService
    let metrics: HTTPMetrics
    let logger: Logger
    var limits = HTTPLimits()

    private typealias Listener = NIOAsyncChannel<(any Channel)?, Never>

    func run() async throws {
        defer { for socket in sockets { socket.file?.remove() } }
        let connections = ConnectionRegistry(limit: limits.connections, metrics: metrics)
        let http = makeChildChannel()
        let listeners = try await listen(connections, http)
        let (graceIsOver, grace) = AsyncStream.makeStream(of: Never.self)
        await withGracefulShutdownHandler {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await serve(listeners, http, connections) }
                group.addTask { for await _ in graceIsOver {} }
                await group.next()
                connections.abort()
                group.cancelAll()
            }
            await connections.finish()
        } onGracefulShutdown: {
            for listener in listeners { listener.channel.close(promise: nil) }
            connections.drain()
            self.group.next().scheduleTask(in: limits.shutdownGrace) { grace.finish() }
        }
    }

    private func makeChildChannel() -> HTTP1Channel {
        let bodies = BodyBudget(limit: limits.allBodyBytes)
        let responder = Responder(service: service, metrics: metrics, bodies: bodies)
        return HTTP1Channel(
            responder: { request, writer, channel in
                try await responder.respond(to: request, writer: writer, channel: channel)
            },
            configuration: .init(
                additionalChannelHandlers: [ConnectionHandler(limits: limits, metrics: metrics)],
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: limits.headerBytes,
                    maxHeaderListSize: limits.headerBytes,
                    maxHeaderFieldCount: limits.headerFields
                )
            )
        )
    }

    private func listen(_ connections: ConnectionRegistry, _ http: HTTP1Channel) async throws -> [Listener] {
        let bootstrap = ServerBootstrap(group: group)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
        var listeners: [Listener] = []
        do {
            for socket in sockets {
                let listener = try await bootstrap.bind(socket.descriptor) { prepare($0, connections, http) }
                listeners.append(listener)
            }
        } catch {
            for listener in listeners { try? await listener.executeThenClose { _ in } }
            throw error
        }
        return listeners
    }

    /// Sets a new connection up, or turns it away and returns nil.
    private func prepare(
        _ channel: any Channel,
        _ connections: ConnectionRegistry,
        _ http: HTTP1Channel
    ) -> EventLoopFuture<(any Channel)?> {
        switch connections.admit(channel) {
        case .admitted:
            return setUp(channel, connections, http)
        case .shuttingDown:
            // SwiftNIO forgets what it accepts behind a closed listener, without closing it.
            channel.close(promise: nil)
            return channel.eventLoop.makeSucceededFuture(nil)
        case .tooMany:
            metrics.count(.tooManyConnections)
            return channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(RefusalHandler())
                return nil
            }
        }
    }

    private func setUp(
        _ channel: any Channel,
        _ connections: ConnectionRegistry,
        _ http: HTTP1Channel
    ) -> EventLoopFuture<(any Channel)?> {
        let setUp = http.setup(channel: channel, logger: logger).flatMapThrowing { connection -> (any Channel)? in
            connections.hold(connection)
            let pipeline = channel.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(CloseHeaderHandler(), position: .after(decoder))
            return channel
        }
        setUp.whenFailure { _ in channel.close(promise: nil) }
        return setUp
    }

    private func serve(_ listeners: [Listener], _ http: HTTP1Channel, _ connections: ConnectionRegistry) async {
        let executors = Dictionary(
            uniqueKeysWithValues: group.makeIterator().map { (ObjectIdentifier($0), LoopExecutor($0)) }
        )
        await withDiscardingTaskGroup { group in
            for listener in listeners {
                group.addTask(executorPreference: executors[ObjectIdentifier(listener.channel.eventLoop)]) {
                    await accept(listener) { channel, group in
                        group.addTask(executorPreference: executors[ObjectIdentifier(channel.eventLoop)]) {
                            guard let connection = connections.take(channel) else { return }
                            await http.handle(value: connection, logger: logger)
                        }
                    }
                }
            }
        }
    }

    private func accept(
        _ listener: Listener,
        _ start: (any Channel, inout DiscardingTaskGroup) -> Void
    ) async {
        await withDiscardingTaskGroup { group in
            do {
                try await listener.executeThenClose { channels in
                    for try await case let channel? in channels { start(channel, &group) }
                }
            } catch {
                logger.error("stopped accepting connections", metadata: ["error": "\(error)"])
            }
        }
    }
}
