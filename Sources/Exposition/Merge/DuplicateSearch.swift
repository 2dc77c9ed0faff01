/// Finds what more than one block of a family has: the same labels, or the same metric of a composite kind.
struct DuplicateSearch {
    struct Duplicate {
        let block: Int
        /// The first block that has one of the records.
        let keptBlock: Int
        let records: RecordSet
    }

    private let blocks: [MergedBlock]
    /// For each block the number of the first of its entries, counted over all blocks.
    private let starts: [Int]
    private var index = LabelIndex()

    init(_ blocks: [MergedBlock]) {
        self.blocks = blocks
        var starts: [Int] = []
        var total = 0
        for entry in blocks {
            starts.append(total)
            total += Self.entryCount(entry.block)
        }
        self.starts = starts
        index.reserve(total)
    }

    private static func entryCount(_ block: FamilyBlock) -> Int {
        block.descriptor.kind.isComposite ? block.metrics.count : block.records.count
    }

    mutating func run() -> [Duplicate] {
        var found: [Duplicate] = []
        for number in blocks.indices {
            if let duplicate = searchBlock(number) { found.append(duplicate) }
        }
        return found
    }

    private mutating func searchBlock(_ number: Int) -> Duplicate? {
        let block = blocks[number].block
        var skipped: RecordSet?
        var keptBlock = 0
        for entry in 0..<Self.entryCount(block) {
            let key = Self.key(block, entry)
            let hash = block.hash(key.labels, salt: key.suffix)
            guard let other = earlierBlock(with: key, in: block, hash: hash) else {
                // Within a block entries differ, so only later blocks can ask for this one.
                index.insert(starts[number] + entry, hash: hash)
                continue
            }
            if skipped == nil {
                skipped = RecordSet(capacity: block.records.count)
                keptBlock = other
            }
            for record in Self.records(block, entry) { skipped?.insert(record) }
        }
        return skipped.map { Duplicate(block: number, keptBlock: keptBlock, records: $0) }
    }

    private func earlierBlock(with key: Key, in block: FamilyBlock, hash: UInt32) -> Int? {
        var probe = index.probe(hash)
        while let entry = index.next(&probe) {
            let number = blockNumber(of: entry)
            let other = blocks[number].block
            let otherKey = Self.key(other, entry - starts[number])
            if otherKey.suffix == key.suffix, isSame(other, otherKey.labels, block, key.labels) { return number }
        }
        return nil
    }

    private typealias Key = (labels: LabelSpan, suffix: UInt8)

    @inline(__always)
    private static func key(_ block: FamilyBlock, _ entry: Int) -> Key {
        guard block.descriptor.kind.isComposite else {
            let record = block.records[entry]
            return (record.labels, UInt8(truncatingIfNeeded: record.suffixNumber))
        }
        return (block.metrics[entry].labels, 0)
    }

    private static func records(_ block: FamilyBlock, _ entry: Int) -> Range<Int> {
        block.descriptor.kind.isComposite ? block.records(ofMetric: entry) : entry..<entry + 1
    }

    private func blockNumber(of entry: Int) -> Int {
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= entry { low = middle } else { high = middle }
        }
        return low
    }

    private func isSame(_ first: FamilyBlock, _ left: LabelSpan, _ second: FamilyBlock, _ right: LabelSpan) -> Bool {
        guard left.length == right.length else { return false }
        return first.arena.withUnsafeBytes { first in
            second.arena.withUnsafeBytes { second in
                ByteCompare.isEqual(
                    UnsafeRawBufferPointer(rebasing: first[left.start..<left.end]),
                    UnsafeRawBufferPointer(rebasing: second[right.start..<right.end])
                )
            }
        }
    }
}

extension FamilyBlock {
    /// The records of one metric of a composite kind.
    func records(ofMetric number: Int) -> Range<Int> {
        let start = Int(metrics[number].firstRecord)
        let end = number + 1 < metrics.count ? Int(metrics[number + 1].firstRecord) : records.count
        return start..<end
    }
}
