import Testing

@testable import RemoteWrite

let rowLimit = RowLimit(samples: 100, bytes: 1 << 20)

func makeTable(
    shards: Int = 1,
    limit: Int = 100_000,
    row: RowLimit = rowLimit,
    relabel: @escaping (inout [Label]) -> Bool = { _ in true }
) -> SeriesTable {
    SeriesTable(shards: shards, limit: limit, rowLimit: row, relabel: relabel)
}

/// One sample as a part of the hub has it.
struct Given {
    var name: String
    var labels = ""
    var value = 1.0
    var time: Int64?
    var kind = MetricMetadata.Kind.gauge
}

/// One sample as it is queued: labels as in an exposition, and the value.
struct Queued: Hashable, CustomStringConvertible {
    let series: String
    let time: Int64
    let value: UInt64

    init(_ series: String, _ time: Int64, _ value: Double) { self.init(series, time, bits: value.bitPattern) }

    init(_ series: String, _ time: Int64, bits: UInt64) { (self.series, self.time, value) = (series, time, bits) }

    static func stale(_ series: String, _ time: Int64) -> Queued {
        Queued(series, time, bits: SeriesSample.staleMarker)
    }

    var description: String {
        "\(series) \(value == SeriesSample.staleMarker ? "stale" : "\(Double(bitPattern: value))") \(time)"
    }
}

extension SeriesTable {
    mutating func collect(_ samples: [Given], at time: Int64, labels: [Label] = []) {
        collect("node", samples, at: time, labels: labels)
    }

    mutating func collect(_ part: String, _ samples: [Given], at time: Int64, labels: [Label] = []) {
        begin(part: part, labels: labels, time: time)
        for sample in samples {
            begin(section: sample.name, of: MetricMetadata(name: sample.name, kind: sample.kind))
            Array(sample.labels.utf8).withUnsafeBytes { add(labels: $0, value: sample.value, time: sample.time) }
        }
        endPart()
    }
}

/// Remembers what series are called.
struct Names {
    private var names: [Int64: String] = [:]

    mutating func read(_ intake: Intake) -> [Queued] {
        for one in intake.newSeries { names[one.number] = Self.text(one.record.labels) }
        return intake.rows.flatMap { $0 }.flatMap(\.samples).map { sample in
            Queued(names[sample.series] ?? "?", sample.timestamp, bits: sample.bits)
        }
    }

    static func text(_ labels: LabelSet) -> String {
        labels.labels.map { "\($0.name)=\($0.value)" }.joined(separator: ",")
    }
}

/// A catalog of a few series and families.
struct SmallCatalog: SeriesCatalog {
    var records: [Int64: SeriesRecord] = [:]
    var families: [Int64: MetricMetadata] = [:]

    func series(_ number: Int64) -> SeriesRecord? { records[number] }
    func metadata(ofFamily number: Int64) -> MetricMetadata? { families[number] }
}
