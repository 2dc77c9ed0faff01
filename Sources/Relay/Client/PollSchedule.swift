package import NIOCore

/// When to poll again; pure.
package struct PollSchedule: Sendable, Equatable {
    /// Of the waiting times after failures; PushProx's client has the same.
    package var shortest = TimeAmount.seconds(1)
    package var longest = TimeAmount.seconds(5)
    /// A poll that was held this long was cut by a front end or a restart, and says nothing against the relay.
    package var patience = TimeAmount.seconds(5)
    private var failures = 0

    package init() {}

    /// A poll was answered as it should be.
    package mutating func succeeded() { failures = 0 }

    /// How long to wait after a poll that failed.
    ///
    /// - Parameters:
    ///   - lasted: From the poll's start to its failure.
    ///   - jitter: 0 to 1; spreads the polls of many clients after a restart of the relay.
    /// - Returns: The time until the next poll.
    package mutating func failed(lasted: TimeAmount, jitter: Double) -> TimeAmount {
        if lasted >= patience, failures == 0 { return .nanoseconds(Int64(jitter * 100_000_000)) }
        var delay = Double(shortest.nanoseconds)
        for _ in 0..<failures where delay < Double(longest.nanoseconds) { delay *= 1.5 }
        failures += 1
        return .nanoseconds(Int64(min(delay, Double(longest.nanoseconds)) * (0.5 + jitter / 2)))
    }
}
