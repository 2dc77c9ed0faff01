import NIOCore

@testable import Hub

/// A schedule behind a reference, so that expectations may call what changes it.
final class SteppedSchedule {
    private var schedule = RunSchedule()

    var isRunning: Bool { schedule.isRunning }
    var failuresInARow: Int { schedule.failuresInARow }
    var backoffUntil: NIODeadline? { schedule.backoffUntil }
    var isBackground: Bool {
        get { schedule.isBackground }
        set { schedule.isBackground = newValue }
    }

    func request(waiter: Int, now: NIODeadline) -> RunSchedule.Decision { schedule.request(waiter: waiter, now: now) }
    func tick(now: NIODeadline) -> Int? { schedule.tick(now: now) }
    func expired(waiter: Int, now: NIODeadline) -> RunSchedule.Expiry { schedule.expired(waiter: waiter, now: now) }
    func expired(run: Int, now: NIODeadline) -> RunSchedule.Expiry { schedule.expired(run: run, now: now) }
    func queued() { schedule.queued() }
    func began(run: Int) { schedule.began(run: run) }
    func forgive() { schedule.forgive() }
    func abandon() -> Set<Int> { schedule.abandon() }

    func finished(run: Int, isSuccess: Bool, now: NIODeadline) -> Set<Int>? {
        schedule.finished(run: run, isSuccess: isSuccess, now: now)
    }
}
