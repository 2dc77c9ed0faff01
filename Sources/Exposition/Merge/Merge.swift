/// Joins the families of all sources without copying samples.
///
/// The result depends on what is contributed only, not on the order: sources are sorted by name, and the first that has
/// a family decides its type and help. Families without samples are left out.
package func merge(_ contributions: [Contribution]) -> MergedExposition {
    var merger = Merger(contributions)
    merger.joinFamilies()
    merger.resolveCollisions()
    merger.dropDuplicates()
    return MergedExposition(families: merger.families, conflicts: merger.conflicts)
}

private struct Merger {
    private let entries: [MergedBlock]
    private(set) var families: [MergedFamily] = []
    private(set) var conflicts: [MergeConflict] = []

    init(_ contributions: [Contribution]) {
        var entries: [MergedBlock] = []
        // Swift's sort is stable: blocks of one source stay in its order.
        for contribution in contributions.sorted(by: { $0.source.precedes($1.source) }) {
            for block in contribution.families where block.sampleCount > 0 {
                entries.append(MergedBlock(source: contribution.source, block: block, skipped: nil))
            }
        }
        self.entries = entries.sorted { $0.block.descriptor.name.precedes($1.block.descriptor.name) }
    }

    // MARK: Type and help

    mutating func joinFamilies() {
        var start = 0
        while start < entries.count {
            let first = entries[start]
            var end = start + 1
            while end < entries.count, entries[end].block.descriptor.name.hasSameBytes(as: first.block.descriptor.name) {
                end += 1
            }
            families.append(join(entries[start..<end], first))
            start = end
        }
    }

    private mutating func join(_ group: ArraySlice<MergedBlock>, _ first: MergedBlock) -> MergedFamily {
        var descriptor = first.block.descriptor
        var helper = first.source
        var blocks: [MergedBlock] = []
        blocks.reserveCapacity(group.count)
        for entry in group {
            let other = entry.block.descriptor
            guard other.kind == descriptor.kind else {
                report(entry, keptSource: first.source, .type, dropped: entry.sampleCount)
                continue
            }
            blocks.append(entry)
            if descriptor.help.isEmpty {
                descriptor.help = other.help
                helper = entry.source
            } else if !other.help.isEmpty, !other.help.hasSameBytes(as: descriptor.help) {
                report(entry, keptSource: helper, .help, dropped: 0)
            }
            if descriptor.unit.isEmpty { descriptor.unit = other.unit }
        }
        return MergedFamily(descriptor: descriptor, blocks: blocks)
    }

    private mutating func report(
        _ entry: MergedBlock, keptSource: String, _ reason: ConflictReason, dropped: Int
    ) {
        conflicts.append(
            MergeConflict(
                source: entry.source, keptSource: keptSource, family: entry.block.descriptor.name, reason: reason,
                droppedSamples: dropped
            )
        )
    }

    // MARK: Names of samples

    /// Drops families whose samples would bear the names of another's: a gauge `x_count` beside a histogram `x`.
    ///
    /// Of the two the one with the earlier source stays; of one source's, the composite.
    mutating func resolveCollisions() {
        let pairs = collidingPairs()
        guard !pairs.isEmpty else { return }
        var dropped: Set<Int> = []
        let order = Set(pairs.flatMap { [$0.parent, $0.child] }).sorted { isEarlier($0, $1) }
        for (place, candidate) in order.enumerated() {
            let kept = order[..<place].first { other in
                !dropped.contains(other)
                    && pairs.contains {
                        ($0.parent == candidate && $0.child == other) || ($0.child == candidate && $0.parent == other)
                    }
            }
            guard let kept else { continue }
            dropped.insert(candidate)
            for entry in families[candidate].blocks {
                report(entry, keptSource: families[kept].blocks[0].source, .nameCollision, dropped: entry.sampleCount)
            }
        }
        families = families.indices.filter { !dropped.contains($0) }.map { families[$0] }
    }

    private func isEarlier(_ first: Int, _ second: Int) -> Bool {
        let left = families[first].blocks[0].source
        let right = families[second].blocks[0].source
        return left.precedes(right) || (left.hasSameBytes(as: right) && first < second)
    }

    /// Pairs of a composite family and a family that is named as one of its samples.
    private func collidingPairs() -> [(parent: Int, child: Int)] {
        let directory = FamilyDirectory(families)
        return families.indices.flatMap { child in
            directory.parents(ofSample: families[child].descriptor.name).map { ($0, child) }
        }
    }

    // MARK: Duplicates

    mutating func dropDuplicates() {
        for number in families.indices where families[number].blocks.count > 1 {
            var search = DuplicateSearch(families[number].blocks)
            for duplicate in search.run() {
                let entry = families[number].blocks[duplicate.block]
                families[number].blocks[duplicate.block].skipped = duplicate.records
                let keptSource = families[number].blocks[duplicate.keptBlock].source
                report(entry, keptSource: keptSource, .duplicate, dropped: duplicate.records.count)
            }
        }
        // A block of duplicates only has nothing left to serve.
        for number in families.indices { families[number].blocks.removeAll { $0.sampleCount == 0 } }
    }
}
