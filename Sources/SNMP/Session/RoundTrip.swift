/// How long an agent takes to answer (RFC 6298 §2), in seconds.
struct RoundTrip: Sendable {
    /// What is waited for at least before a request is taken for lost.
    static let shortest = 0.2

    private var smoothed: Double
    private var variation: Double

    init(_ first: Double) {
        smoothed = first
        variation = first / 2
    }

    mutating func add(_ sample: Double) {
        variation += (abs(smoothed - sample) - variation) / 4
        smoothed += (sample - smoothed) / 8
    }

    /// After which an answer has probably been lost.
    var patience: Duration { .seconds(max(Self.shortest, smoothed + 4 * variation)) }
}
