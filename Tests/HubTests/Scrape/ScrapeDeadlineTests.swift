import NIOCore
import Testing

@testable import Hub

@Suite struct ScrapeDeadlineTests {
    /// 10 s without a request, 500 ms margin, at most 120 s.
    private let deadline = ScrapeDeadline(ScrapeConfiguration())

    @Test func withoutARequestTheDefaultHoldsLessTheMargin() {
        #expect(deadline.limit(asked: nil) == .milliseconds(9500))
    }

    @Test(arguments: [
        (Duration.seconds(5), TimeAmount.milliseconds(4500)), (.milliseconds(1000), .milliseconds(500)),
        (.milliseconds(600), .milliseconds(300)), (.milliseconds(10), .milliseconds(5)), (.zero, .zero),
        (.seconds(3600), .milliseconds(119_500)), (.seconds(Int64.max), .milliseconds(119_500)),
    ])
    func whatTheClientWaitsHoldsLessTheMargin(asked: Duration, limit: TimeAmount) {
        #expect(deadline.limit(asked: asked) == limit)
    }

    @Test func durationsThatDoNotFitAreVeryLong() {
        #expect(TimeAmount(Duration.seconds(Int64.max)) > .hours(24 * 365 * 100))
        #expect(TimeAmount(Duration.milliseconds(1500)) == .milliseconds(1500))
    }
}
