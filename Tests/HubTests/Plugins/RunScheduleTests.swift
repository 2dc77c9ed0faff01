import NIOCore
import Testing

@testable import Hub

@Suite struct RunScheduleTests {
    private let schedule = SteppedSchedule()
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    @Test func scrapesJoinTheRunUnderWay() {
        #expect(schedule.request(waiter: 1, now: start) == .start(run: 1))
        #expect(schedule.request(waiter: 2, now: start) == .join)
        #expect(schedule.finished(run: 1, isSuccess: true, now: start) == [1, 2])
        #expect(!schedule.isRunning)
        #expect(schedule.request(waiter: 3, now: start) == .start(run: 2))
    }

    @Test func aRunGoesOnForThoseWhoStillWait() {
        _ = schedule.request(waiter: 1, now: start)
        _ = schedule.request(waiter: 2, now: start)
        #expect(schedule.expired(waiter: 1, now: start) == .dropWaiter)
        #expect(schedule.expired(waiter: 1, now: start) == .nothing)
        #expect(schedule.finished(run: 1, isSuccess: true, now: start) == [2])
        #expect(schedule.failuresInARow == 0)
    }

    @Test func theLastWaiterToGiveUpEndsTheRun() {
        _ = schedule.request(waiter: 1, now: start)
        #expect(schedule.expired(waiter: 1, now: start) == .cancel(run: 1, answering: []))
        #expect(schedule.failuresInARow == 1)
        #expect(schedule.request(waiter: 2, now: start) == .overdue)
        #expect(schedule.finished(run: 1, isSuccess: true, now: start) == nil)
        #expect(schedule.failuresInARow == 1)
        #expect(schedule.request(waiter: 3, now: start) == .start(run: 2))
    }

    @Test func aRunThatHasNotBegunIsWithdrawnAndSaysNothingOfTheTarget() {
        _ = schedule.request(waiter: 1, now: start)
        _ = schedule.request(waiter: 2, now: start)
        schedule.queued()
        #expect(schedule.expired(waiter: 1, now: start) == .dropWaiter)
        #expect(schedule.expired(waiter: 2, now: start) == .withdraw(run: 1))
        #expect(schedule.failuresInARow == 0 && !schedule.isRunning)
        #expect(schedule.request(waiter: 3, now: start) == .start(run: 2))
    }

    @Test func aRunWhoseTurnHasComeIsEndedAsAnyOther() {
        _ = schedule.request(waiter: 1, now: start)
        schedule.queued()
        schedule.began(run: 7)
        schedule.began(run: 1)
        #expect(schedule.expired(waiter: 1, now: start) == .cancel(run: 1, answering: []))
        #expect(schedule.failuresInARow == 1)
    }

    @Test func anEndThatComesTwiceOrLateIsIgnored() {
        _ = schedule.request(waiter: 1, now: start)
        #expect(schedule.finished(run: 7, isSuccess: true, now: start) == nil)
        #expect(schedule.finished(run: 1, isSuccess: true, now: start) == [1])
        #expect(schedule.finished(run: 1, isSuccess: true, now: start) == nil)
    }

    @Test func failuresPutRunsOffTwiceAsLongEachTime() {
        var now = start
        var delays: [TimeAmount?] = []
        for run in 1...10 {
            #expect(schedule.request(waiter: run, now: now) == .start(run: run))
            _ = schedule.finished(run: run, isSuccess: false, now: now)
            let delay = schedule.backoffUntil.map { $0 - now }
            delays.append(delay)
            if let delay {
                #expect(schedule.request(waiter: 0, now: now + delay - .nanoseconds(1)) == .serveLast)
                now = now + delay
            }
        }
        #expect(delays == [nil, nil] + [2, 4, 8, 16, 32, 60, 60, 60].map { .seconds($0) })
    }

    @Test func successEndsTheBackoff() {
        for run in 1...3 {
            _ = schedule.request(waiter: run, now: start)
            _ = schedule.finished(run: run, isSuccess: false, now: start)
        }
        let later = start + .seconds(2)
        #expect(schedule.request(waiter: 4, now: later) == .start(run: 4))
        _ = schedule.finished(run: 4, isSuccess: true, now: later)
        #expect(schedule.backoffUntil == nil)
        #expect(schedule.failuresInARow == 0)
    }

