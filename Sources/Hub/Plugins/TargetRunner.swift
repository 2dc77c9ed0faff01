import Exposition
import NIOCore

/// What a scrape gets of one target.
struct TargetAnswer: Sendable {
    let families: [FamilyBlock]
    /// Why the last run failed; the families are then empty, or older ones that still may be served.
    var failure: RunFailure?
    /// Of the run that was last; nil when it is not known.
    var duration: TimeAmount?
    /// Unix seconds of the end of the run that the families are from.
    var collectedAt: Double?
}

/// One target of a plugin on the control loop: its schedule and what its runs left.
struct TargetRunner {
    /// Empty when the plugin has no targets.
    let name: String
    let address: String?
    let subject: RunRequest.Subject
    /// Notes the only run of a target that is there for one debug probe.
    let transcript: RunTranscript?
    var schedule = RunSchedule()
    /// Unix seconds of the last run's end.
    private(set) var lastRun: Double?
    private(set) var duration = TimeAmount.zero
    private(set) var samples = 0
    private(set) var failure: RunFailure?
    /// All failed runs.
    private(set) var failures: [FailureReason: Int] = [:]
    private(set) var lastSuccess: (families: [FamilyBlock], at: NIODeadline, time: Double)?
    /// Bytes of the samples that are kept.
    private(set) var resultSize = 0
    /// The last run that began had to be given up; the next one may well hang too.
    private(set) var didHang = false

    init(name: String, address: String? = nil, subject: RunRequest.Subject, transcript: RunTranscript? = nil) {
        self.name = name
        self.address = address
        self.subject = subject
        self.transcript = transcript
    }

    var isConfigured: Bool {
        if case .configured = subject { transcript == nil } else { false }
    }

    /// Nothing is under way, and nobody waits.
    var isIdle: Bool { !schedule.isRunning && schedule.waiters.isEmpty }

    mutating func note(_ result: CollectResult, now: NIODeadline, time: Double) {
        lastRun = time
        duration = result.duration
        didHang = false
        switch result.outcome {
        case .success(let families):
            failure = nil
            samples = families.reduce(0) { $0 + $1.sampleCount }
            lastSuccess = (families, now, time)
            resultSize = families.reduce(0) { $0 + $1.byteCount + CollectRun.overhead.family }
        case .failure(let failure):
            self.failure = failure
            failures[failure.reason, default: 0] += 1
            samples = 0
        }
    }

    /// A run was given up.
    mutating func note(_ failure: RunFailure, after duration: TimeAmount, time: Double) {
        lastRun = time
        self.duration = duration
        didHang = true
        noteNotBegun(failure)
    }

    /// A run came to nothing before it began.
    mutating func noteNotBegun(_ failure: RunFailure) {
        self.failure = failure
        failures[failure.reason, default: 0] += 1
        samples = 0
    }

    /// What can be served now: the last run's samples, or the last good ones while they are young enough.
    func answer(maxAge: Duration?, now: NIODeadline) -> TargetAnswer {
        let limit = maxAge.map(TimeAmount.init)
        let isServed = lastSuccess.map { last in failure == nil || limit.map { now - last.at <= $0 } ?? false } ?? false
        let families = isServed ? lastSuccess?.families ?? [] : []
        return TargetAnswer(
            families: families,
            failure: failure,
            duration: lastRun == nil ? nil : duration,
            collectedAt: lastSuccess?.time
        )
    }

    /// Forgets samples that cannot be served again, so that they hold no memory.
    mutating func forget(unless keeps: Bool) {
        guard !keeps, let lastSuccess else { return }
        self.lastSuccess = ([], lastSuccess.at, lastSuccess.time)
        resultSize = 0
    }
}
