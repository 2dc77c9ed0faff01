/// One sample: where its escaped labels stand in the block's arena, what its name adds, its value.
///
/// 16 bytes, since a scrape keeps one for each sample.
struct SampleRecord: Sendable {
    let offset: UInt32
    /// Length of the labels in the high 24 bits, the suffix in the low 8.
    private let lengthAndSuffix: UInt32
    let value: Double

    @inline(__always)
    init(labels: LabelSpan, suffix: SampleSuffix, value: Double) {
        offset = labels.offset
        lengthAndSuffix = labels.length << 8 | UInt32(suffix.rawValue)
        self.value = value
    }

    @inline(__always) var labels: LabelSpan { LabelSpan(offset: offset, length: lengthAndSuffix >> 8) }
    @inline(__always) var suffixNumber: Int { Int(lengthAndSuffix & 0xff) }
    var suffix: SampleSuffix { SampleSuffix(rawValue: UInt8(truncatingIfNeeded: lengthAndSuffix)) ?? .none }
}

/// A piece of the arena: label pairs without braces.
struct LabelSpan: Sendable {
    /// A record keeps 24 bits for the length.
    static let maximumLength = 1 << 24 - 1

    let offset: UInt32
    let length: UInt32

    @inline(__always) var start: Int { Int(offset) }
    @inline(__always) var end: Int { Int(offset) &+ Int(length) }
}

/// One metric of a composite kind: its own labels without `le`, `quantile` or state, and its first record.
struct MetricSpan: Sendable {
    let labels: LabelSpan
    let firstRecord: UInt32
}
