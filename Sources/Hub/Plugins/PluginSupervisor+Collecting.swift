import Exposition
import NIOCore

/// A scrape that waits for one target until the plugin has a state again.
struct HeldRequest: Hashable {
    let waiter: Int
    let target: Int
}

extension PluginSupervisor {
    /// Asks for a target's samples; the answer comes by `deliver`, maybe before this returns.
    func request(waiter: Int, target: Int) {
        let now = NIODeadline.now()
        guard runtime != nil else {
            let problem = report.loadError ?? "not loaded yet"
            return deliver(waiter, target, TargetAnswer(families: [], failure: .init(reason: .load, message: problem)))
        }
        if isRebuilding, held.count < RunSchedule.waiterLimit {
            held.insert(HeldRequest(waiter: waiter, target: target))
            return
        }
        switch targets[target]?.schedule.request(waiter: waiter, now: now) {
        case .start(let run): enqueue(run, target: target)
        case .join: return
        case .serveLast:
            if targets[target]?.schedule.backoffUntil != nil { report.postponed += 1 }
            deliver(waiter, target, answer(of: target, now: now))
        case .overdue, nil:
            var overdue = answer(of: target, now: now)
            overdue.failure = RunFailure(reason: .timeout, message: "the run before has not come back")
            deliver(waiter, target, overdue)
        }
    }

    /// What can be served of a target now.
    private func answer(of target: Int, now: NIODeadline) -> TargetAnswer {
        targets[target]?.answer(maxAge: maxAge, now: now) ?? TargetAnswer(families: [], failure: nil)
    }

    /// The scrape can wait no longer.
    func expire(waiter: Int, target: Int) {
        let now = NIODeadline.now()
        let wasHeld = held.remove(HeldRequest(waiter: waiter, target: target)) != nil
        let expiry = targets[target]?.schedule.expired(waiter: waiter, now: now) ?? .nothing
        guard expiry != .nothing || wasHeld else { return }
        var failure = RunFailure(reason: .timeout, message: "no result within the deadline")
        if case .withdraw = expiry {
            failure = RunFailure(reason: .timeout, message: "no turn within the deadline, \(queue.limit) runs at once")
        }
        act(on: expiry, target: target, failure, now: now)
        let last = answer(of: target, now: now)
        let families = last.failure == nil ? [] : last.families
        deliver(waiter, target, TargetAnswer(families: families, failure: failure, collectedAt: last.collectedAt))
        forgetIfDone(target)
    }

    func act(on expiry: RunSchedule.Expiry, target: Int, _ failure: RunFailure, now: NIODeadline) {
        var waiters: Set<Int> = []
        switch expiry {
        case .dropWaiter, .nothing: return
        case .withdraw(let run):
            queue.withdraw(RunKey(target: target, run: run))
            targets[target]?.noteNotBegun(failure)
        case .cancel(let run, let answering):
            waiters = answering
            let key = RunKey(target: target, run: run)
            runtimes.runtime(of: key)?.cancel(key)
            let started = starts.removeValue(forKey: target) ?? now
            targets[target]?.note(failure, after: now - started, time: Clock.unixSeconds())
        }
        count(failure, of: target)
        let answer = answer(of: target, now: now)
        announce(target, answer)
        for waiter in waiters { deliver(waiter, target, answer) }
    }

    /// A target that is not configured fails for whoever named it, which the log is not filled with.
    private func count(_ failure: RunFailure, of target: Int) {
        report.failures[failure.reason, default: 0] += 1
        guard let runner = targets[target], runner.isConfigured else { return }
        failureLog.failed(failure, target: runner.name)
    }

    // MARK: Turns

    /// Starts a run, at once or when its turn comes.
    func enqueue(_ run: Int, target: Int) {
        guard let runner = targets[target] else { return }
        targets[target]?.schedule.queued()
        queue.append(RunKey(target: target, run: run), isDoubtful: runner.didHang || !runner.isConfigured)
        startQueued()
    }

    /// Starts the runs whose turn has come.
    func startQueued() {
        guard !isRebuilding, let runtime else { return }
        while let key = queue.next() { start(key, on: runtime) }
    }

    private func start(_ key: RunKey, on runtime: PluginRuntime) {
        guard let runner = targets[key.target] else { return queue.ended(key) }
        targets[key.target]?.schedule.began(run: key.run)
        runtimes.began(key, on: runtime)
        starts[key.target] = .now()
        if runner.schedule.isRunningInBackground { limitBackgroundRun(key) }
        let bound = NIOLoopBound(self, eventLoop: loop)
        runtime.collect(RunRequest(key, runner.subject, transcript: runner.transcript)) { [loop] result in
            loop.execute { bound.value.finished(key, result) }
        }
    }

    private func finished(_ key: RunKey, _ result: CollectResult) {
        let now = NIODeadline.now()
        let runtime = runtimes.ended(key)
        queue.ended(key)
        report.cpuSeconds += result.cpuSeconds
        var isSuccess = true
        if case .failure = result.outcome { isSuccess = false }
        let waiters = targets[key.target]?.schedule.finished(run: key.run, isSuccess: isSuccess, now: now)
        if let waiters {
            timers.removeValue(forKey: key.target)?.cancel()
            settle(waiters, key.target, result, now: now)
        }
        forgetIfDone(key.target)
        if result.discardsState, let runtime, runtime === self.runtime { rebuild(runtime) }
        startQueued()
    }

    private func settle(_ waiters: Set<Int>, _ target: Int, _ result: CollectResult, now: NIODeadline) {
        starts[target] = nil
        targets[target]?.note(result, now: now, time: Clock.unixSeconds())
        switch result.outcome {
        case .success: if let runner = targets[target] { failureLog.succeeded(target: runner.name) }
        case .failure(let failure): count(failure, of: target)
        }
        let answer = answer(of: target, now: now)
        announce(target, answer)
        for waiter in waiters { deliver(waiter, target, answer) }
        let keeps = keepsResults && targets[target]?.isConfigured == true
        targets[target]?.forget(unless: keeps)
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
        let waiting = held.sorted { ($0.waiter, $0.target) < ($1.waiter, $1.target) }
        held = []
        for request in waiting { self.request(waiter: request.waiter, target: request.target) }
        startQueued()
    }
}
