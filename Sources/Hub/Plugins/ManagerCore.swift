import Logging
import NIOCore

/// Stands for one scrape where its number is not known yet.
final class ScrapeTicket: Sendable {}

/// All plugins on the control loop: which there are, and which scrapes wait for them.
final class ManagerCore {
    let environment: PluginEnvironment
    let loop: any EventLoop
    private(set) var supervisors: [String: PluginSupervisor] = [:]
    private(set) var disabled: [String: PluginFolders.Entry] = [:]
    /// Those that wait, probes among them.
    var scrapes: [Int: PendingScrape] = [:]
    var nextScrape = 0
    var probeCount = 0
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
            environment.observer?.pluginRemoved(name)
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

    /// The futures are done when the plugins have taken leave.
    func shutdown() -> [EventLoopFuture<Void>] {
        watcher?.cancel()
        let ends = supervisors.values.flatMap { $0.shutdown() }
        supervisors = [:]
        return ends
    }
}
