/// What another Prometheus takes from a merged exposition: chosen samples with their times and the labels of their origin.
package struct Federation {
    /// Why an answer was given up.
    package struct TooMuchWork: Error, Equatable {
        package let steps: Int
    }

    /// Steps of all regular expressions of one request; some seconds of work.
    package static let maximumSteps = 200_000_000

    private var filter: SampleFilter
    /// Sorted labels that samples get where they lack them, without `job`.
    private let labels: [(name: String, value: String)]
    private let now: Int64
    private let maximumSteps: Int
    private var merge = LabelMerge()
    private var scratch: [UInt8] = []

    /// `labels` are the external labels; `now` is the time of samples whose source gives none, in milliseconds.
    package init(
        _ selectors: [MetricSelector],
        labels: [String: String],
        now: Int64,
        maximumSteps: Int = Federation.maximumSteps
    ) {
        filter = SampleFilter(selectors, maximumSteps: maximumSteps)
        var all = labels
        // As Prometheus does, so that `honor_labels` keeps the target's address off what has no instance.
        if all["instance"] == nil { all["instance"] = "" }
        self.labels = all.map { (name: $0.key, value: $0.value) }
        self.now = now
        self.maximumSteps = maximumSteps
    }

    /// The chosen samples.
    ///
    /// A sample has the label `job`: its own, or its source's name. Of families of which only a part is chosen that makes
    /// no sense by itself (buckets without a count), the samples are untyped, each name a family.
    package mutating func select(_ merged: MergedExposition) throws(TooMuchWork) -> MergedExposition {
        var contributions: [Contribution] = []
        for family in merged.families {
            let chosen = family.blocks.map { choose(from: $0, family.descriptor) }
            guard !filter.isSpent else { throw TooMuchWork(steps: maximumSteps) }
            let isWhole = chosen.allSatisfy { !$0.isPartial }
            for (entry, choice) in zip(family.blocks, chosen) where choice.count > 0 {
                let blocks =
                    isWhole
                    ? [copy(entry, choice.records, family.descriptor)] : parts(entry, choice.records, family.descriptor)
                contributions.append(Contribution(source: entry.source, families: blocks, comesFirst: entry.comesFirst))
            }
        }
        var result = Exposition.merge(contributions)
        result.conflicts = []
        return result
    }

    // MARK: Choosing

    private struct Choice {
        var records: RecordSet
        /// A metric of several samples is chosen in part.
        var isPartial = false
        var count: Int { records.count }
    }

    private mutating func choose(from entry: MergedBlock, _ family: FamilyDescriptor) -> Choice {
        let block = entry.block
        var choice = Choice(records: RecordSet(capacity: block.records.count))
        filter.setDefaults([(name: "job", value: escaped(entry.source))])
        let candidates = Set(block.records.lazy.map(\.suffixNumber))
        for suffix in candidates {
            let name = family.sampleName(SampleSuffix(rawValue: UInt8(suffix)) ?? .none)
            let verdict = filter.begin(name: name)
            guard verdict != .none else { continue }
            block.arena.withUnsafeBytes { arena in
                for number in block.records.indices where block.records[number].suffixNumber == suffix {
                    if entry.skipped?.contains(number) == true { continue }
                    let span = block.records[number].labels
                    let labels = UnsafeRawBufferPointer(rebasing: arena[span.start..<span.end])
                    if verdict == .all || filter.takes(labels) { choice.records.insert(number) }
                }
            }
        }
        choice.isPartial = isPartial(choice.records, block)
        return choice
    }

    private func isPartial(_ chosen: RecordSet, _ block: FamilyBlock) -> Bool {
        guard block.descriptor.kind.isComposite, block.descriptor.kind != .stateset else { return false }
        return block.metrics.indices.contains { number in
            let range = block.records(ofMetric: number)
            let count = range.count { chosen.contains($0) }
            return count > 0 && count < range.count
        }
    }

    private func escaped(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        LabelText.appendEscaped(text, to: &bytes)
        return bytes
    }

    // MARK: Copying

    private func added(_ source: String) -> AddedLabels? {
        let job = labels.contains { $0.name == "job" } ? [] : [(name: "job", value: source)]
        return try? AddedLabels(labels + job, honorsLabels: true)
    }

    private mutating func copy(_ entry: MergedBlock, _ chosen: RecordSet, _ family: FamilyDescriptor) -> FamilyBlock {
        let source = entry.block
        var block = FamilyBlock(family)
        block.hasQuotedNames = source.hasQuotedNames
        block.fitsOpenMetrics = source.fitsOpenMetrics
        guard let added = added(entry.source) else { return block }
        if family.kind.isComposite {
            for metric in source.metrics.indices { copy(metric, entry, chosen, added, to: &block) }
        } else {
            for number in source.records.indices where chosen.contains(number) {
                append(number, entry, added, to: &block)
            }
        }
        block.seal()
        return block
    }

    private mutating func copy(
        _ metric: Int,
        _ entry: MergedBlock,
        _ chosen: RecordSet,
        _ added: AddedLabels,
        to block: inout FamilyBlock
    ) {
        let source = entry.block
        let records = source.records(ofMetric: metric)
        guard records.contains(where: { chosen.contains($0) }),
            let labels = write(source.metrics[metric].labels, source, added, to: &block),
            block.insertMetricIfNew(labels)
        else { return }
        let shared = source.metrics[metric].labels
        for number in records where chosen.contains(number) {
            let record = source.records[number]
            let isShared = record.labels.offset == shared.offset && record.labels.length == shared.length
            guard let own = isShared ? labels : write(record.labels, source, added, to: &block) else { continue }
            block.appendRecord(
                SampleRecord(labels: own, suffix: record.suffix, value: record.value),
                time(of: number, entry)
            )
        }
    }

    /// Each name a family of its own.
    private mutating func parts(
        _ entry: MergedBlock,
        _ chosen: RecordSet,
        _ family: FamilyDescriptor
    ) -> [FamilyBlock] {
        guard let added = added(entry.source) else { return [] }
        var blocks: [UInt8: FamilyBlock] = [:]
        for number in entry.block.records.indices where chosen.contains(number) {
            let suffix = entry.block.records[number].suffix
            let name = family.sampleName(suffix)
            var block =
                blocks.removeValue(forKey: suffix.rawValue)
                ?? FamilyBlock(FamilyDescriptor(name: name, kind: .untyped, help: family.help))
            block.hasQuotedNames = entry.block.hasQuotedNames
            append(number, entry, added, to: &block, isPart: true)
            blocks[suffix.rawValue] = block
        }
        return blocks.sorted { $0.key < $1.key }.map(\.value)
    }

    private mutating func append(
        _ number: Int,
        _ entry: MergedBlock,
        _ added: AddedLabels,
        to block: inout FamilyBlock,
        isPart: Bool = false
    ) {
        let old = entry.block.records[number]
        guard let labels = write(old.labels, entry.block, added, to: &block) else { return }
        let record = SampleRecord(labels: labels, suffix: isPart ? .none : old.suffix, value: old.value)
        if block.insertIfNew(record) { block.appendRecord(record, time(of: number, entry)) }
    }

    private mutating func write(
        _ span: LabelSpan,
        _ source: FamilyBlock,
        _ added: AddedLabels,
        to block: inout FamilyBlock
    ) -> LabelSpan? {
        source.arena.withUnsafeBytes { arena in
            merge.write(UnsafeRawBufferPointer(rebasing: arena[span.start..<span.end]), added, to: &scratch)
        }
        let start = block.arena.count
        block.arena.append(contentsOf: scratch)
        return try? block.span(from: start)
    }

    private func time(of number: Int, _ entry: MergedBlock) -> Int64 {
        let block = entry.block
        let own = block.timestamps.isEmpty ? FamilyBlock.noTimestamp : block.timestamps[number]
        return own == FamilyBlock.noTimestamp ? entry.collectedAt ?? now : own
    }
}
