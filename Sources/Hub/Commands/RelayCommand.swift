import ArgumentParser
import Glibc
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Relay
import ServiceLifecycle
import UnixSignals

/// Passes scrapes on to clients behind network address translators.
struct RelayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "relay",
        abstract: "Pass scrapes on to hubs and PushProx clients that cannot be reached.",
        discussion: """
            A proxy that speaks PushProx's protocol: clients poll it, and Prometheus scrapes them through it with \
            `proxy_url: http://HOST:8080`. See docs/relay.md.
            """
    )

    @Option(name: .shortAndLong, help: ArgumentHelp("Configuration file.", valueName: "relay.yml"))
    var config: String?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            """
            Address to listen on, as in `exporter-hub serve`; may be given several times. Default: listen of the \
            configuration, or :8080.
            """,
            valueName: "address"
        )
    )
    var listen: [String] = []

    @Option(help: ArgumentHelp("trace, debug, info, notice, warning or error.", valueName: "level"))
    var logLevel: LogConfiguration.Level?

    func run() async throws {
        Platform.prepare()
        OpenFiles.raiseLimit()
        var configuration = try config.map { try ProxyConfiguration.load(path: $0) } ?? ProxyConfiguration()
        if !listen.isEmpty { configuration.listen = listen }
        if let logLevel { configuration.log.level = logLevel }
        let logger = Logger.hub(configuration.log, secrets: configuration.secrets)
        let tls = try configuration.tls?.context(protocols: NegotiatedProtocol.ofServer)
        let sockets = try Listening().open(configuration.listen.map { try ListenAddress($0) })
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let page = ProxyPage(settings: configuration.settings)
        let server = try await ProxyServer(
            eventLoop: group.next(),
            settings: configuration.settings,
            rules: configuration.rules,
            logger: logger
        ) { page.answer($0, accept: $1) }
        for socket in sockets { logger.info("listening on \(socket.url)") }
        let services = ServiceGroup(
            configuration: .init(
                services: [
                    .init(
                        service: ProxyService(server: server, sockets: sockets, tls: tls),
                        successTerminationBehavior: .gracefullyShutdownGroup
                    )
                ],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "services") { _ in SwiftLogNoOpLogHandler() }
            )
        )
        try await services.run()
        logger.info("stopped")
    }
}

/// The proxy until the program is told to stop.
private struct ProxyService: Service {
    /// For scrapes in flight after shutdown has begun.
    private static let grace = TimeAmount.milliseconds(900)

    let server: ProxyServer
    let sockets: [ListeningSocket]
    let tls: NIOSSLContext?

    func run() async throws {
        defer { for socket in sockets { socket.file?.remove() } }
        try await server.serve(sockets.map(\.descriptor), tls: tls)
        try? await gracefulShutdown()
        await server.shutDown(grace: Self.grace)
    }
}

/// The number of files, and so of connections, that the process may have open.
enum OpenFiles {
    /// Raises the soft limit, which many systems set to 1024 for the sake of select(2), to the hard one.
    static func raiseLimit() {
        var limit = rlimit()
        let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(kind, &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(kind, &limit)
    }
}
