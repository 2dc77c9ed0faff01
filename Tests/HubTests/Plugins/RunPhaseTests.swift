import NIOCore
import Testing

@testable import Hub

@Suite struct RunPhaseTests {
    private let period = TimeAmount.seconds(60)
    private let start = NIODeadline.uptimeNanoseconds(1_234_567_890_123)

    private func phase(_ number: Int) -> RunPhase { RunPhase(plugin: "rtx", target: "192.168.0.\(number)") }

    @Test func theMomentsAreOnePeriodApart() {
        for number in 0..<100 {
            let first = phase(number).next(after: start, every: period)
            #expect(first > start && first - start <= period)
            #expect(phase(number).next(after: first, every: period) - first == period)
            #expect(phase(number).next(after: first - .nanoseconds(1), every: period) == first)
        }
    }

    @Test func theMomentDependsOnTheNamesAlone() {
        #expect(phase(7) == phase(7))
        #expect(phase(7) != phase(8))
        #expect(RunPhase(plugin: "a", target: "b") != RunPhase(plugin: "ab", target: ""))
    }

    @Test func hundredsOfTargetsAreSpreadOverThePeriod() {
        var counts = [Int](repeating: 0, count: 10)
        for number in 0..<500 {
            let wait = phase(number).next(after: start, every: period) - start
            counts[min(9, Int(10 * wait.nanoseconds / period.nanoseconds))] += 1
        }
        // 50 each on average; a fair draw stays within four standard deviations.
        #expect(counts.allSatisfy { (23...77).contains($0) }, "\(counts)")
    }

    @Test func theFirstRunsComeSoonAndTheSecondHalfAPeriodLaterAtLeast() {
        for number in 0..<500 {
            let first = phase(number).first(after: start, every: period, among: 500)
            #expect(first - start < .seconds(5))
            let second = phase(number).second(afterFirst: first, every: period)
            #expect(second - first > .seconds(30) && second - first <= .seconds(90))
        }
        #expect(phase(1).first(after: start, every: period, among: 1) - start < .milliseconds(10))
        #expect(phase(1).first(after: start, every: .seconds(1), among: 10_000) - start < .milliseconds(500))
    }
}
