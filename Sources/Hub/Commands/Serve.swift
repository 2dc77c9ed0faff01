import ArgumentParser
import CLinux
import Glibc
import Logging
import NIOCore
import NIOPosix
import Relay
import ServiceLifecycle
import UnixSignals

/// Serves the plugins' metrics until it is told to stop.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the plugins' metrics (the default).",
        discussion: """
            SIGTERM and SIGINT end the hub after the requests in flight; SIGHUP looks for changed plugins at once. \
            Changed plugins are noticed by themselves every second.
            """
    )

    @OptionGroup var options: CommonOptions

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            """
            Address to listen on; may be given several times. :10100 (IPv4 and IPv6), localhost:10100, 192.0.2.1:10100, \
            [2001:db8::1]:10100, ipv4://:10100, ipv6://:10100, unix:/run/hub.sock, systemd:. Default: listen of the \
            configuration, or :10100.
            """,
            valueName: "address"
        )
    )
    var listen: [String] = []

    /// Lets the kernel confine the process; what is wrong with the configuration is said by `run`.
    func confine() {
        guard let configuration = try? options.load() else { return }
        Confinement.confine(configuration, listen: listen.isEmpty ? configuration.listen : listen)
    }

    func run() async throws {
        Platform.prepare()
        var configuration = try options.load()
        if !listen.isEmpty { configuration.listen = listen }
        let folders = try options.folders(configuration)
        let logger = Logger.hub(configuration)
        let pushes =
            configuration.push.isEnabled
            ? try PushStore(configuration.push, folder: configuration.stateDirectory, logger: logger) : nil
        let sockets = try Listening().open(configuration.listen.map { try ListenAddress($0) })
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let mailbox = configuration.remoteWrite.endpoints.isEmpty ? nil : RunMailbox()
        let manager = try await PluginManager.make(
            environment: PluginEnvironment(configuration: configuration, logger: logger, observer: mailbox),
            folders: folders,
            on: group.next()
        )
        // Problems are logged where they are found; the hub serves what works.
        _ = await manager.start()
        try await serve(sockets, manager, pushes, mailbox, configuration, group, logger)
        await manager.shutdown()
        await pushes?.shutdown()
        logger.info("stopped")
        // A thread that hangs in the kernel must not keep the program from ending.
        Glibc.exit(0)
    }

    private func serve(
        _ sockets: [ListeningSocket],
        _ manager: PluginManager,
        _ pushes: PushStore?,
        _ mailbox: RunMailbox?,
        _ configuration: HubConfiguration,
        _ group: MultiThreadedEventLoopGroup,
        _ logger: Logger
    ) async throws {
        let metrics = HTTPMetrics()
        let urls = sockets.map(\.url)
        let relays = try HubRelays(configuration, on: group.next(), logger: logger)
        let statistics = configuration.remoteWrite.endpoints.map { EndpointStatistics($0) }
        let hub = ExporterHub(
            manager: manager,
            configuration: configuration,
            httpMetrics: metrics,
            listen: urls,
            pushes: pushes,
            relays: relays.clients.metrics,
            remoteWrite: statistics,
            logger: logger
        )
        var server = HTTPServer(sockets: sockets, group: group, service: hub, metrics: metrics, logger: logger)
        if let pushes {
            server.limits.apply(pushes.configuration.limits)
        }
        let bodies = BodyBudget(limit: server.limits.allBodyBytes)
        let responder = Responder(service: hub, metrics: metrics, bodies: bodies)
        for url in urls { logger.info("listening on \(url)") }
        var all: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(service: server, successTerminationBehavior: .gracefullyShutdownGroup),
            .init(service: ReloadOnSignal(manager: manager), successTerminationBehavior: .ignore),
            .init(service: RelayService(relays: relays, responder: responder), successTerminationBehavior: .ignore),
        ]
        if let pushes {
            all.append(.init(service: PushExpiry(store: pushes), successTerminationBehavior: .ignore))
        }
        if let mailbox {
            let writer = try RemoteWriter(
                configuration,
                statistics: statistics,
                mailbox: mailbox,
                manager: manager,
                logger: logger
            ) { hub.selfContribution($0) }
            all.append(.init(service: writer, successTerminationBehavior: .ignore))
        }
        let services = ServiceGroup(
            configuration: .init(
                services: all,
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "services") { _ in SwiftLogNoOpLogHandler() }
            )
        )
        try await services.run()
    }
}

/// Looks for changed plugins at SIGHUP.
private struct ReloadOnSignal: Service {
    let manager: PluginManager

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            _ = await manager.reload()
        }
    }
}

/// Drops groups whose time is over.
private struct PushExpiry: Service {
    let store: PushStore

    func run() async throws {
        while !Task.isShuttingDownGracefully {
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: PushStore.expiryInterval) }
            await store.expire(at: Clock.unixSeconds())
        }
    }
}

/// Settings of the process that all commands need.
enum Platform {
    /// Stack of each thread.
    ///
    /// Lua's C functions may nest 200 deep; the deepest takes 430 KB, error messages 3.3 MB.
    static let stackSize = 8 << 20

    static func prepare() {
        signal(SIGPIPE, SIG_IGN)
        _ = clinux_require_stack(stackSize)
    }
}
