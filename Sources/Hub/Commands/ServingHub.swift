import Logging
import NIOCore
import NIOPosix
import Relay
import ServiceLifecycle
import UnixSignals

/// What serves while the program runs, each part a service of its own.
struct ServingHub {
    let configuration: HubConfiguration
    let manager: PluginManager
    let pushes: PushStore?
    /// Results on their way to remote write.
    let mailbox: RunMailbox?
    let sockets: [ListeningSocket]
    let group: MultiThreadedEventLoopGroup
    let logger: Logger

    /// Serves until a signal ends it.
    func run() async throws {
        let services = ServiceGroup(
            configuration: .init(
                services: try services(),
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "services") { _ in SwiftLogNoOpLogHandler() }
            )
        )
        try await services.run()
    }

    private func services() throws -> [ServiceGroupConfiguration.ServiceConfiguration] {
        let metrics = HTTPMetrics()
        let urls = sockets.map(\.url)
        let relays = try HubRelays(configuration, on: group.next(), logger: logger)
        let statistics = configuration.remoteWrite.endpoints.map { EndpointStatistics($0) }
        let hub = ExporterHub(
            manager: manager,
            configuration: configuration,
            listen: urls,
            parts: HubParts(
                http: metrics,
                pushes: pushes,
                relays: relays.clients.metrics,
                remoteWrite: statistics
            ),
            logger: logger
        )
        var server = HTTPServer(sockets: sockets, group: group, service: hub, metrics: metrics, logger: logger)
        if let pushes { server.limits.apply(pushes.configuration.limits) }
        for url in urls { logger.info("listening on \(url)") }
        let bodies = BodyBudget(limit: server.limits.allBodyBytes)
        let responder = Responder(service: hub, metrics: metrics, bodies: bodies)
        var helpers: [any Service] = [
            ReloadOnSignal(manager: manager), RelayService(relays: relays, responder: responder),
        ]
        if let pushes { helpers.append(PushExpiry(store: pushes)) }
        if let mailbox { helpers.append(try remoteWriter(mailbox, statistics, hub)) }
        return [.init(service: server, successTerminationBehavior: .gracefullyShutdownGroup)]
            + helpers.map { .init(service: $0, successTerminationBehavior: .ignore) }
    }

    private func remoteWriter(
        _ mailbox: RunMailbox,
        _ statistics: [EndpointStatistics],
        _ hub: ExporterHub
    ) throws -> RemoteWriter {
        try RemoteWriter(
            configuration,
            statistics: statistics,
            mailbox: mailbox,
            manager: manager,
            pushes: pushes,
            logger: logger
        ) { hub.selfContribution($0) }
    }
}

/// Looks for changed plugins at SIGHUP.
struct ReloadOnSignal: Service {
    let manager: PluginManager

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            _ = await manager.reload()
        }
    }
}

/// Drops groups whose time is over.
struct PushExpiry: Service {
    let store: PushStore

    func run() async throws {
        while !Task.isShuttingDownGracefully {
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: PushStore.expiryInterval) }
            await store.expire(at: Clock.unixSeconds())
        }
    }
}
