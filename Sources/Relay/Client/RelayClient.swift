import Logging
import NIOCore
import NIOSSL

/// The client of one relay, on one event loop.
final class RelayClient {
    let settings: ClientSettings
    let dialler: Dialler
    let metrics: ClientMetrics
    let eventLoop: any EventLoop
    let transport: Transport
    private let logger: Logger
    private let ask: (LocalRequest) -> EventLoopFuture<LocalAnswer>
    private var pollers: [Poller] = []
    private var runs: Set<ScrapeRun> = []
    private var targetTLS: NIOSSLContext?
    /// The failures that were logged last; each is logged again when another of its kind has come in between.
    private var lastReasons: [Trouble: String] = [:]

    private enum Trouble: String {
        case poll = "cannot poll the relay"
        case push = "cannot push to the relay"
        case scrape = "scrape through the relay failed"
    }

    init(
        _ settings: ClientSettings,
        dialler: Dialler,
        metrics: ClientMetrics,
        on eventLoop: any EventLoop,
        logger: Logger,
        ask: @escaping (LocalRequest) -> EventLoopFuture<LocalAnswer>
    ) {
        self.settings = settings
        self.dialler = dialler
        self.metrics = metrics
        self.eventLoop = eventLoop
        self.logger = logger
        self.ask = ask
        transport = Transport(settings, dialler, metrics, on: eventLoop)
    }

    func start() {
        pollers = settings.targets.names.map { Poller(self, name: $0) }
        for poller in pollers { poller.poll() }
    }

    func stop() {
        for poller in pollers { poller.stop() }
        pollers.removeAll()
        transport.close()
    }

    func answer(_ request: LocalRequest) -> EventLoopFuture<LocalAnswer> { ask(request) }

    func scrape(_ instruction: ScrapeInstruction, id: String, seconds: Double?) {
        let isBusy = runs.count >= settings.scrapes
        // Not even a refusal is sent when there are as many of them again.
        guard runs.count < 2 * settings.scrapes else { return scrapeFailed(busy) }
        let run = ScrapeRun(self, instruction, id: id, seconds: seconds)
        runs.insert(run)
        let count = runs.count
        metrics.update { $0.scrapesInProgress = count }
        if isBusy { run.refuse(503, busy) } else { run.start() }
    }

    private var busy: String { "\(settings.scrapes) scrapes are in progress" }

    func finished(_ run: ScrapeRun, _ result: ClientMetrics.Result) {
        runs.remove(run)
        let count = runs.count
        metrics.update {
            $0.scrapesInProgress = count
            $0.scrapes[result, default: 0] += 1
        }
    }

    /// Puts TLS onto a connection to a local target.
    func secure(_ channel: any Channel, _ host: String) throws {
        let context = try targetTLS ?? NIOSSLContext(configuration: .makeClientConfiguration())
        targetTLS = context
        let isLiteral = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        try channel.pipeline.syncOperations.addHandler(
            NIOSSLClientHandler(context: context, serverHostname: isLiteral ? nil : host)
        )
    }

    // MARK: What goes wrong

    func isWell() {
        if lastReasons.removeValue(forKey: .poll) != nil {
            logger.info("relay answers again", metadata: ["relay": "\(settings.label)"])
        }
        metrics.update { $0.lastError = "" }
    }

    func pollFailed(_ reason: String) {
        metrics.update {
            $0.pollErrors += 1
            $0.lastError = reason
        }
        complain(.poll, reason)
    }

    func pushFailed(_ reason: String) {
        metrics.update { $0.pushErrors += 1 }
        complain(.push, reason)
    }

    func scrapeFailed(_ reason: String) {
        metrics.update { $0.scrapeErrors += 1 }
        complain(.scrape, reason)
    }

    private func complain(_ trouble: Trouble, _ reason: String) {
        guard lastReasons.updateValue(reason, forKey: trouble) != reason else { return }
        logger.warning("\(trouble.rawValue)", metadata: ["relay": "\(settings.label)", "reason": "\(reason)"])
    }
}
