import Exposition
import RemoteWrite

/// What was collected at about the same time, merged as `/metrics` is.
struct CollectedBatch: Sendable {
    /// One target of a plugin, or the hub itself.
    struct Part: Sendable {
        /// Its name, the same in every run of the program.
        let name: String
        /// What its samples get where they lack it.
        let labels: [Label]
        /// Milliseconds since 1970.
        let time: Int64
    }

    /// Samples of all parts; those of parts that are not listed were sent before.
    let merged: MergedExposition
    /// By their blocks' origin.
    var parts: [Int: Part] = [:]
    /// Names of parts that are gone.
    var ended: [String] = []
    /// Names of all parts there are; nil when that is not known.
    var existing: Set<String>?
    /// Milliseconds since 1970, of what has ended.
    var time: Int64

    var sampleCount: Int {
        merged.families.reduce(0) { $0 + $1.blocks.reduce(0) { $0 + (parts[$1.origin] == nil ? 0 : $1.sampleCount) } }
    }
}

extension SeriesTable {
    /// Takes in all that is new in a batch.
    mutating func take(_ batch: CollectedBatch) {
        var blocks: [Int: [(family: MergedFamily, block: Int)]] = [:]
        for family in batch.merged.families {
            for (number, block) in family.blocks.enumerated() where batch.parts[block.origin] != nil {
                blocks[block.origin, default: []].append((family, number))
            }
        }
        for (origin, part) in batch.parts.sorted(by: { $0.key < $1.key }) {
            begin(part: part.name, labels: part.labels, time: part.time)
            for (family, number) in blocks[origin] ?? [] { take(family.blocks[number], of: family.descriptor) }
            endPart()
        }
        for name in batch.ended { end(part: name, time: batch.time) }
        if let existing = batch.existing { endParts(except: existing, time: batch.time) }
    }

    private mutating func take(_ block: MergedBlock, of family: FamilyDescriptor) {
        let metadata = MetricMetadata(
            name: family.name,
            kind: .init(family.kind),
            help: family.help,
            unit: family.unit
        )
        for suffix in block.sampleSuffixes where suffix != .created {
            begin(section: family.sampleName(suffix), of: metadata)
            block.forEachSample(suffix) { labels, value, time in add(labels: labels, value: value, time: time) }
        }
    }
}

extension MetricMetadata.Kind {
    init(_ kind: MetricKind) {
        switch kind {
        case .counter: self = .counter
        case .gauge: self = .gauge
        case .histogram: self = .histogram
        case .gaugehistogram: self = .gaugehistogram
        case .summary: self = .summary
        case .info: self = .info
        case .stateset: self = .stateset
        case .untyped: self = .unknown
        }
    }
}
