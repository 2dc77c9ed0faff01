import NIOCore

/// Runs that no scrape asks for, each target's at its own place within the interval.
extension PluginSupervisor {
    /// Begins anew with the interval of the version that was just loaded.
    func startBackgroundRuns() {
        for tick in ticks.values { tick.cancel() }
        ticks = [:]
        let interval = isIdle ? nil : loaded?.interval
        for target in targets.configured { targets[target]?.schedule.isBackground = interval != nil }
        guard let period = interval.map({ TimeAmount($0) }) else { return }
        let now = NIODeadline.now()
        for target in targets.configured {
            let phase = RunPhase(plugin: name, target: targets[target]?.name ?? "")
            let first = phase.first(after: now, every: period, among: targets.configuredCount)
            scheduleTick(target, at: first, then: phase.second(afterFirst: first, every: period))
        }
    }

    private func scheduleTick(_ target: Int, at moment: NIODeadline, then following: NIODeadline? = nil) {
        ticks[target] = loop.assumeIsolated().scheduleTask(deadline: moment) { [weak self] in
            self?.tick(target, then: following)
        }
    }

    private func tick(_ target: Int, then following: NIODeadline?) {
        guard let interval = loaded?.interval, let name = targets[target]?.name else { return }
        let now = NIODeadline.now()
        if let run = targets[target]?.schedule.tick(now: now) { enqueue(run, target: target) }
        let next = RunPhase(plugin: self.name, target: name).next(after: now, every: TimeAmount(interval))
        scheduleTick(target, at: following ?? next)
    }

    /// A background run may take the interval, counted from its own start.
    func limitBackgroundRun(_ key: RunKey) {
        guard let interval = loaded?.interval else { return }
        let limit = min(TimeAmount(interval), TimeAmount(environment.configuration.scrape.maxTimeout))
        timers[key.target] = loop.assumeIsolated().scheduleTask(in: limit) { [weak self] in
            self?.expireBackgroundRun(key)
        }
    }

    private func expireBackgroundRun(_ key: RunKey) {
        let now = NIODeadline.now()
        let expiry = targets[key.target]?.schedule.expired(run: key.run, now: now) ?? .nothing
        act(on: expiry, target: key.target, .init(reason: .timeout, message: "no result within the interval"), now: now)
    }
}
