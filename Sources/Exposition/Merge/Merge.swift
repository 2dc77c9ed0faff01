/// Joins the families of all sources without copying samples.
///
/// The result depends on what is contributed only, not on the order: sources are sorted by name behind those that come
/// first, and the first that has a family decides its type and help. Families without samples are left out.
package func merge(_ contributions: [Contribution]) -> MergedExposition {
    var merger = Merger(contributions)
    merger.joinFamilies()
    merger.resolveCollisions()
    merger.dropDuplicates()
    return MergedExposition(families: merger.families, conflicts: merger.conflicts)
}

private struct Merger {
    private let entries: [MergedBlock]
    /// The numbers of the entries by family name.
    private let order: [Int]
    private(set) var families: [MergedFamily] = []
    private(set) var conflicts: [MergeConflict] = []

    init(_ contributions: [Contribution]) {
        var entries: [MergedBlock] = []
        // Swift's sort is stable: blocks of one source stay in its order.
        for contribution in contributions.sorted(by: { $0.precedes($1) }) {
            for block in contribution.families where block.sampleCount > 0 {
                entries.append(
                    MergedBlock(
                        source: contribution.source,
                        block: block,
                        comesFirst: contribution.comesFirst,
                        collectedAt: contribution.collectedAt,
                        origin: contribution.origin
                    )
                )
            }
        }
        self.entries = entries
        // Numbers are sorted in place of blocks, which are costly to copy.
        let names = entries.map(\.block.descriptor.name)
        order = names.indices.sorted { names[$0].precedes(names[$1]) }
    }

    // MARK: Type and help

    mutating func joinFamilies() {
        families.reserveCapacity(order.count)
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, name(at: end).hasSameBytes(as: name(at: start)) { end += 1 }
            join(order[start..<end], first: order[start])
            start = end
        }
    }

    private func name(at place: Int) -> String {
        entries[order[place]].block.descriptor.name
    }

    private mutating func join(_ group: ArraySlice<Int>, first: Int) {
        var descriptor = entries[first].block.descriptor
        var helper = first
        var blocks: [MergedBlock] = []
        blocks.reserveCapacity(group.count)
        for number in group {
            guard entries[number].block.descriptor.kind == descriptor.kind else {
                report(entries[number], entries[first].source, .type, dropped: entries[number].sampleCount)
                continue
            }
            blocks.append(entries[number])
            guard number != first else { continue }
            let other = entries[number].block.descriptor
            if descriptor.help.isEmpty {
                descriptor.help = other.help
                helper = number
            } else if !other.help.isEmpty, !other.help.hasSameBytes(as: descriptor.help) {
                report(entries[number], entries[helper].source, .help, dropped: 0)
            }
            if descriptor.unit.isEmpty { descriptor.unit = other.unit }
        }
        families.append(MergedFamily(descriptor: descriptor, blocks: blocks))
    }

    private mutating func report(
        _ entry: MergedBlock,
        _ keptSource: String,
        _ reason: ConflictReason,
        dropped: Int
    ) {
        conflicts.append(
            MergeConflict(
                source: entry.source,
                keptSource: keptSource,
                family: entry.block.descriptor.name,
                reason: reason,
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
                report(entry, families[kept].blocks[0].source, .nameCollision, dropped: entry.sampleCount)
            }
        }
        families = families.indices.filter { !dropped.contains($0) }.map { families[$0] }
    }

    private func isEarlier(_ first: Int, _ second: Int) -> Bool {
        let left = families[first].blocks[0]
        let right = families[second].blocks[0]
        if left.comesFirst != right.comesFirst { return left.comesFirst }
        return left.source.precedes(right.source) || (left.source.hasSameBytes(as: right.source) && first < second)
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
            conflicts += families[number].dropDuplicates()
        }
    }
}

extension MergedFamily {
    /// Leaves out what an earlier block has.
    mutating func dropDuplicates() -> [MergeConflict] {
        var conflicts: [MergeConflict] = []
        var search = DuplicateSearch(blocks)
        for duplicate in search.run() {
            blocks[duplicate.block].skipped = duplicate.records
            conflicts.append(
                MergeConflict(
                    source: blocks[duplicate.block].source,
                    keptSource: blocks[duplicate.keptBlock].source,
                    family: descriptor.name,
                    reason: .duplicate,
                    droppedSamples: duplicate.records.count
                )
            )
        }
        // A block of duplicates only has nothing left to serve.
        blocks.removeAll { $0.sampleCount == 0 }
        return conflicts
    }
}