    @Test func backoffStaysAtItsCapAfterManyFailures() {
        var now = start
        for run in 1...100 {
            _ = schedule.request(waiter: run, now: now)
            _ = schedule.finished(run: run, isSuccess: false, now: now)
            now = now + .seconds(60)
        }
        #expect(schedule.backoffUntil == now)
    }

    @Test func aNewVersionIsForgivenTheFailuresOfTheOld() {
        for run in 1...5 {
            _ = schedule.request(waiter: run, now: start + .seconds(Int64(run) * 60))
            _ = schedule.finished(run: run, isSuccess: false, now: start + .seconds(Int64(run) * 60))
        }
        schedule.forgive()
        #expect(schedule.request(waiter: 9, now: start + .seconds(300)) == .start(run: 6))
    }

    @Test func aNewVersionDoesNotWaitForARunThatHangs() {
        _ = schedule.request(waiter: 1, now: start)
        _ = schedule.expired(waiter: 1, now: start)
        schedule.forgive()
        #expect(schedule.request(waiter: 2, now: start) == .start(run: 2))
        #expect(schedule.finished(run: 1, isSuccess: true, now: start) == nil)
        #expect(schedule.finished(run: 2, isSuccess: true, now: start) == [2])
    }

    @Test func aNewVersionWaitsForARunWithinItsTime() {
        _ = schedule.request(waiter: 1, now: start)
        schedule.forgive()
        #expect(schedule.request(waiter: 2, now: start) == .join)
        #expect(schedule.finished(run: 1, isSuccess: true, now: start) == [1, 2])
    }

    @Test func theFirstScrapeOfABackgroundTargetWaitsAndLaterOnesDoNot() {
        schedule.isBackground = true
        #expect(schedule.tick(now: start) == 1)
        #expect(schedule.tick(now: start) == nil)
        #expect(schedule.request(waiter: 1, now: start) == .join)
        #expect(schedule.finished(run: 1, isSuccess: true, now: start) == [1])
        #expect(schedule.request(waiter: 2, now: start) == .serveLast)
        #expect(schedule.tick(now: start) == 2)
        #expect(schedule.request(waiter: 3, now: start) == .serveLast)
    }

    @Test func aBackgroundRunOutlivesItsWaiters() {
        schedule.isBackground = true
        _ = schedule.tick(now: start)
        _ = schedule.request(waiter: 1, now: start)
        #expect(schedule.expired(waiter: 1, now: start) == .dropWaiter)
        #expect(schedule.finished(run: 1, isSuccess: true, now: start) == [])
    }

    @Test func aBackgroundRunThatTakesTooLongAnswersWhoWaits() {
        schedule.isBackground = true
        _ = schedule.tick(now: start)
        _ = schedule.request(waiter: 1, now: start)
        #expect(schedule.expired(run: 1, now: start) == .cancel(run: 1, answering: [1]))
        #expect(schedule.expired(run: 1, now: start) == .nothing)
        #expect(schedule.expired(waiter: 1, now: start) == .nothing)
        #expect(schedule.finished(run: 1, isSuccess: false, now: start) == nil)
        #expect(schedule.failuresInARow == 1)
    }

    @Test func backgroundRunsArePutOffToo() {
        schedule.isBackground = true
        for run in 1...3 {
            #expect(schedule.tick(now: start) == run)
            _ = schedule.finished(run: run, isSuccess: false, now: start)
        }
        #expect(schedule.tick(now: start + .seconds(1)) == nil)
        #expect(schedule.tick(now: start + .seconds(2)) == 4)
    }

    @Test func onlySoManyScrapesWait() {
        for waiter in 0..<RunSchedule.waiterLimit { _ = schedule.request(waiter: waiter, now: start) }
        #expect(schedule.request(waiter: -1, now: start) == .overdue)
        #expect(schedule.finished(run: 1, isSuccess: true, now: start)?.count == RunSchedule.waiterLimit)
    }

    @Test func abandoningAnswersEverybody() {
        _ = schedule.request(waiter: 1, now: start)
        _ = schedule.request(waiter: 2, now: start)
        #expect(schedule.abandon() == [1, 2])
        #expect(schedule.abandon() == [])
        #expect(!schedule.isRunning)
        #expect(schedule.finished(run: 1, isSuccess: true, now: start) == nil)
    }
}
