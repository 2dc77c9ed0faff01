/// The numbers that stand in `le` and `quantile`, which are mostly the same from one metric to the next.
struct BoundCache {
    struct Entry {
        let text: [UInt8]
        let bound: Double
        /// The one spelling of the bound.
        let canonical: [UInt8]
    }

    /// Enough for the buckets of most histograms; others are read anew each time.
    private static let limit = 64

    private var entries: [Entry] = []
    private var next = 0

    /// The bound with this text; nil when it is no number.
    mutating func entry(for text: UnsafeRawBufferPointer) -> Entry? {
        // Bounds come in the same order again, so the first look is mostly the last.
        for _ in entries.indices {
            if next >= entries.count { next = 0 }
            let entry = entries[next]
            next += 1
            if entry.text.withUnsafeBytes({ ByteCompare.isEqual($0, text) }) { return entry }
        }
        guard let bound = NumberScanner.double(text), !bound.isNaN else { return nil }
        let canonical = CanonicalNumber.isCanonical(text) ? Array(text) : Array(CanonicalNumber.text(bound).utf8)
        let entry = Entry(text: Array(text), bound: bound, canonical: canonical)
        if entries.count < Self.limit {
            entries.append(entry)
            next = entries.count
        }
        return entry
    }
}
