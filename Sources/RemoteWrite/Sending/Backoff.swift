/// How long to wait before a message is sent again.
///
/// Pure: randomness and time come from outside. Durations are in milliseconds.
package struct Backoff: Sendable {
    package struct Limits: Sendable, Equatable {
        package var shortest: Int64
        package var longest: Int64
        /// The longest that a receiver's `Retry-After` is followed.
        package var longestAsked: Int64

        package init(shortest: Int64, longest: Int64, longestAsked: Int64) {
            self.shortest = shortest
            self.longest = longest
            self.longestAsked = longestAsked
        }
    }

    private let limits: Limits
    private var next: Int64

    package init(_ limits: Limits) {
        self.limits = limits
        next = limits.shortest
    }

    /// The wait after one more failure: between half and all of a time that doubles with each.
    ///
    /// `random` lies between 0 and 1; `asked` is what the receiver wants, which counts when it is longer than nothing.
    package mutating func delay(asked: Int64?, random: Double) -> Int64 {
        let base = next
        next = min(limits.longest, next.multipliedReportingOverflow(by: 2).partialValue)
        if let asked, asked > 0 { return min(asked, limits.longestAsked) }
        return base - Int64(Double(base) / 2 * random)
    }

    package mutating func succeeded() { next = limits.shortest }
}
