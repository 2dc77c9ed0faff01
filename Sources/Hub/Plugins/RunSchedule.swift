import NIOCore

/// When one target of a plugin is collected, who waits for it, and what is served meanwhile.
///
/// A pure state machine: it starts nothing and looks at no clock.
struct RunSchedule {
    /// Failed runs in a row before runs are put off.
    static let patience = 3
    static let firstBackoff = TimeAmount.seconds(2)
    static let longestBackoff = TimeAmount.seconds(60)
    /// Scrapes that wait for one run.
    static let waiterLimit = 1000

    /// What to do for one scrape.
    enum Decision: Equatable {
        /// Start this run; the waiter is answered when it ends.
        case start(run: Int)
        /// A run is under way; the waiter is answered when it ends.
        case join
        /// Answer at once with what the last run left.
        case serveLast
        /// Answer at once: the run under way has passed its deadline.
        case overdue
    }

    /// What follows when a waiter's time is up.
    enum Expiry: Equatable {
        /// The waiter is answered with a timeout; others still wait, or the run is a background one.
        case dropWaiter
        /// Nobody waits any more, or the run has taken too long: end it; it has failed. Who still waits is answered now.
        case cancel(run: Int, answering: Set<Int>)
        /// Nobody waits any more for a run that has not begun: it is not to begin, and says nothing about the target.
        case withdraw(run: Int)
        /// It was answered before.
        case nothing
    }

    private struct Running {
        let id: Int
        let isBackground: Bool
        var hasBegun = true
        var isOverdue = false
    }

    private(set) var waiters: Set<Int> = []
    private var running: Running?
    private var nextRun = 0
    private(set) var failuresInARow = 0
    private(set) var backoffUntil: NIODeadline?
    /// Served from the background run's last result rather than by a run of its own.
    var isBackground = false
    private var hasRun = false

    /// A run is under way or waits for its turn.
    var isRunning: Bool { running != nil }
    /// The run under way was started by no scrape.
    var isRunningInBackground: Bool { running?.isBackground == true }

    mutating func request(waiter: Int, now: NIODeadline) -> Decision {
        if let running {
            guard !running.isOverdue, waiters.count < Self.waiterLimit else { return .overdue }
            if isBackground, hasRun { return .serveLast }
            waiters.insert(waiter)
            return .join
        }
        if isBackground, hasRun { return .serveLast }
        if let backoffUntil, now < backoffUntil { return .serveLast }
        waiters.insert(waiter)
        return .start(run: begin(isBackground: false))
    }

    /// The next background run; nil when one is under way or it is put off.
    mutating func tick(now: NIODeadline) -> Int? {
        guard running == nil else { return nil }
        if let backoffUntil, now < backoffUntil { return nil }
        return begin(isBackground: true)
    }

    private mutating func begin(isBackground: Bool) -> Int {
        nextRun += 1
        running = Running(id: nextRun, isBackground: isBackground)
        return nextRun
    }

    /// The run that was just asked for has to wait for its turn.
    mutating func queued() { running?.hasBegun = false }

    /// The run's turn has come.
    mutating func began(run: Int) {
        if running?.id == run { running?.hasBegun = true }
    }

    /// Takes note of a run's end.
    ///
    /// Answers who waited for it; nil when the run was given up before.
    mutating func finished(run: Int, isSuccess: Bool, now: NIODeadline) -> Set<Int>? {
        guard let current = running, current.id == run else { return nil }
        running = nil
        if !current.isOverdue { count(isSuccess: isSuccess, now: now) }
        defer { waiters = [] }
        return current.isOverdue ? nil : waiters
    }

    mutating func expired(waiter: Int, now: NIODeadline) -> Expiry {
        guard waiters.remove(waiter) != nil else { return .nothing }
        guard let current = running, !current.isBackground, waiters.isEmpty else { return .dropWaiter }
        guard current.hasBegun else {
            running = nil
            return .withdraw(run: current.id)
        }
        return overdue(current.id, now: now)
    }

    /// The deadline of a background run has passed.
    mutating func expired(run: Int, now: NIODeadline) -> Expiry {
        guard let current = running, current.id == run, !current.isOverdue else { return .nothing }
        return overdue(run, now: now)
    }

    private mutating func overdue(_ run: Int, now: NIODeadline) -> Expiry {
        running?.isOverdue = true
        count(isSuccess: false, now: now)
        defer { waiters = [] }
        return .cancel(run: run, answering: waiters)
    }

    private mutating func count(isSuccess: Bool, now: NIODeadline) {
        hasRun = true
        failuresInARow = isSuccess ? 0 : failuresInARow + 1
        guard failuresInARow >= Self.patience else {
            backoffUntil = nil
            return
        }
        let doublings = min(failuresInARow - Self.patience, 16)
        let delay = min(Self.firstBackoff.nanoseconds << doublings, Self.longestBackoff.nanoseconds)
        backoffUntil = now + .nanoseconds(delay)
    }

    /// The plugin was loaded anew: its past failures say nothing, and a run that hangs is no longer waited for.
    mutating func forgive() {
        if running?.isOverdue == true { running = nil }
        failuresInARow = 0
        backoffUntil = nil
    }

    /// The runtime of the run under way is gone; its result will not come.
    mutating func abandon() -> Set<Int> {
        running = nil
        defer { waiters = [] }
        return waiters
    }
}
