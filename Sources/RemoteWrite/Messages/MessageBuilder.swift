/// Builds the messages of both protocols; keeps its buffers and symbols from one to the next.
package struct MessageBuilder {
    private var writer = WireWriter()
    private var series = WireWriter()
    private var symbols = SymbolTable()

    package init() {}

    package mutating func message(
        _ writeProtocol: WriteProtocol,
        _ samples: [SeriesSample],
        _ catalog: inout some SeriesCatalog
    ) -> WriteMessage {
        let groups = SampleGroups(Self.joiningReturned(samples, &catalog))
        let lost =
            switch writeProtocol {
            case .v1: writeV1(groups, &catalog)
            case .v2: writeV2(groups, &catalog)
            }
        return WriteMessage(
            writeProtocol: writeProtocol,
            body: Snappy.compress(writer.bytes),
            sampleCount: samples.count - lost,
            lostCount: lost,
            uncompressedCount: writer.bytes.count
        )
    }

    /// Gives the samples of a series that ended and began anew one number: no message has the same labels twice.
    private static func joiningReturned(
        _ samples: [SeriesSample],
        _ catalog: inout some SeriesCatalog
    ) -> [SeriesSample] {
        guard samples.contains(where: { $0.bits == SeriesSample.staleMarker }) else { return samples }
        var numbers: [LabelSet: Int64] = [:]
        var others: [Int64: Int64] = [:]
        for number in Set(samples.map(\.series)).sorted() {
            guard let labels = catalog.series(number)?.labels else { continue }
            if let first = numbers[labels] { others[number] = first } else { numbers[labels] = number }
        }
        guard !others.isEmpty else { return samples }
        return samples.map { sample in
            others[sample.series].map { .init(series: $0, timestamp: sample.timestamp, bits: sample.bits) } ?? sample
        }
    }

    /// A message of 1.0 with metadata only.
    package mutating func metadata(_ families: [MetricMetadata]) -> WriteMessage {
        writer.removeAll()
        for family in families {
            var one = WireWriter()
            if family.kind != .unknown { one.field(1, varint: UInt64(family.kind.rawValue)) }
            one.field(2, bytes: family.name.utf8)
            if !family.help.isEmpty { one.field(4, bytes: family.help.utf8) }
            if !family.unit.isEmpty { one.field(5, bytes: family.unit.utf8) }
            writer.field(3, bytes: one.bytes)
        }
        return WriteMessage(
            writeProtocol: .v1,
            body: Snappy.compress(writer.bytes),
            sampleCount: 0,
            lostCount: 0,
            uncompressedCount: writer.bytes.count
        )
    }

    // MARK: 1.0

    private mutating func writeV1(_ groups: SampleGroups, _ catalog: inout some SeriesCatalog) -> Int {
        writer.removeAll()
        var lost = 0
        for group in 0..<groups.count {
            let samples = groups[group]
            guard let first = samples.first, let record = catalog.series(first.series) else {
                lost += samples.count
                continue
            }
            let size = samples.reduce(record.labels.bytes.count) { $0 + WireWriter.size(content: Self.size(of: $1)) }
            writer.key(1, .lengthDelimited)
            writer.varint(UInt64(size))
            writer.append(record.labels.bytes)
            for sample in samples { Self.write(sample, to: &writer) }
        }
        return lost
    }

    @inline(__always)
    private static func size(of sample: SeriesSample) -> Int {
        let value = sample.bits == 0 ? 0 : 9
        return sample.timestamp == 0 ? value : value + 1 + WireWriter.size(UInt64(bitPattern: sample.timestamp))
    }

    /// The same in both protocols: value in field 1, timestamp in field 2, of a message in field 2.
    @inline(__always)
    private static func write(_ sample: SeriesSample, to writer: inout WireWriter) {
        writer.key(2, .lengthDelimited)
        writer.varint(UInt64(size(of: sample)))
        if sample.bits != 0 { writer.field(1, fixed64: sample.bits) }
        if sample.timestamp != 0 { writer.field(2, varint: UInt64(bitPattern: sample.timestamp)) }
    }

    // MARK: 2.0

    private mutating func writeV2(_ groups: SampleGroups, _ catalog: inout some SeriesCatalog) -> Int {
        series.removeAll()
        symbols.beginMessage()
        var lost = 0
        var one = WireWriter()
        for group in 0..<groups.count {
            let samples = groups[group]
            guard let first = samples.first, let record = catalog.series(first.series) else {
                lost += samples.count
                continue
            }
            one.removeAll()
            symbols.writeLabels(of: record, first.series, to: &one)
            for sample in samples { Self.write(sample, to: &one) }
            symbols.writeMetadata(ofFamily: record.family, to: &one) { catalog.metadata(ofFamily: $0) }
            series.field(5, bytes: one.bytes)
        }
        writer.removeAll()
        symbols.write(to: &writer)
        writer.append(series.bytes)
        return lost
    }
}
