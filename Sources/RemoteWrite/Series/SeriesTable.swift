/// Knows the series of one endpoint: which samples belong to which, when each was last sent, and which have ended.
///
/// A sample comes with its name and the text of its labels as an exposition has them. What the series is called after
/// relabelling is worked out once; from then on it is found by that text. Pure: numbers and times come from outside.
package struct SeriesTable {
    /// A sample's name and labels as they come in.
    struct Source {
        var hash: UInt64
        var section: Int32
        var labels: [UInt8]
        /// What it is sent as.
        var target: Target
        /// The collection of its part that it was seen in last.
        var generation: UInt32 = 0
    }

    enum Target: Equatable {
        /// A place among the series, and the series that was there then.
        case series(place: Int, number: Int64)
        /// Left out by the rules.
        case relabelled
        /// Not fit to be sent.
        case invalid
    }

    struct Series {
        /// 0 where the place is free.
        var number: Int64
        var record: SeriesRecord
        let shard: Int
        /// The source that feeds it; nil after a restart, until one comes.
        var owner: Int?
        var lastTime: Int64
        /// True for samples that brought their own time: those get no stale marker.
        let hasOwnTime: Bool
    }

    /// Samples of one name and family, from one part.
    struct Section {
        struct Key: Hashable {
            let part: Int
            let name: String
            let family: MetricMetadata
        }

        let key: Key
        /// Sources that it has.
        var count = 0
    }

    struct Part {
        let name: String
        var labels: [Label]
        var generation: UInt32 = 0
        var sources: [Int] = []
        /// Series from before the restart.
        var orphans: [(place: Int, number: Int64)] = []
    }

    let shards: Int
    /// Sources that are known at the same time.
    let limit: Int
    let rowLimit: RowLimit
    let relabel: (inout [Label]) -> Bool
    var sources: [Source] = []
    var freeSources: [Int] = []
    var index = SourceIndex()
    var series: [Series] = []
    var freeSeries: [Int] = []
    var byLabels: [LabelSet: Int] = [:]
    var byNumber: [Int64: Int] = [:]
    var parts: [Part] = []
    var partNumbers: [String: Int] = [:]
    var sections: [Section] = []
    var sectionNumbers: [Section.Key: Int] = [:]
    var freeSections: [Int] = []
    var families = FamilyTable()
    var nextSeries: Int64
    var intake: Intake
    /// Series that their part no longer has, since when.
    var ending: [(place: Int, number: Int64, time: Int64)] = []

    // The collection that is being taken in.
    var part = 0
    var time: Int64 = 0
    var section = 0

    /// `relabel` changes labels and answers false for a series that is not to be sent.
    package init(
        shards: Int,
        limit: Int,
        rowLimit: RowLimit,
        nextSeries: Int64 = 1,
        nextFamily: Int64 = 1,
        relabel: @escaping (inout [Label]) -> Bool
    ) {
        self.shards = shards
        self.limit = limit
        self.rowLimit = rowLimit
        self.relabel = relabel
        self.nextSeries = nextSeries
        families.next = nextFamily
        intake = Intake(shards: shards, limit: rowLimit)
    }

    /// Series that are known.
    package var count: Int { byNumber.count }

    /// The families of the series, for 1.0's metadata.
    package var metadata: [MetricMetadata] { families.all }

    package func record(_ number: Int64) -> SeriesRecord? { byNumber[number].map { series[$0].record } }

    package func metadata(ofFamily number: Int64) -> MetricMetadata? { families[number] }

    package mutating func drop(_ reason: DropReason, _ count: Int = 1) {
        intake.dropped[reason, default: 0] += count
    }

    /// All series and families, for a queue that has lost them.
    package var everything: Intake {
        var all = Intake(shards: shards, limit: rowLimit)
        all.newFamilies = families.numbered
        all.newSeries = parts.indices.flatMap { part in
            let own = parts[part].sources.compactMap { source -> Int? in
                guard case .series(let place, let number) = sources[source].target, series[place].number == number,
                    series[place].owner == source
                else { return nil }
                return place
            }
            let orphans = parts[part].orphans.filter { series[$0.place].number == $0.number }.map(\.place)
            return (own + orphans).map {
                Intake.NewSeries(number: series[$0].number, record: series[$0].record, part: parts[part].name)
            }
        }
        return all
    }

    // MARK: Before a restart

    /// Takes up all that a queue knows from before.
    package mutating func restore(_ known: SampleQueue.Restored) {
        nextSeries = known.nextSeries
        families.next = known.nextFamily
        for (number, metadata) in known.families { restore(family: number, metadata) }
        for one in known.series { restore(one, lastTime: known.lastTime) }
    }

    /// Takes up a family that was known before the restart; its series come after it.
    package mutating func restore(family number: Int64, _ metadata: MetricMetadata) {
        families.restore(number, metadata)
    }

    /// Takes up a series that was known before the restart.
    ///
    /// It goes on when a sample of it comes, and ends when its part is collected without one.
    package mutating func restore(_ known: Intake.NewSeries, lastTime: Int64) {
        guard byLabels[known.record.labels] == nil else { return intake.ended.append(known.number) }
        let number = partNumber(known.part)
        let place = insert(known.number, known.record, lastTime: lastTime, hasOwnTime: false)
        parts[number].orphans.append((place, known.number))
    }

    func shard(of labels: LabelSet) -> Int { Int(labels.hash % UInt64(shards)) }
}

/// The families of known series; one without series is forgotten.
struct FamilyTable {
    private var numbers: [MetricMetadata: Int64] = [:]
    private var known: [Int64: (metadata: MetricMetadata, series: Int)] = [:]
    var next: Int64 = 1

    var all: [MetricMetadata] { known.values.map(\.metadata) }
    var numbered: [(number: Int64, metadata: MetricMetadata)] { known.map { ($0.key, $0.value.metadata) } }

    subscript(number: Int64) -> MetricMetadata? { known[number]?.metadata }

    mutating func restore(_ number: Int64, _ metadata: MetricMetadata) {
        guard numbers[metadata] == nil else { return }
        numbers[metadata] = number
        known[number] = (metadata, 0)
    }

    /// The number of a family, and whether it is new.
    mutating func number(of metadata: MetricMetadata) -> (Int64, isNew: Bool) {
        if let number = numbers[metadata] { return (number, false) }
        defer { next += 1 }
        numbers[metadata] = next
        known[next] = (metadata, 0)
        return (next, true)
    }

    mutating func retain(_ number: Int64) { known[number]?.series += 1 }

    mutating func release(_ number: Int64) {
        guard let family = known[number] else { return }
        known[number]?.series -= 1
        guard family.series <= 1 else { return }
        known[number] = nil
        numbers[family.metadata] = nil
    }
}
