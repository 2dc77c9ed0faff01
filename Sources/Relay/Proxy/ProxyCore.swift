import Logging
import NIOCore
import NIOHTTP1

/// The proxy's one state, on the one event loop that all its connections live on.
final class ProxyCore {
    /// What `/metrics` answers with: content type and body.
    typealias Page = @Sendable (_ metrics: ProxyMetrics, _ accept: String?) -> (type: String, body: ByteBuffer)

    /// A scrape from its request to its answer.
    final class Scrape {
        let id: String
        let instruction: ScrapeInstruction
        let deadline: NIODeadline
        weak var asker: ExchangeHandler?
        /// Who brings the answer.
        weak var pusher: ExchangeHandler?
        var timer: Scheduled<Void>?

        init(_ id: String, _ instruction: ScrapeInstruction, deadline: NIODeadline, asker: ExchangeHandler) {
            self.id = id
            self.instruction = instruction
            self.deadline = deadline
            self.asker = asker
        }
    }

    /// Time between two looks for clients that have gone.
    private static let purgeInterval = TimeAmount.seconds(10)

    let eventLoop: any EventLoop
    let settings: ProxySettings
    let rules: AccessRules
    let logger: Logger
    let page: Page
    var metrics = ProxyMetrics()
    var isDraining = false
    private var broker: Broker
    private var polls: [Broker.PollID: ExchangeHandler] = [:]
    private var scrapes: [String: Scrape] = [:]
    private var lastPoll: Broker.PollID = 0

    init(eventLoop: any EventLoop, settings: ProxySettings, rules: AccessRules, logger: Logger, page: @escaping Page) {
        self.eventLoop = eventLoop
        self.settings = settings
        self.rules = rules
        self.logger = logger
        self.page = page
        broker = Broker(limits: settings.broker, registrationTimeout: settings.registrationTimeout)
        purgeLater()
    }

    private func purgeLater() {
        eventLoop.assumeIsolated().scheduleTask(in: Self.purgeInterval) { [weak self] in
            guard let self else { return }
            broker.purge(at: .now())
            purgeLater()
        }
    }

    var registrations: [Registration] { broker.registrations(at: .now()) }

    var snapshot: ProxyMetrics {
        var snapshot = metrics
        snapshot.counts = broker.counts
        return snapshot
    }

    /// Takes a poll; the handler is told when there is something to answer it with.
    func poll(_ registration: Registration, by handler: ExchangeHandler) throws(Broker.Refusal) -> Broker.PollID {
        lastPoll += 1
        let id = lastPoll
        polls[id] = handler
        do {
            let actions = try broker.poll(id, registration)
            // The handler learns its number first.
            eventLoop.assumeIsolated().execute { self.perform(actions) }
        } catch {
            polls[id] = nil
            throw error
        }
        return id
    }

    func endPoll(_ id: Broker.PollID, _ end: ProxyMetrics.PollEnd) {
        polls[id] = nil
        if broker.endPoll(id) { metrics.pollEnds[end, default: 0] += 1 }
    }

    /// Answers all polls without a scrape, at the end of the program.
    func endAllPolls() {
        for (id, handler) in polls {
            broker.endPoll(id)
            handler.expire(id)
        }
        polls.removeAll()
    }

    /// The connection of a poll broke that may have been answered with a scrape.
    func deliveryFailed(_ id: Broker.PollID) {
        let actions = broker.deliveryFailed(id)
        metrics.redeliveries += actions.count
        perform(actions)
    }

    func scrape(
        _ instruction: ScrapeInstruction,
        within limit: TimeAmount,
        by handler: ExchangeHandler
    ) throws(Broker.Refusal) -> Scrape {
        let id = ScrapeID.random()
        let scrape = Scrape(id, instruction, deadline: .now() + limit, asker: handler)
        scrapes[id] = scrape
        let actions: [Broker.Action]
        do {
            actions = try broker.scrape(id, of: instruction.url.name)
        } catch {
            scrapes[id] = nil
            throw error
        }
        scrape.timer = eventLoop.assumeIsolated().scheduleTask(in: limit) { [weak self] in
            self?.finish(scrape, .timeout)
        }
        // The asker gets to know its scrape first.
        eventLoop.assumeIsolated().execute { self.perform(actions) }
        return scrape
    }

    func owner(of scrape: String) -> String? { broker.owner(of: scrape) }

    /// The scrape that a push answers; nil when nobody waits for it.
    func answer(_ id: String, from pusher: ExchangeHandler) -> Scrape? {
        guard let scrape = scrapes[id], broker.push(id) else { return nil }
        scrape.pusher = pusher
        return scrape
    }

    /// Ends a scrape: asker and pusher are told, whichever of them is left.
    func finish(_ scrape: Scrape, _ end: ProxyMetrics.ScrapeEnd) {
        guard scrapes.removeValue(forKey: scrape.id) != nil else { return }
        scrape.timer?.cancel()
        broker.endScrape(scrape.id)
        metrics.scrapeEnds[end, default: 0] += 1
        if end != .cancelled { scrape.asker?.scrapeEnded(scrape, end) }
        scrape.pusher?.scrapeEnded(end)
    }

    private func perform(_ actions: [Broker.Action]) {
        for action in actions {
            switch action {
            case .deliver(let poll, let id):
                guard let handler = polls.removeValue(forKey: poll), let scrape = scrapes[id] else { continue }
                let seconds = Double((scrape.deadline - .now()).nanoseconds) / 1e9
                handler.deliver(poll, scrape.instruction.serialised(id: id, seconds: max(seconds, 0.001)))
            case .expire(let poll):
                metrics.pollEnds[.superseded, default: 0] += 1
                polls.removeValue(forKey: poll)?.expire(poll)
            case .fail(let id, .undeliverable):
                if let scrape = scrapes[id] { finish(scrape, .failed) }
            }
        }
    }
}
