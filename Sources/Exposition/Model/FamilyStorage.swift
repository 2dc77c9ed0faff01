/// The parts of a block behind one reference.
///
/// Only `FamilyBlock` writes to it, and only while it holds the one reference.
final class FamilyStorage: @unchecked Sendable {
    struct Contents {
        var descriptor: FamilyDescriptor
        /// Label pairs `a="x",b="y"`, one after the other.
        var arena: [UInt8] = []
        var records: [SampleRecord] = []
        /// Milliseconds since 1970 for each record, `noTimestamp` where none was given; empty while no sample has one.
        var timestamps: [Int64] = []
        /// The metrics of a composite kind in the order of their records; empty for the others.
        var metrics: [MetricSpan] = []
        /// By labels: records, or metrics of a composite kind.
        var index = LabelIndex()
        /// Whether a label name stands in quotes in the arena.
        var hasQuotedNames = false
        /// Whether OpenMetrics has room for every sample under the family's kind: no NaN in counts, `+Inf` last, a sum.
        var fitsOpenMetrics = true
    }

    var contents: Contents

    init(_ contents: Contents) { self.contents = contents }
}

extension FamilyBlock {
    package internal(set) var descriptor: FamilyDescriptor {
        @inline(__always) _read { yield contents.descriptor }
        @inline(__always) _modify { yield &contents.descriptor }
    }

    var arena: [UInt8] {
        @inline(__always) _read { yield contents.arena }
        @inline(__always) _modify { yield &contents.arena }
    }

    var records: [SampleRecord] {
        @inline(__always) _read { yield contents.records }
        @inline(__always) _modify { yield &contents.records }
    }

    var timestamps: [Int64] {
        @inline(__always) _read { yield contents.timestamps }
        @inline(__always) _modify { yield &contents.timestamps }
    }

    var metrics: [MetricSpan] {
        @inline(__always) _read { yield contents.metrics }
        @inline(__always) _modify { yield &contents.metrics }
    }

    var index: LabelIndex {
        @inline(__always) _read { yield contents.index }
        @inline(__always) _modify { yield &contents.index }
    }

    var hasQuotedNames: Bool {
        @inline(__always) _read { yield contents.hasQuotedNames }
        @inline(__always) _modify { yield &contents.hasQuotedNames }
    }

    var fitsOpenMetrics: Bool {
        @inline(__always) _read { yield contents.fitsOpenMetrics }
        @inline(__always) _modify { yield &contents.fitsOpenMetrics }
    }
}
