import NIOCore
import Testing

@testable import Hub

@Suite struct TargetTableTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    /// A table behind a reference, so that expectations may call what changes it.
    private final class Table {
        var table: TargetTable

        init(limit: Int) {
            table = TargetTable([TargetRunner(name: "one", address: "one", subject: .configured(0))], limit: limit)
        }

        func number(of target: AdHocTarget, now: NIODeadline) -> Int? { table.number(of: target, now: now) }
    }

    private func target(_ number: Int) -> AdHocTarget { AdHocTarget(address: "192.0.2.\(number)", grants: []) }

    @Test func aTargetKeepsItsNumberWhileItIsRemembered() {
        let table = Table(limit: 10)
        let first = table.number(of: target(1), now: start)
        #expect(first != nil && first != 0)
        #expect(table.number(of: target(1), now: start) == first)
        #expect(table.number(of: target(2), now: start) != first)
        #expect(table.table.adHocCount == 2 && table.table.configured == 0..<1)
    }

    @Test func theOneNotAskedForTheLongestGivesWay() {
        let table = Table(limit: 2)
        let first = table.number(of: target(1), now: start)
        _ = table.number(of: target(2), now: start + .seconds(1))
        _ = table.number(of: target(1), now: start + .seconds(2))
        _ = table.number(of: target(3), now: start + .seconds(3))
        #expect(table.table.adHocCount == 2)
        #expect(table.number(of: target(1), now: start + .seconds(4)) == first)
    }

    @Test func targetsThatAreCollectedDoNotGiveWay() throws {
        let table = Table(limit: 2)
        for number in 1...2 {
            let index = try #require(table.number(of: target(number), now: start))
            _ = table.table[index]?.schedule.request(waiter: number, now: start)
        }
        let third = table.number(of: target(3), now: start)
        #expect(third == nil)
        table.table.forgetOld(now: start + .hours(1))
        #expect(table.table.adHocCount == 2)
    }

    @Test func targetsAreForgottenInTime() {
        let table = Table(limit: 10)
        let first = table.number(of: target(1), now: start)
        _ = table.number(of: target(2), now: start + .minutes(5))
        table.table.forgetOld(now: start + TargetTable.lifetime)
        #expect(table.table.adHocCount == 1)
        let again = table.number(of: target(1), now: start + TargetTable.lifetime)
        #expect(again != first)
        table.table.forgetOld(now: start + .hours(24))
        #expect(table.table.adHocCount == 0)
        #expect(table.table[0]?.name == "one")
    }

    @Test func configuredTargetsAreNeverForgotten() {
        let table = Table(limit: 1)
        table.table.forget(0)
        table.table.forgetOld(now: start + .hours(24))
        #expect(table.table[0]?.name == "one")
    }

    @Test func aDebugProbesTargetIsNoOthers() {
        let table = Table(limit: 10)
        let runner = TargetRunner(name: "x", subject: .adHoc(target(1)), transcript: RunTranscript())
        let traced = table.table.insert(runner, now: start)
        let other = table.number(of: target(1), now: start)
        #expect(traced != other)
        #expect(table.table.tracedCount == 1)
        if let traced { table.table.forget(traced) }
        #expect(table.table.tracedCount == 0)
        #expect(table.number(of: target(1), now: start) == other)
    }
}
