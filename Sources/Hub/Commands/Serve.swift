import ArgumentParser
import CLinux
import Glibc
import Logging
import NIOPosix

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
        let pushes = try PushStore.make(configuration, logger: logger)
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
        let site = ServingHub(
            configuration: configuration,
            manager: manager,
            pushes: pushes,
            mailbox: mailbox,
            sockets: sockets,
            group: group,
            logger: logger
        )
        try await site.run()
        await manager.shutdown()
        await pushes?.shutdown()
        logger.info("stopped")
        // A thread that hangs in the kernel must not keep the program from ending.
        Glibc.exit(0)
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
