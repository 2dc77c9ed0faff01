import NIOCore

/// When the background runs of one target are due: at a place within the interval that is the target's own.
///
/// The place follows from the names alone, so that it stays when targets come and go, and hundreds of targets are
/// spread over the interval.
struct RunPhase: Sendable, Equatable {
    /// Time between the first runs of two targets, on average.
    static let firstRunGap = TimeAmount.milliseconds(10)

    /// From 0 to below 1.
    private let place: Double

    /// FNV-1a (draft-eastlake-fnv), its bits mixed by the finalizer of SplitMix64, for names that differ in a digit.
    init(plugin: String, target: String) {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in "\(plugin)\0\(target)".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ hash >> 30) &* 0xBF58_476D_1CE4_E5B9
        hash = (hash ^ hash >> 27) &* 0x94D0_49BB_1331_11EB
        hash ^= hash >> 31
        place = Double(hash >> 11) / Double(1 << 53 as UInt64)
    }

    /// The first run, soon after the plugin was loaded; `count` targets share at most half of the period.
    func first(after now: NIODeadline, every period: TimeAmount, among count: Int) -> NIODeadline {
        let spread = min(Self.firstRunGap.nanoseconds * Int64(count), period.nanoseconds / 2)
        return now + .nanoseconds(Int64(place * Double(spread)))
    }

    /// The second run: half a period or more after the first.
    func second(afterFirst first: NIODeadline, every period: TimeAmount) -> NIODeadline {
        next(after: first + .nanoseconds(period.nanoseconds / 2), every: period)
    }

    /// The first due moment after another one.
    func next(after moment: NIODeadline, every period: TimeAmount) -> NIODeadline {
        let length = UInt64(max(1, period.nanoseconds))
        let offset = UInt64(place * Double(length))
        let past = (moment.uptimeNanoseconds + length - offset % length) % length
        return moment + .nanoseconds(Int64(length - past))
    }
}
