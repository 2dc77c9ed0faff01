/// What one collection leaves for the queue.
package struct Intake: Sendable {
    package struct NewSeries: Sendable {
        package let number: Int64
        package let record: SeriesRecord
        /// Which part of the hub it comes from, by the part's name.
        package let part: String
    }

    /// Samples of one shard that go into one message.
    package struct Row: Sendable {
        package var samples: [SeriesSample] = []
        /// About the bytes of the message that it becomes, before compression.
        package var size = 0
        /// Milliseconds, of the youngest sample.
        package var time = Int64.min
    }

    /// By shard, in the order in which they came.
    package var rows: [[Row]]
    private let limit: RowLimit
    package var newSeries: [NewSeries] = []
    package var newFamilies: [(number: Int64, metadata: MetricMetadata)] = []
    /// Series that get no further sample.
    package var ended: [Int64] = []
    package var dropped: [DropReason: Int] = [:]

    package init(shards: Int, limit: RowLimit) {
        rows = Array(repeating: [], count: shards)
        self.limit = limit
    }

    package var sampleCount: Int { rows.reduce(0) { $0 + $1.reduce(0) { $0 + $1.samples.count } } }
    package var isEmpty: Bool { sampleCount == 0 && newSeries.isEmpty && newFamilies.isEmpty && ended.isEmpty }

    /// `size` is about the bytes of the sample with its labels.
    mutating func append(_ sample: SeriesSample, shard: Int, size: Int) {
        let last = rows[shard].count - 1
        let isFull =
            last < 0 || rows[shard][last].samples.count >= limit.samples || rows[shard][last].size >= limit.bytes
        if isFull { rows[shard].append(Row()) }
        let row = rows[shard].count - 1
        rows[shard][row].samples.append(sample)
        rows[shard][row].size += size
        rows[shard][row].time = max(rows[shard][row].time, sample.timestamp)
    }
}

/// What goes into one message at most.
package struct RowLimit: Sendable, Equatable {
    package var samples: Int
    /// Before compression; one sample may go beyond it.
    package var bytes: Int

    package init(samples: Int, bytes: Int) {
        self.samples = samples
        self.bytes = bytes
    }
}

/// Why a sample is not sent.
package enum DropReason: String, Sendable, CaseIterable {
    /// The rules of relabelling leave it out.
    case relabel
    /// Its labels are none that the protocol allows, after relabelling.
    case labels
    /// Relabelling made its labels those of another series.
    case duplicate
    /// It is not younger than the last one of its series.
    case order
    /// There are more series than may be.
    case series
    /// It waited longer than `max_age`.
    case age
    /// The queue was full.
    case size
    /// What was on disk is damaged.
    case corrupt
    /// It could not be written to disk and did not fit into memory.
    case disk
    /// Collections came faster than they could be queued.
    case overload
    /// The receiver refused it.
    case rejected
    /// The receiver says that it wrote fewer samples than it got.
    case unwritten = "not_written"
}
