import Logging
import NIOCore

/// Stands for one scrape where its number is not known yet.
final class ScrapeTicket: Sendable {}

/// All plugins on the control loop: which there are, and which scrapes wait for them.
final class ManagerCore {
    /// Scrapes that wait at the same time.
    static let scrapeLimit = 256

    private let environment: PluginEnvironment
    private let loop: any EventLoop
    private var supervisors: [String: PluginSupervisor] = [:]
    private var disabled: [String: PluginFolders.Entry] = [:]
    private var scrapes: [Int: PendingScrape] = [:]
    private var nextScrape = 0
    private var isLooking = false
    private var watcher: RepeatedTask?

    init(environment: PluginEnvironment, loop: any EventLoop) {
        self.environment = environment
        self.loop = loop
    }

    // MARK: Plugins

    func watch(every interval: TimeAmount, _ look: @escaping () -> Void) {
        watcher?.cancel()
        let bound = NIOLoopBound(look, eventLoop: loop)
        let core = NIOLoopBound(Weak(self), eventLoop: loop)
        watcher = loop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
            guard let core = core.value.object, !core.isLooking else { return }
            core.isLooking = true
            bound.value()
        }
    }

    func lookedAgain() { isLooking = false }

    /// Plugins that are new or whose files are others than those in use, or in use before and refused.
    func changes(in scan: [String: PluginFolders.Entry]) -> [PluginFolders.Entry] {
        scan.values.filter { entry in
            guard environment.configuration.plugin(entry.name).enabled else { return false }
            return supervisors[entry.name]?.entry != entry
        }.sorted { $0.name < $1.name }
    }

    func hasRemovals(in scan: [String: PluginFolders.Entry]) -> Bool {
        supervisors.keys.contains { scan[$0] == nil } || disabled.keys.contains { scan[$0] == nil }
    }

    /// Removes what is gone, loads what is new or changed.
    ///
    /// `completion` gets the problems of all plugins.
    func apply(
        _ scan: [String: PluginFolders.Entry],
        _ sources: [(PluginFolders.Entry, Result<PluginSource, PluginError>)],
        completion: @escaping ([String]) -> Void
    ) {
        disabled = scan.filter { !environment.configuration.plugin($0.key).enabled }
        for name in supervisors.keys where scan[name] == nil {
            supervisors.removeValue(forKey: name)?.shutdown()
            environment.logger.info("plugin removed", metadata: ["plugin": "\(name)"])
        }
        var remaining = sources.count
        let finish = { [self] in
            completion(supervisors.values.compactMap { $0.report.loadError }.sorted())
        }
        guard remaining > 0 else { return finish() }
        for (entry, source) in sources {
            let supervisor = supervisors[entry.name] ?? makeSupervisor(entry)
            supervisors[entry.name] = supervisor
            supervisor.load(source, entry: entry) { _ in
                remaining -= 1
                if remaining == 0 { finish() }
            }
        }
    }

    private func makeSupervisor(_ entry: PluginFolders.Entry) -> PluginSupervisor {
        let name = entry.name
        return PluginSupervisor(entry: entry, environment: environment, loop: loop) {
            [unowned self] scrape, target, answer in
            deliver(answer, of: name, target: target, to: scrape)
        }
    }

    func reports() -> [PluginReport] {
        var reports = supervisors.values.map { $0.currentReport() }
        for entry in disabled.values {
            var report = PluginReport(name: entry.name, path: entry.path)
            report.isEnabled = false
            reports.append(report)
        }
        return reports.sorted { $0.name < $1.name }
    }

    func shutdown() {
        watcher?.cancel()
        for supervisor in supervisors.values { supervisor.shutdown() }
        supervisors = [:]
    }

    // MARK: Scrapes

    /// One scrape that waits for its plugins.
    private struct PendingScrape {
        var open: Set<PartKey> = []
        var collection = Collection()
        let ticket: ScrapeTicket
        let promise: EventLoopPromise<Collection>
        var timer: Scheduled<Void>?
    }

    /// Answers a scrape with what there is, for nobody waits for the rest.
    func expire(_ ticket: ScrapeTicket) {
        guard let id = scrapes.first(where: { $0.value.ticket === ticket })?.key else { return }
        expire(id)
    }

    private struct PartKey: Hashable {
        let plugin: String
        let target: Int
    }

    func collect(
        _ names: [String],
        deadline: NIODeadline,
        _ ticket: ScrapeTicket,
        _ promise: EventLoopPromise<Collection>
    ) {
        let chosen = names.isEmpty ? Array(supervisors.keys) : names.filter { supervisors[$0] != nil }
        var scrape = PendingScrape(ticket: ticket, promise: promise)
        scrape.collection.unknown = names.filter { supervisors[$0] == nil && disabled[$0] == nil }
        for plugin in Set(chosen) {
            for target in 0..<(supervisors[plugin]?.targetCount ?? 0) {
                scrape.open.insert(PartKey(plugin: plugin, target: target))
            }
        }
        guard scrapes.count < Self.scrapeLimit else { return refuse(scrape) }
        guard !scrape.open.isEmpty else { return finish(scrape) }
        nextScrape += 1
        let id = nextScrape
        let parts = scrape.open
        scrapes[id] = scrape
        for part in parts { supervisors[part.plugin]?.request(waiter: id, target: part.target) }
        guard scrapes[id] != nil else { return }
        scrapes[id]?.timer = loop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in self?.expire(id) }
    }

    /// Answers a scrape that is one too many: nothing was collected, and it must not look as if nothing were there.
    private func refuse(_ scrape: PendingScrape) {
        var scrape = scrape
        let failure = RunFailure(reason: .abort, message: "more than \(Self.scrapeLimit) scrapes at once")
        for part in scrape.open {
            scrape.collection.parts.append(self.part(part, .init(families: [], failure: failure)))
        }
        finish(scrape)
    }

    private func part(_ key: PartKey, _ answer: TargetAnswer) -> Collection.Part {
        let targets = environment.configuration.plugin(key.plugin).targets
        let name = key.target < targets.count ? targets[key.target].name : ""
        return .init(plugin: key.plugin, target: name, answer: answer)
    }

    private func expire(_ id: Int) {
        for part in scrapes[id]?.open ?? [] {
            supervisors[part.plugin]?.expire(waiter: id, target: part.target)
        }
        guard let scrape = scrapes.removeValue(forKey: id) else { return }
        finish(scrape)
    }

    private func deliver(_ answer: TargetAnswer, of plugin: String, target: Int, to id: Int) {
        let key = PartKey(plugin: plugin, target: target)
        guard scrapes[id]?.open.remove(key) != nil else { return }
        scrapes[id]?.collection.parts.append(part(key, answer))
        guard scrapes[id]?.open.isEmpty == true, let scrape = scrapes.removeValue(forKey: id) else { return }
        finish(scrape)
    }

    private func finish(_ scrape: PendingScrape) {
        scrape.timer?.cancel()
        var collection = scrape.collection
        collection.parts.sort { ($0.plugin, $0.target) < ($1.plugin, $1.target) }
        collection.reports = reports()
        scrape.promise.succeed(collection)
    }
}
