import Exposition
import NIOCore

extension PluginSupervisor {
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
        deliver(
            waiter,
            target,
            TargetAnswer(families: targets[target].failure == nil ? [] : families, failure: failure)
        )
    }

    private func act(on expiry: RunSchedule.Expiry, target: Int, _ failure: RunFailure, now: NIODeadline) {
        guard case .cancel(let run, let waiters) = expiry else { return }
        let key = RuntimeLedger.RunKey(target: target, run: run)
        runtimes.runtime(of: key)?.cancel(run)
        report.failures[failure.reason, default: 0] += 1
        let started = starts.removeValue(forKey: target) ?? now
        targets[target].note(failure, after: now - started, time: Clock.unixSeconds())
        failureLog.failed(failure, target: targets[target].name)
        let answer = targets[target].answer(maxAge: maxAge, now: now)
        for waiter in waiters { deliver(waiter, target, answer) }
    }

    private func start(_ run: Int, target: Int, now: NIODeadline) {
        guard let runtime else { return }
        let key = RuntimeLedger.RunKey(target: target, run: run)
        runtimes.began(key, on: runtime)
        starts[target] = now
        let bound = NIOLoopBound(self, eventLoop: loop)
        runtime.collect(run, target: target) { [loop] result in
            loop.execute { bound.value.finished(key, result) }
        }
    }

    private func finished(_ key: RuntimeLedger.RunKey, _ result: CollectResult) {
        let now = NIODeadline.now()
        let runtime = runtimes.ended(key)
        report.cpuSeconds += result.cpuSeconds
        report.memory = result.memory
        var isSuccess = true
        if case .failure = result.outcome { isSuccess = false }
        let waiters = targets[key.target].schedule.finished(run: key.run, isSuccess: isSuccess, now: now)
        if let waiters {
            timers.removeValue(forKey: key.target)?.cancel()
            settle(waiters, key.target, result, now: now)
        }
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

    /// Lets the scrapes go on that came while the state was made anew.
    func releaseHeld() {
        isRebuilding = false
        let waiting = held
        held = []
        for (waiter, target) in waiting { request(waiter: waiter, target: target) }
    }

    // MARK: Background

    func startTicker() {
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

    func tick(_ period: TimeAmount) {
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
}
