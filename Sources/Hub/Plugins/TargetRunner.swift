import Exposition
import NIOCore

/// What a scrape gets of one target.
struct TargetAnswer: Sendable {
    let families: [FamilyBlock]
    /// Why the last run failed; the families are then empty, or older ones that still may be served.
    let failure: RunFailure?
}

/// One target of a plugin on the control loop: its schedule and what its runs left.
struct TargetRunner {
    /// Empty when the plugin has no targets.
    let name: String
    let address: String?
    var schedule = RunSchedule()
    /// Unix seconds of the last run's end.
    private(set) var lastRun: Double?
    private(set) var duration = TimeAmount.zero
    private(set) var samples = 0
    private(set) var failure: RunFailure?
    /// All failed runs.
    private(set) var failures: [FailureReason: Int] = [:]
    private(set) var lastSuccess: (families: [FamilyBlock], at: NIODeadline, time: Double)?

    init(name: String, address: String? = nil) {
        self.name = name
        self.address = address
    }

    mutating func note(_ result: CollectResult, now: NIODeadline, time: Double) {
        lastRun = time
        duration = result.duration
        switch result.outcome {
        case .success(let families):
            failure = nil
            samples = families.reduce(0) { $0 + $1.sampleCount }
            lastSuccess = (families, now, time)
        case .failure(let failure):
            self.failure = failure
            failures[failure.reason, default: 0] += 1
            samples = 0
        }
    }

    mutating func note(_ failure: RunFailure, after duration: TimeAmount, time: Double) {
        lastRun = time
        self.duration = duration
        self.failure = failure
        failures[failure.reason, default: 0] += 1
        samples = 0
    }

    /// What can be served now: the last run's samples, or the last good ones while they are young enough.
    func answer(maxAge: Duration?, now: NIODeadline) -> TargetAnswer {
        guard let lastSuccess else { return TargetAnswer(families: [], failure: failure) }
        let limit = maxAge.map(TimeAmount.init)
        let isYoung = limit.map { now - lastSuccess.at <= $0 } ?? false
        guard failure != nil else { return TargetAnswer(families: lastSuccess.families, failure: nil) }
        return TargetAnswer(families: isYoung ? lastSuccess.families : [], failure: failure)
    }

    /// Forgets samples that cannot be served again, so that they hold no memory.
    mutating func forget(unless keeps: Bool) {
        guard !keeps, let lastSuccess else { return }
        self.lastSuccess = ([], lastSuccess.at, lastSuccess.time)
    }
}
