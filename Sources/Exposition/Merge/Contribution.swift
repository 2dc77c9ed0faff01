/// The families of one source: a plugin, a target, the hub itself.
package struct Contribution: Sendable {
    /// Who answers for the samples; decides the order of precedence.
    package var source: String
    package var families: [FamilyBlock]
    /// Whether it goes before all that do not say so, whatever its name.
    package var comesFirst: Bool
    /// When the samples were collected, in milliseconds since 1970; nil when it is not known.
    package var collectedAt: Int64?
    /// Tells the caller where merged blocks come from; 0 where nobody asks.
    package var origin: Int

    package init(
        source: String,
        families: [FamilyBlock],
        comesFirst: Bool = false,
        collectedAt: Int64? = nil,
        origin: Int = 0
    ) {
        self.source = source
        self.families = families
        self.comesFirst = comesFirst
        self.collectedAt = collectedAt
        self.origin = origin
    }

    /// The order of precedence.
    func precedes(_ other: Contribution) -> Bool {
        comesFirst == other.comesFirst ? source.precedes(other.source) : comesFirst
    }
}

/// Why a source's samples could not all be served beside the others'.
package enum ConflictReason: String, Sendable, CaseIterable {
    /// The family has another type at an earlier source; the later one's samples are dropped.
    case type
    /// The family has another help text at an earlier source; nothing is dropped.
    case help
    /// An earlier source, or an earlier block of the same one, has the same name and labels; the later is dropped.
    case duplicate
    /// A name of the family's samples is a name of another family's; the later family is dropped.
    case nameCollision = "name_collision"
}

/// One decision of the merge against a source.
package struct MergeConflict: Sendable, Hashable {
    package let source: String
    package let keptSource: String
    package let family: String
    package let reason: ConflictReason
    package let droppedSamples: Int
}

/// One block's samples in a merged family.
package struct MergedBlock: Sendable {
    package let source: String
    package let block: FamilyBlock
    /// As of its contribution.
    var comesFirst = false
    var collectedAt: Int64?
    /// As of its contribution.
    package var origin = 0
    /// The records that are not served; nil when all are.
    var skipped: RecordSet?

    package var sampleCount: Int { block.sampleCount - (skipped?.count ?? 0) }
}

/// One family with the blocks of all its sources, in the order of the sources.
package struct MergedFamily: Sendable {
    package let descriptor: FamilyDescriptor
    package internal(set) var blocks: [MergedBlock]

    package var sampleCount: Int { blocks.reduce(0) { $0 + $1.sampleCount } }
}

/// What all sources together have to say, sorted by family name, each sample once.
package struct MergedExposition: Sendable {
    package internal(set) var families: [MergedFamily]
    package internal(set) var conflicts: [MergeConflict]

    package var sampleCount: Int { families.reduce(0) { $0 + $1.sampleCount } }
}

/// A set of record numbers of one block.
struct RecordSet: Sendable {
    private var words: [UInt64]
    private(set) var count = 0

    init(capacity: Int) {
        words = [UInt64](repeating: 0, count: (capacity + 63) / 64)
    }

    func contains(_ number: Int) -> Bool {
        words[number >> 6] & (1 << UInt64(number & 63)) != 0
    }

    mutating func insert(_ number: Int) {
        guard !contains(number) else { return }
        words[number >> 6] |= 1 << UInt64(number & 63)
        count += 1
    }
}
