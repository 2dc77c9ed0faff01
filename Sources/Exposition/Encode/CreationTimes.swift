extension MergedExposition {
    /// The same with gauges `x_created` among the samples of `x`, where OpenMetrics has the times of creation.
    ///
    /// The text formats have no other room for them, and the Python client pushes and serves them so; left as they are
    /// they would cost counters, histograms and summaries their types. It is done where all samples of the gauge belong
    /// to metrics of one family, so that none is lost.
    func joiningCreationTimes() -> MergedExposition {
        let joins = creationTimes()
        guard !joins.isEmpty else { return self }
        let all = joining(joins)
        let plan = OpenMetricsPlan(all.families)
        // Families of no type have no times of creation.
        let typed = joins.filter { plan.presentation(of: $0.whole).type != "unknown" }
        return typed.count == joins.count ? all : joining(typed)
    }

    /// A family with its times, by the numbers of both.
    private struct Join {
        let parent: Int
        let times: Int
        let whole: MergedFamily
    }

    private func creationTimes() -> [Join] {
        let directory = FamilyDirectory(families)
        return families.indices.compactMap { number in
            guard let parent = directory.parent(ofTimes: families[number].descriptor),
                let whole = families[parent].joining(CreationTimes(families[number]))
            else { return nil }
            return Join(parent: parent, times: number, whole: whole)
        }
    }

    private func joining(_ joins: [Join]) -> MergedExposition {
        let wholes = Dictionary(joins.map { ($0.parent, $0.whole) }) { first, _ in first }
        let gone = Set(joins.map(\.times))
        let left = families.indices.filter { !gone.contains($0) }.map { wholes[$0] ?? families[$0] }
        return MergedExposition(families: left, conflicts: conflicts)
    }
}

extension FamilyDirectory {
    /// The counter `x_total`, histogram `x` or summary `x` of a gauge `x_created`; nil when there are none or two.
    fileprivate func parent(ofTimes times: FamilyDescriptor) -> Int? {
        guard times.kind == .gauge, let base = times.name.droppingSuffix("_created") else { return nil }
        let counter = family(named: base + "_total", of: [.counter])
        let whole = family(named: base, of: [.histogram, .summary])
        return counter == nil ? whole : whole == nil ? counter : nil
    }
}

extension MergedFamily {
    /// The family with a time at the end of each metric that has one; nil when a time is left over or there already.
    fileprivate func joining(_ times: CreationTimes) -> MergedFamily? {
        var times = times
        var copy = self
        for number in blocks.indices { copy.blocks[number] = blocks[number].joining(&times) }
        return times.isUsedUp ? copy : nil
    }
}

/// The samples of a gauge `x_created`, by their labels, until their metrics are found.
private struct CreationTimes {
    struct Time {
        let seconds: Double
        /// Of the sample, in milliseconds; `noTimestamp` where it has none.
        let timestamp: Int64
    }

    private var times: [[UInt8]: Time] = [:]
    /// A metric has two of them.
    private var isAmbiguous = false

    init(_ family: MergedFamily) {
        for entry in family.blocks {
            let block = entry.block
            for number in block.records.indices where entry.skipped?.contains(number) != true {
                let record = block.records[number]
                times[Array(block.arena[record.labels.start..<record.labels.end])] = Time(
                    seconds: record.value,
                    timestamp: block.timestamp(at: number) ?? FamilyBlock.noTimestamp
                )
            }
        }
    }

    var isUsedUp: Bool { times.isEmpty && !isAmbiguous }

    mutating func take(_ labels: ArraySlice<UInt8>, hasOwn: Bool) -> Time? {
        guard let time = times.removeValue(forKey: Array(labels)) else { return nil }
        if hasOwn { isAmbiguous = true }
        return time
    }
}

extension MergedBlock {
    fileprivate func joining(_ times: inout CreationTimes) -> MergedBlock {
        var copy = BlockCopy(self)
        if block.descriptor.kind.isComposite {
            for metric in block.metrics.indices {
                copy.append(block.records(ofMetric: metric), block.metrics[metric].labels, &times)
            }
        } else {
            var start = 0
            while start < block.records.count {
                // A counter's own time stands behind it.
                let hasOwn = start + 1 < block.records.count && block.records[start + 1].suffix == .created
                let end = start + (hasOwn ? 2 : 1)
                copy.append(start..<end, block.records[start].labels, &times)
                start = end
            }
        }
        return copy.result
    }
}

/// A block written anew with more records; the labels stay where they are.
private struct BlockCopy {
    private let source: MergedBlock
    private var records: [SampleRecord] = []
    private var timestamps: [Int64] = []
    private var metrics: [MetricSpan] = []
    private var skipped: [Int] = []

    init(_ source: MergedBlock) {
        self.source = source
        records.reserveCapacity(2 * source.block.records.count)
    }

    /// Appends a metric's records, and its time if there is one.
    mutating func append(_ range: Range<Int>, _ labels: LabelSpan, _ times: inout CreationTimes) {
        let block = source.block
        if block.descriptor.kind.isComposite {
            metrics.append(MetricSpan(labels: labels, firstRecord: UInt32(truncatingIfNeeded: records.count)))
        }
        for number in range {
            if source.skipped?.contains(number) == true { skipped.append(records.count) }
            records.append(block.records[number])
            timestamps.append(block.timestamp(at: number) ?? FamilyBlock.noTimestamp)
        }
        guard source.skipped?.contains(range.lowerBound) != true else { return }
        let hasOwn = block.records[range].contains { $0.suffix == .created }
        guard let time = times.take(block.arena[labels.start..<labels.end], hasOwn: hasOwn) else { return }
        records.append(SampleRecord(labels: labels, suffix: .created, value: time.seconds))
        timestamps.append(time.timestamp)
    }

    var result: MergedBlock {
        var block = source.block
        block.records = records
        block.timestamps = timestamps.allSatisfy { $0 == FamilyBlock.noTimestamp } ? [] : timestamps
        block.metrics = metrics
        block.seal()
        var result = MergedBlock(
            source: source.source,
            block: block,
            comesFirst: source.comesFirst,
            collectedAt: source.collectedAt,
            origin: source.origin
        )
        if source.skipped != nil {
            var numbers = RecordSet(capacity: records.count)
            for number in skipped { numbers.insert(number) }
            result.skipped = numbers
        }
        return result
    }
}
