/// Samples with those of each series together and in the order of time, as both messages want them.
struct SampleGroups {
    let samples: [SeriesSample]
    /// Where the samples of each series begin, and the end of the last.
    private(set) var starts: [Int] = []

    init(_ samples: [SeriesSample]) {
        // What one collection left is in this order already.
        var isGrouped = true
        for (first, second) in zip(samples, samples.dropFirst()) where first.series >= second.series {
            isGrouped = false
            break
        }
        self.samples =
            isGrouped
            ? samples
            : samples.sorted { ($0.series, $0.timestamp) < ($1.series, $1.timestamp) }
        var last: Int64?
        for (place, sample) in self.samples.enumerated() where sample.series != last {
            starts.append(place)
            last = sample.series
        }
        starts.append(self.samples.count)
    }

    var count: Int { starts.count - 1 }

    /// The samples of one series.
    subscript(group: Int) -> ArraySlice<SeriesSample> { samples[starts[group]..<starts[group + 1]] }
}

/// Where messages find what belongs to the numbers of series and families.
package protocol SeriesCatalog {
    mutating func series(_ number: Int64) -> SeriesRecord?
    mutating func metadata(ofFamily number: Int64) -> MetricMetadata?
}

/// One message, ready to be sent.
package struct WriteMessage: Sendable {
    package let writeProtocol: WriteProtocol
    /// Compressed.
    package let body: [UInt8]
    package let sampleCount: Int
    /// Samples left out because nothing is known of their series any more.
    package let lostCount: Int
    package let uncompressedCount: Int
}
