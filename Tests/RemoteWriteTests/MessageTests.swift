import SwiftProtobuf
import Testing

@testable import RemoteWrite

@Suite struct MessageTests {
    private let catalog: SmallCatalog

    init() throws {
        let up = try #require(LabelSet([Label("__name__", "up"), Label("job", "node")]))
        let total = try #require(LabelSet([Label("__name__", "x_total"), Label("job", "node"), Label("Ä", "")]))
        catalog = SmallCatalog(
            records: [1: SeriesRecord(labels: up, family: 1), 2: SeriesRecord(labels: total, family: 2)],
            families: [
                1: MetricMetadata(name: "up", kind: .gauge),
                2: MetricMetadata(name: "x_total", kind: .counter, help: "All\n\"x\".", unit: "bytes"),
            ]
        )
    }

    private let samples = [
        SeriesSample(series: 2, timestamp: 2000, value: .infinity),
        SeriesSample(series: 1, timestamp: 1000, value: 0),
        SeriesSample(series: 2, timestamp: 1000, value: -0.0),
        SeriesSample(series: 1, timestamp: 2000, bits: SeriesSample.staleMarker),
        SeriesSample(series: 1, timestamp: 3000, value: .nan),
        SeriesSample(series: 1, timestamp: -5, value: 1e-300),
        SeriesSample(series: 7, timestamp: 1, value: 1),
    ]

    private func plain(_ message: WriteMessage) throws -> [UInt8] {
        try #require(Snappy.decompress(message.body, limit: 1 << 20))
    }

    @Test func theGeneratedCodeReadsMessagesOf1() throws {
        var builder = MessageBuilder()
        var catalog = catalog
        let message = builder.message(.v1, samples, &catalog)
        let request = try Prometheus_WriteRequest(serializedBytes: try plain(message))
        #expect(
            request.timeseries.map { $0.labels.map { "\($0.name)=\($0.value)" } } == [
                ["__name__=up", "job=node"], ["__name__=x_total", "job=node"],
            ]
        )
        #expect(request.timeseries.map { $0.samples.map(\.timestamp) } == [[-5, 1000, 2000, 3000], [1000, 2000]])
        let bits = request.timeseries.map { $0.samples.map(\.value.bitPattern) }
        #expect(
            bits == [
                [(1e-300).bitPattern, 0, 0x7FF0_0000_0000_0002, 0x7FF8_0000_0000_0001],
                [(-0.0).bitPattern, Double.infinity.bitPattern],
            ]
        )
        #expect(message.sampleCount == 6)
        #expect(message.lostCount == 1)
        #expect(try request.serializedBytes() == plain(message))
    }

    @Test func theGeneratedCodeReadsMessagesOf2() throws {
        var builder = MessageBuilder()
        var catalog = catalog
        // The second message shows that symbols are those of its own.
        _ = builder.message(.v2, samples, &catalog)
        let message = builder.message(.v2, samples, &catalog)
        let request = try Io_Prometheus_Write_V2_Request(serializedBytes: try plain(message))
        #expect(request.symbols == ["", "__name__", "up", "job", "node", "x_total", "All\n\"x\".", "bytes"])
        #expect(request.timeseries.map(\.labelsRefs) == [[1, 2, 3, 4], [1, 5, 3, 4]])
        #expect(request.timeseries.map(\.metadata.type) == [.gauge, .counter])
        #expect(request.timeseries[1].metadata.helpRef == 6)
        #expect(request.timeseries[1].metadata.unitRef == 7)
        #expect(request.timeseries[0].metadata.helpRef == 0)
        #expect(request.timeseries.map { $0.samples.map(\.timestamp) } == [[-5, 1000, 2000, 3000], [1000, 2000]])
        #expect(request.timeseries[0].samples[2].value.bitPattern == 0x7FF0_0000_0000_0002)
        #expect(try request.serializedBytes() == plain(message))
    }

    @Test func theGeneratedCodeReadsMetadataOf1() throws {
        var builder = MessageBuilder()
        let message = builder.metadata(catalog.families.sorted { $0.key < $1.key }.map(\.value))
        let request = try Prometheus_WriteRequest(serializedBytes: try plain(message))
        #expect(request.timeseries.isEmpty)
        #expect(request.metadata.map(\.metricFamilyName) == ["up", "x_total"])
        #expect(request.metadata.map(\.type) == [.gauge, .counter])
        #expect(request.metadata[1].help == "All\n\"x\".")
        #expect(request.metadata[1].unit == "bytes")
        #expect(try request.serializedBytes() == plain(message))
    }

    @Test func aSeriesThatEndedAndCameBackIsThereOnce() throws {
        var builder = MessageBuilder()
        var catalog = catalog
        catalog.records[3] = catalog.records[1]
        let samples = [
            SeriesSample(series: 1, timestamp: 1, value: 1),
            SeriesSample(series: 1, timestamp: 2, bits: SeriesSample.staleMarker),
            SeriesSample(series: 2, timestamp: 2, value: 1),
            SeriesSample(series: 3, timestamp: 3, value: 2),
        ]
        let request = try Prometheus_WriteRequest(serializedBytes: try plain(builder.message(.v1, samples, &catalog)))
        #expect(request.timeseries.map { $0.samples.map(\.timestamp) } == [[1, 2, 3], [2]])
    }

    @Test func labelsAreSortedByBytesAndNeverEmptyOrReserved() throws {
        let set = try #require(
            LabelSet([
                Label("b", "1"), Label("__name__", "x"), Label("B", "2"), Label("a", ""), Label("__tmp", "3"),
                Label("_c", "ü\"\n"),
            ])
        )
        #expect(set.labels == [Label("B", "2"), Label("__name__", "x"), Label("_c", "ü\"\n"), Label("b", "1")])
        #expect(LabelSet(encoded: set.bytes) == set)
    }

    @Test(arguments: [
        [Label("__name__", "x"), Label("a", "1"), Label("a", "2")],
        [Label("a", "1")],
        [Label("__name__", "0x")],
        [Label("__name__", "x.y")],
        [Label("__name__", "x"), Label("a-b", "1")],
        [Label("__name__", "x"), Label("", "1")],
        [],
    ])
    func labelsThatTheProtocolForbidsAreNone(labels: [Label]) {
        #expect(LabelSet(labels) == nil)
    }

    @Test func damagedLabelsAreNone() throws {
        let good = try #require(LabelSet([Label("__name__", "x"), Label("a", "1")])).bytes
        for length in 0..<good.count where length != 15 { #expect(LabelSet(encoded: Array(good[..<length])) == nil) }
        for place in good.indices {
            var bad = good
            bad[place] = 0xFF
            _ = LabelSet(encoded: bad)
        }
    }

    @Test func veryLongLabelsAndManySeriesAreWritten() throws {
        var builder = MessageBuilder()
        var catalog = SmallCatalog()
        for number in 1...3000 {
            let labels = [
                Label("__name__", "x"), Label("n", "\(number)"), Label("long", String(repeating: "ä", count: 9000)),
            ]
            catalog.records[Int64(number)] = SeriesRecord(labels: try #require(LabelSet(labels)), family: 1)
        }
        let samples = (1...3000).map { SeriesSample(series: Int64($0), timestamp: 1, value: Double($0)) }
        let message = builder.message(.v2, samples, &catalog)
        let request = try Io_Prometheus_Write_V2_Request(
            serializedBytes: try #require(Snappy.decompress(message.body, limit: 1 << 26))
        )
        #expect(request.timeseries.count == 3000)
        #expect(request.symbols.count == 3000 + 6)
    }
}
