/// The type of a metric family, by the words of the text formats.
package enum MetricKind: String, Sendable, CaseIterable {
    case counter
    case gauge
    case histogram
    case summary
    case info
    case stateset
    case untyped
    case gaugehistogram

    /// Whether one metric is several samples that only mean something together.
    var isComposite: Bool {
        switch self {
        case .histogram, .summary, .stateset, .gaugehistogram: true
        case .counter, .gauge, .info, .untyped: false
        }
    }

    /// The label that tells the samples of one metric apart; a stateset's is named as its family.
    func memberLabel(family: String) -> String? {
        switch self {
        case .histogram, .gaugehistogram: "le"
        case .summary: "quantile"
        case .stateset: family
        case .counter, .gauge, .info, .untyped: nil
        }
    }

    /// What a sample's name adds to the family's in the text formats.
    var childSuffixes: [SampleSuffix] {
        switch self {
        case .histogram: [.bucket, .sum, .count]
        case .summary: [.sum, .count]
        case .gaugehistogram: [.bucket, .gsum, .gcount]
        case .counter, .gauge, .info, .stateset, .untyped: []
        }
    }
}

/// What a sample's name adds to its family's name.
///
/// A counter declared as `x_total` has the family name `x_total` and samples with `none`.
package enum SampleSuffix: UInt8, Sendable {
    case none
    case total
    case bucket
    case sum
    case count
    case created
    case info
    case gsum
    case gcount

    /// The text after the family's name.
    package var text: String {
        switch self {
        case .none: ""
        case .total: "_total"
        case .bucket: "_bucket"
        case .sum: "_sum"
        case .count: "_count"
        case .created: "_created"
        case .info: "_info"
        case .gsum: "_gsum"
        case .gcount: "_gcount"
        }
    }
}
