import NIOCore
import Testing

@testable import Hub

/// Any order of events answers every waiter exactly once.
@Suite struct RunSchedulePropertyTests {
    @Test func everyWaiterIsAnsweredOnce() {
        for seed in 0..<300 as Range<UInt64> {
            var play = Play(seed: seed)
            for _ in 0..<400 { play.step() }
            play.end()
            #expect(play.problems == [], "seed \(seed)")
            #expect(play.open == [], "seed \(seed)")
            #expect(play.answered > 100, "seed \(seed)")
        }
    }
}

/// A supervisor without threads that plays random events against a schedule.
private struct Play {
    private var schedule = RunSchedule()
    private var random: SplitMix
    private var now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private var nextWaiter = 0
    /// Runs whose end has not been reported.
    private var runs: [Int] = []
    private(set) var open: Set<Int> = []
    private(set) var answered = 0
    private(set) var problems: [String] = []

    init(seed: UInt64) {
        random = SplitMix(state: seed)
        schedule.isBackground = seed % 3 == 0
    }

    mutating func step() {
        now = now + .milliseconds(Int64.random(in: 0...5000, using: &random))
        switch Int.random(in: 0..<21, using: &random) {
        case 0...8: request()
        case 9...11: expireWaiter()
        case 12...15: finish()
        case 16: if let run = schedule.tick(now: now) { runs.append(run) }
        case 17: expireRun()
        case 18: schedule.forgive()
        case 19: if let run = runs.last { schedule.began(run: run) }
        default: schedule.isBackground.toggle()
        }
        if schedule.waiters != open { problems.append("waiters \(schedule.waiters), expected \(open)") }
    }

    mutating func end() {
        for run in runs { settle(schedule.finished(run: run, isSuccess: true, now: now) ?? []) }
        settle(schedule.abandon())
    }

    private mutating func request() {
        nextWaiter += 1
        open.insert(nextWaiter)
        switch schedule.request(waiter: nextWaiter, now: now) {
        case .start(let run):
            runs.append(run)
            if Bool.random(using: &random) { schedule.queued() }
        case .join: if !schedule.isRunning { problems.append("joined no run") }
        case .serveLast, .overdue: settle([nextWaiter])
        }
    }

    private mutating func expireWaiter() {
        guard let waiter = open.randomElement(using: &random) else { return }
        let expiry = schedule.expired(waiter: waiter, now: now)
        if expiry == .nothing { problems.append("waiter \(waiter) was forgotten") }
        settle([waiter])
        cancel(expiry)
        if schedule.expired(waiter: waiter, now: now) != .nothing { problems.append("\(waiter) expired twice") }
    }

    private mutating func expireRun() {
        guard let run = runs.randomElement(using: &random) else { return }
        cancel(schedule.expired(run: run, now: now))
    }

    private mutating func cancel(_ expiry: RunSchedule.Expiry) {
        switch expiry {
        case .cancel(let run, let waiters):
            if !runs.contains(run) { problems.append("cancelled run \(run), which has ended") }
            settle(waiters)
        case .withdraw(let run):
            if !runs.contains(run) { problems.append("withdrew run \(run), which has ended") }
            runs.removeAll { $0 == run }
        case .dropWaiter, .nothing: break
        }
    }

    private mutating func finish() {
        guard let index = runs.indices.randomElement(using: &random) else { return }
        let run = runs.remove(at: index)
        settle(schedule.finished(run: run, isSuccess: Bool.random(using: &random), now: now) ?? [])
    }

    private mutating func settle(_ waiters: Set<Int>) {
        for waiter in waiters {
            if open.remove(waiter) == nil { problems.append("waiter \(waiter) was answered twice") }
            answered += 1
        }
    }
}

/// The generator of Steele, Lea and Flood (2014); the same seed plays the same events.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
