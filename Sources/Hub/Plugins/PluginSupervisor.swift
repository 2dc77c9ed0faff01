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
    private(set) var entry: PluginFolders.Entry
    let environment: PluginEnvironment
    let configuration: PluginConfiguration
    private let loop: any EventLoop
    private let deliver: Deliver
    private var failureLog: FailureLog

    private(set) var runtime: PluginRuntime?
    private(set) var loaded: LoadedPlugin?
    /// The version that is being loaded.
    private var candidate: PluginRuntime?
    private var targets: [TargetRunner]
    private var timers: [Int: Scheduled<Void>] = [:]
    private var starts: [Int: NIODeadline] = [:]
    private var ticker: RepeatedTask?
    /// The state in use is spoilt and is being made anew; scrapes that come meanwhile.
    private var isRebuilding = false
    private var held: [(waiter: Int, target: Int)] = []
    private(set) var report: PluginReport

    init(
        entry: PluginFolders.Entry, environment: PluginEnvironment, loop: any EventLoop, deliver: @escaping Deliver
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
            : configuration.targets.map { TargetRunner(name: $0.name, address: TargetConfiguration.name(for: $0.address)) }
        report = PluginReport(name: entry.name, path: entry.path, memoryLimit: configuration.limits.memory)
        report.failures = Dictionary(uniqueKeysWithValues: FailureReason.allCases.map { ($0, 0) })
    }

    var targetCount: Int { isIdle ? 0 : targets.count }
    private var isIdle: Bool { loaded?.needsTargets == true && configuration.targets.isEmpty }
    private var maxAge: Duration? { loaded?.maxAge }
    private var keepsResults: Bool { maxAge != nil || loaded?.interval != nil }

    // MARK: Loading

    /// Loads a version; the one in use stays until the new one has proved good. `completion` gets the problem, or nil.
    func load(
        _ source: Result<PluginSource, PluginError>, entry: PluginFolders.Entry, isRebuild: Bool = false,
        completion: @escaping (String?) -> Void
    ) {
        self.entry = entry
        report.path = entry.path
        switch source {
        case .failure(let error):
            refuse("\(error)")
            completion("\(error)")
        case .success(let source):
            let runtime = PluginRuntime(source: source)
            candidate?.shutdown()
            candidate = runtime
            let bound = NIOLoopBound((self, completion), eventLoop: loop)
            runtime.load(environment) { [loop] result in
                loop.execute {
                    let (supervisor, completion) = bound.value
                    completion(supervisor.loaded(runtime, result, isRebuild: isRebuild))
                }
            }
        }
    }

    private func loaded(
        _ runtime: PluginRuntime, _ result: Result<LoadedPlugin, PluginError>, isRebuild: Bool
    ) -> String? {
        guard candidate === runtime else {
            runtime.shutdown()
            return nil
        }
        candidate = nil
        switch result {
        case .failure(let error):
            runtime.shutdown()
            refuse("\(error)")
            return "\(error)"
        case .success(let loaded):
            adopt(runtime, loaded, isRebuild: isRebuild)
            return nil
        }
    }

    private func refuse(_ problem: String) {
        let isNew = report.loadError != problem
        report.loadError = problem
        report.failedReloads += 1
        report.failures[.load, default: 0] += 1
        guard isNew else { return }
        let kept: Logger.MetadataValue = loaded == nil ? "no" : "yes"
        environment.logger.error(
            "plugin not loaded", metadata: ["plugin": "\(name)", "error": "\(problem)", "old_version_kept": kept]
        )
    }

    private func adopt(_ runtime: PluginRuntime, _ loaded: LoadedPlugin, isRebuild: Bool) {
        let old = self.runtime
        let isFirst = old == nil
        self.runtime = runtime
        self.loaded = loaded
        report.help = loaded.help
        report.loadError = nil
        report.loadedAt = isRebuild ? report.loadedAt : Clock.unixSeconds()
        report.interval = loaded.interval
        report.memory = loaded.memory
        report.isIdle = isIdle
        if isRebuild { report.rebuilds += 1 } else if !isFirst { report.reloads += 1 }
        // Runs of the old version end on the old runtime; whoever waits for them is answered from there.
        old.map(retire)
        if !isRebuild { for index in targets.indices { targets[index].schedule.forgive() } }
        startTicker()
        guard !isRebuild else { return }
        environment.logger.info(
            isFirst ? "plugin loaded" : "plugin reloaded",
            metadata: ["plugin": "\(name)", "path": "\(entry.path)", "families": "\(loaded.families.count)"]
        )
    }

    /// Runtimes whose last runs have not come back.
    private var retiring: [ObjectIdentifier: (runtime: PluginRuntime, runs: Set<RunKey>)] = [:]
    private var active: [RunKey: PluginRuntime] = [:]

    private struct RunKey: Hashable {
        let target: Int
        let run: Int
    }

    private func retire(_ runtime: PluginRuntime) {
        let runs = Set(active.filter { $0.value === runtime }.keys)
        guard !runs.isEmpty else { return runtime.shutdown() }
        retiring[ObjectIdentifier(runtime)] = (runtime, runs)
    }

    private func release(_ key: RunKey) {
        guard let runtime = active.removeValue(forKey: key) else { return }
        let identifier = ObjectIdentifier(runtime)
        guard var entry = retiring[identifier] else { return }
        entry.runs.remove(key)
        retiring[identifier] = entry.runs.isEmpty ? nil : entry
        if entry.runs.isEmpty { runtime.shutdown() }
    }

    func shutdown() {
        ticker?.cancel()
        for timer in timers.values { timer.cancel() }
        candidate?.shutdown()
        runtime?.shutdown()
        for entry in retiring.values { entry.runtime.shutdown() }
        runtime = nil
        for index in targets.indices {
            for waiter in targets[index].schedule.abandon() {
                deliver(waiter, index, TargetAnswer(families: [], failure: .init(reason: .abort, message: "plugin removed")))
            }
        }
    }

    // MARK: Collecting

    /// Asks for a target's samples; the answer comes by `deliver`, maybe before this returns.
    func request(waiter: Int, target: Int) {
        let now = NIODeadline.now()
        guard runtime != nil else {
            let problem = report.loadError ?? "not loaded yet"
            return deliver(waiter, target, TargetAnswer(families: [], failure: .init(reason: .load, message: problem)))
        }
        if isRebuilding, held.count < RunSchedule.waiterLimit { return held.append((waiter, target)) }
        switch targets[target].schedule.request(waiter: waiter, now: now) {
        case .start(let run): start(run, target: target, now: now)
        case .join: return
        case .serveLast:
            if targets[target].schedule.backoffUntil != nil { report.postponed += 1 }
            deliver(waiter, target, targets[target].answer(maxAge: maxAge, now: now))
        case .overdue:
            let old = targets[target].answer(maxAge: maxAge, now: now).families
            let failure = RunFailure(reason: .timeout, message: "the run before has not come back")
            deliver(waiter, target, TargetAnswer(families: old, failure: failure))
        }
    }

    /// The scrape can wait no longer.
    func expire(waiter: Int, target: Int) {
        let now = NIODeadline.now()
        let wasHeld = held.contains { $0 == (waiter, target) }
        held.removeAll { $0 == (waiter, target) }
        let expiry = targets[target].schedule.expired(waiter: waiter, now: now)
        guard expiry != .nothing || wasHeld else { return }
        let failure = RunFailure(reason: .timeout, message: "no result within the deadline")
        act(on: expiry, target: target, failure, now: now)
        let families = targets[target].answer(maxAge: maxAge, now: now).families
        deliver(waiter, target, TargetAnswer(families: targets[target].failure == nil ? [] : families, failure: failure))
    }

    private func act(on expiry: RunSchedule.Expiry, target: Int, _ failure: RunFailure, now: NIODeadline) {
        guard case .cancel(let run) = expiry else { return }
        let key = RunKey(target: target, run: run)
        active[key]?.cancel(run)
        report.failures[failure.reason, default: 0] += 1
        let started = starts.removeValue(forKey: target) ?? now
        targets[target].note(failure, after: now - started, time: Clock.unixSeconds())
        failureLog.failed(failure, target: targets[target].name)
    }

    private func start(_ run: Int, target: Int, now: NIODeadline) {
        guard let runtime else { return }
        let key = RunKey(target: target, run: run)
        active[key] = runtime
        starts[target] = now
        let bound = NIOLoopBound(self, eventLoop: loop)
        runtime.collect(run, target: target) { [loop] result in
            loop.execute { bound.value.finished(key, result) }
        }
    }

    private func finished(_ key: RunKey, _ result: CollectResult) {
        let now = NIODeadline.now()
        let runtime = active[key]
        release(key)
        report.cpuSeconds += result.cpuSeconds
        report.memory = result.memory
        timers.removeValue(forKey: key.target)?.cancel()
        var isSuccess = true
        if case .failure = result.outcome { isSuccess = false }
        let waiters = targets[key.target].schedule.finished(run: key.run, isSuccess: isSuccess, now: now)
        if let waiters { settle(waiters, key.target, result, now: now) }
        if result.discardsState, let runtime, runtime === self.runtime { rebuild(runtime) }
    }

    private func settle(_ waiters: Set<Int>, _ target: Int, _ result: CollectResult, now: NIODeadline) {
        starts[target] = nil
        targets[target].note(result, now: now, time: Clock.unixSeconds())
        switch result.outcome {
        case .success: failureLog.succeeded(target: targets[target].name)
        case .failure(let failure):
            report.failures[failure.reason, default: 0] += 1
            failureLog.failed(failure, target: targets[target].name)
        }
        let answer = targets[target].answer(maxAge: maxAge, now: now)
        for waiter in waiters { deliver(waiter, target, answer) }
        targets[target].forget(unless: keepsResults)
    }

    /// A broken limit has spoilt the state: the same source is loaded again.
    private func rebuild(_ runtime: PluginRuntime) {
        guard candidate == nil else { return }
        isRebuilding = true
        load(.success(runtime.source), entry: entry, isRebuild: true) { [weak self] _ in self?.releaseHeld() }
    }

    private func releaseHeld() {
        isRebuilding = false
        let waiting = held
        held = []
        for (waiter, target) in waiting { request(waiter: waiter, target: target) }
    }

    // MARK: Background

    private func startTicker() {
        ticker?.cancel()
        ticker = nil
        let isBackground = loaded?.interval != nil && !isIdle
        for index in targets.indices { targets[index].schedule.isBackground = isBackground }
        guard isBackground, let interval = loaded?.interval else { return }
        let period = TimeAmount(interval)
        let bound = NIOLoopBound(Weak(self), eventLoop: loop)
        ticker = loop.scheduleRepeatedTask(initialDelay: .zero, delay: period) { _ in
            bound.value.object?.tick(period)
        }
    }

    private func tick(_ period: TimeAmount) {
        let now = NIODeadline.now()
        for target in targets.indices {
            guard let run = targets[target].schedule.tick(now: now) else { continue }
            start(run, target: target, now: now)
            let limit = min(period, TimeAmount(environment.configuration.scrape.maxTimeout))
            timers[target] = loop.assumeIsolated().scheduleTask(in: limit) { [weak self] in
                self?.expireRun(run, target: target)
            }
        }
    }

    private func expireRun(_ run: Int, target: Int) {
        let now = NIODeadline.now()
        let expiry = targets[target].schedule.expired(run: run, now: now)
        act(on: expiry, target: target, .init(reason: .timeout, message: "no result within the interval"), now: now)
    }

    // MARK: Reporting

    func currentReport() -> PluginReport {
        let now = NIODeadline.now()
        var report = report
        report.targets = isIdle
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
                    failuresInARow: target.schedule.failuresInARow,
                    lastSuccess: target.lastSuccess?.time,
                    backoffSeconds: wait.flatMap { $0 > 0 ? $0 : nil },
                    isRunning: target.schedule.isRunning
                )
            }
        return report
    }
}
