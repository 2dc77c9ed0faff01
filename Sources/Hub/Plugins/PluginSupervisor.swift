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
    var failureLog: FailureLog

    var runtime: PluginRuntime?
    var loaded: LoadedPlugin?
    /// Which runs are under way on which version.
    var runtimes = RuntimeLedger()
    /// The version that is being loaded.
    var candidate: PluginRuntime?
    var targets: [TargetRunner]
    var timers: [Int: Scheduled<Void>] = [:]
    var starts: [Int: NIODeadline] = [:]
    var ticker: RepeatedTask?
    /// The state in use is spoilt and is being made anew; scrapes that come meanwhile.
    var isRebuilding = false
    var held: [(waiter: Int, target: Int)] = []
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
        failureLog = FailureLog(plugin: entry.name, logger: environment.logger)
        targets =
            configuration.targets.isEmpty
            ? [TargetRunner(name: "")]
            : configuration.targets.map {
                TargetRunner(name: $0.name, address: TargetConfiguration.name(for: $0.address))
            }
        report = PluginReport(name: entry.name, path: entry.path, memoryLimit: configuration.limits.memory)
        report.failures = Dictionary(uniqueKeysWithValues: FailureReason.allCases.map { ($0, 0) })
    }

    var targetCount: Int { isIdle ? 0 : targets.count }
    var isIdle: Bool { loaded?.needsTargets == true && configuration.targets.isEmpty }
    var maxAge: Duration? { loaded?.maxAge }
    var keepsResults: Bool { maxAge != nil || loaded?.interval != nil }

    func shutdown() {
        ticker?.cancel()
        for timer in timers.values { timer.cancel() }
        candidate?.shutdown()
        runtime?.shutdown()
        runtimes.shutdown()
        runtime = nil
        releaseHeld()
        for index in targets.indices {
            for waiter in targets[index].schedule.abandon() {
                deliver(
                    waiter,
                    index,
                    TargetAnswer(families: [], failure: .init(reason: .abort, message: "plugin removed"))
                )
            }
        }
    }

    func currentReport() -> PluginReport {
        let now = NIODeadline.now()
        var report = report
        report.targets =
            isIdle
            ? []
            : targets.map { target in
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
