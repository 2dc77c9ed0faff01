import Exposition
import Logging
import NIOCore

/// One plugin as the hub sees it: which version is loaded, when its targets are collected, and how that went.
///
/// Lives on the control loop, as does everything that decides; only collecting is done on the plugin's own thread.
final class PluginSupervisor {
    /// Called for every scrape that waited, with its target.
    typealias Deliver = (_ waiter: Int, _ target: Int, TargetAnswer) -> Void

    let name: String
    var entry: PluginFolders.Entry
    let environment: PluginEnvironment
    let configuration: PluginConfiguration
    let loop: any EventLoop
    let deliver: Deliver
    /// Finds what probes ask for.
    let directory: TargetDirectory
    let allowance: ProbeAllowance
    var failureLog: FailureLog

    var runtime: PluginRuntime?
    var loaded: LoadedPlugin?
    /// Which runs are under way on which version.
    var runtimes = RuntimeLedger()
    /// The version that is being loaded.
    var candidate: PluginRuntime?
    var targets: TargetTable
    /// Which runs have begun, and which wait for their turn.
    var queue: RunQueue
    /// Of background runs, by target.
    var timers: [Int: Scheduled<Void>] = [:]
    var starts: [Int: NIODeadline] = [:]
    /// The next background run, by target.
    var ticks: [Int: Scheduled<Void>] = [:]
    /// Looks for targets to forget.
    var sweeper: Scheduled<Void>?
    /// The state in use is spoilt and is being made anew; scrapes that come meanwhile.
    var isRebuilding = false
    var held: Set<HeldRequest> = []
    var report: PluginReport

    init(
        entry: PluginFolders.Entry,
        environment: PluginEnvironment,
        loop: any EventLoop,
        deliver: @escaping Deliver
    ) {
        name = entry.name
        self.entry = entry
        self.environment = environment
        self.loop = loop
        self.deliver = deliver
        configuration = environment.configuration.plugin(entry.name)
        directory = TargetDirectory(configuration.targets)
        allowance = ProbeAllowance(configuration.probe)
        failureLog = FailureLog(plugin: entry.name, logger: environment.logger)
        queue = RunQueue(limit: configuration.limits.concurrency)
        targets = TargetTable(
            configuration.targets.isEmpty
                ? [TargetRunner(name: "", subject: .configured(0))]
                : configuration.targets.enumerated().map { number, target in
                    let address = TargetConfiguration.name(for: target.address)
                    return TargetRunner(name: target.name, address: address, subject: .configured(number))
                },
            limit: configuration.probe.maxTargets
        )
        report = PluginReport(name: entry.name, path: entry.path, memoryLimit: configuration.limits.memory)
        report.connectionLimit = configuration.limits.connections
        report.idleConnectionLimit = configuration.limits.idleConnections
        report.snmpSizeLimit = configuration.limits.snmpSize
        report.failures = Dictionary(uniqueKeysWithValues: FailureReason.allCases.map { ($0, 0) })
        report.probes.targetLimit = configuration.probe.maxTargets
    }

    /// How many targets a scrape collects.
    var targetCount: Int { isIdle ? 0 : targets.configuredCount }
    var isIdle: Bool { loaded?.needsTargets == true && configuration.targets.isEmpty }
    var maxAge: Duration? { loaded?.maxAge }
    var keepsResults: Bool { maxAge != nil || loaded?.interval != nil }

    /// Cancels what runs and answers who waits.
    ///
    /// The futures are done when the plugin has taken leave of what it is connected to.
    @discardableResult
    func shutdown() -> [EventLoopFuture<Void>] {
        sweeper?.cancel()
        for timer in timers.values { timer.cancel() }
        for tick in ticks.values { tick.cancel() }
        let ends = [candidate, runtime].compactMap { $0?.shutdown() } + runtimes.shutdown()
        runtime = nil
        releaseHeld()
        let answer = TargetAnswer(families: [], failure: .init(reason: .abort, message: "plugin removed"))
        for target in targets.all {
            for waiter in targets[target]?.schedule.abandon() ?? [] { deliver(waiter, target, answer) }
        }
        return ends
    }

    func currentReport() -> PluginReport {
        let now = NIODeadline.now()
        var report = report
        report.runsInProgress = queue.runningCount
        report.runsWaiting = queue.waitingCount
        report.memory = runtime?.memory.use ?? HostMemory.Use()
        report.resultSize = targets.all.reduce(0) { $0 + (targets[$1]?.resultSize ?? 0) }
        report.probes.targets = targets.adHocCount
        report.probes.isPossible = canBeProbed
        report.targets =
            isIdle
            ? []
            : targets.configured.compactMap { targets[$0] }.map { target in
                let wait = target.schedule.backoffUntil.map { ($0 - now).inSeconds }
                return PluginReport.Target(
                    name: target.name,
                    address: target.address,
                    lastRun: target.lastRun,
                    duration: target.duration.inSeconds,
                    samples: target.samples,
                    failure: target.failure,
                    failures: target.failures,
                    failuresInARow: target.schedule.failuresInARow,
                    lastSuccess: target.lastSuccess?.time,
                    backoffSeconds: wait.flatMap { $0 > 0 ? $0 : nil },
                    isRunning: target.schedule.isRunning
                )
            }
        return report
    }
}
