import Testing

@testable import Hub

@Suite struct LogLimiterTests {
    private final class Limiter {
        private var limiter = LogLimiter()

        func admit(_ text: String, at seconds: Double) -> Int? { limiter.admit(text, at: seconds) }
    }

    private let limiter = Limiter()

    @Test func theSameLineIsLoggedOnceInAWhileWithItsCount() {
        #expect(limiter.admit("a", at: 1000) == 0)
        for second in 1...9 { #expect(limiter.admit("a", at: 1000 + Double(second)) == nil) }
        #expect(limiter.admit("a", at: 1299.9) == nil)
        #expect(limiter.admit("a", at: 1300) == 10)
        #expect(limiter.admit("a", at: 1301) == nil)
    }

    @Test func aFloodOfDifferentLinesIsCut() {
        let admitted = (0..<1000).filter { limiter.admit("line \($0)", at: 1000) != nil }
        #expect(admitted == Array(0..<20))
        #expect(limiter.admit("later", at: 1002) == nil)
        #expect(limiter.admit("later", at: 1003.1) == 0)
    }

    @Test func aClockThatStandsStillGivesNoNewLines() {
        for number in 0..<20 { _ = limiter.admit("\(number)", at: 5) }
        #expect(limiter.admit("x", at: 5) == nil)
        #expect(limiter.admit("x", at: 4) == nil)
    }
}

@Suite struct FailureLogTests {
    private let log = RecordedLog()

    @Test func aFailureThatLastsIsLoggedAtEveryDoubling() {
        var failures = FailureLog(plugin: "p", logger: log.logger)
        for _ in 1...5760 { failures.failed(.init(reason: .error, message: "m"), target: "") }
        #expect(log.lines.count == 13)
        #expect(log.lines.first == "warning plugin failed error=m failures=1 plugin=p reason=error")
        #expect(log.lines.last == "warning plugin failed error=m failures=4096 plugin=p reason=error")
    }

    @Test func itsEndIsLoggedOnce() {
        var failures = FailureLog(plugin: "p", logger: log.logger)
        failures.succeeded(target: "t")
        failures.failed(.init(reason: .timeout, message: "m"), target: "t")
        failures.failed(.init(reason: .timeout, message: "m"), target: "t")
        failures.succeeded(target: "t")
        failures.succeeded(target: "t")
        #expect(log.lines.count == 3)
        #expect(log.lines.last == "info plugin works again failures=2 plugin=p target=t")
    }

    @Test func anotherMessageIsLoggedAtOnceButNotForEver() {
        var failures = FailureLog(plugin: "p", logger: log.logger)
        for number in 1...1000 { failures.failed(.init(reason: .error, message: "m\(number)"), target: "") }
        #expect(log.lines.count == 7 + 7)
    }

    @Test func targetsAreLoggedApart() {
        var failures = FailureLog(plugin: "p", logger: log.logger)
        for target in ["a", "b", "a"] { failures.failed(.init(reason: .error, message: target), target: target) }
        #expect(log.lines.count == 3)
        failures.succeeded(target: "a")
        #expect(log.lines.last == "info plugin works again failures=2 plugin=p target=a")
    }

    @Test func moreTargetsThanAreRememberedLogNothing() {
        var failures = FailureLog(plugin: "p", logger: log.logger)
        for number in 0...FailureLog.limit { failures.failed(.init(reason: .error, message: "m"), target: "\(number)") }
        #expect(log.lines.count == FailureLog.limit)
    }
}
