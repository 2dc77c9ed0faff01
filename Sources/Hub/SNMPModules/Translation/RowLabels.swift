import Exposition
import SNMP

/// Works out the labels of objects from their indexes and the lookups; one is used for all objects of a scrape.
///
/// The columns of a table are walked one after the other, all with the same rows: what was worked out for the first
/// column is kept for the others.
struct RowLabels {
    private let bindings: SortedBindings
    private let labellings: [Labelling]
    private let wrapsCounters: Bool
    private var tables: [RowTable]
    /// The texts of the rows that are kept, and behind them those of the object at hand.
    private var text: [UInt8] = []
    /// The labels' texts, in `text`: those of the rows that are kept, and behind them those of the object at hand.
    private var ranges: [Range<Int>] = []
    /// How much of both is kept.
    private var keptText = 0
    private var keptRanges = 0
    /// Where the labels of the object at hand are.
    private var current = 0..<0

    /// While a row is worked out: the text of each slot, and the sub-identifiers it stands for, if any.
    private var slots: [Range<Int>] = []
    private var indexes: [[UInt32]] = []
    private var key: [UInt32] = []

    init(_ bindings: SortedBindings, _ labellings: [Labelling], wrapsCounters: Bool) {
        self.bindings = bindings
        self.wrapsCounters = wrapsCounters
        self.labellings = labellings
        tables = Array(repeating: RowTable(), count: labellings.count)
    }

    /// Bytes of the texts that are held.
    var byteCount: Int { text.count }

    /// Reads an object; `rest` are the sub-identifiers behind the metric's.
    mutating func read(_ labelling: Int, rest: ArraySlice<UInt32>) {
        text.removeLast(text.count - keptText)
        ranges.removeLast(ranges.count - keptRanges)
        let count = labellings[labelling].labels.count
        if let row = tables[labelling].find(rest) {
            current = row..<row + count
            return
        }
        current = keptRanges..<keptRanges + count
        workOut(labellings[labelling], rest)
        guard labellings[labelling].isShared else { return }
        tables[labelling].add(rest, at: keptRanges)
        keptText = text.count
        keptRanges = ranges.count
    }

    private mutating func workOut(_ labelling: Labelling, _ rest: ArraySlice<UInt32>) {
        slots.removeAll(keepingCapacity: true)
        slots.append(contentsOf: repeatElement(0..<0, count: labelling.slotCount))
        indexes.removeAll(keepingCapacity: true)
        indexes.append(contentsOf: repeatElement([], count: labelling.slotCount))
        var rest = rest
        for part in labelling.indexes {
            var reader = IndexReader(rest: rest)
            let start = text.count
            reader.read(part.index, to: &text)
            slots[part.slot] = start..<text.count
            indexes[part.slot] = reader.used
            rest = reader.rest
        }
        for lookup in labelling.lookups { apply(lookup) }
        for label in labelling.labels { ranges.append(slots[label.slot]) }
    }

    private mutating func apply(_ compiled: Labelling.Lookup) {
        guard let slot = compiled.slot else { return }
        let lookup = compiled.lookup
        guard let sources = compiled.sources, let value = value(lookup.oid, sources) else {
            slots[slot] = 0..<0
            return
        }
        let plain = PlainValue(value)
        let start = text.count
        if lookup.type == .enumAsInfo, !lookup.enumValues.isEmpty {
            let name = lookup.enumValues[Int(plain.whole)] ?? String(plain.whole)
            text.append(contentsOf: name.utf8)
        } else {
            let format = introduced(compiled, sources) ?? lookup.type
            ValueText.append(plain, format, hint: lookup.displayHint, to: &text)
        }
        slots[slot] = start..<text.count
        // A chain goes on with the number that was found.
        indexes[slot] = UInt32(exactly: plain.whole).map { [$0] } ?? []
    }

    private func introduced(_ compiled: Labelling.Lookup, _ sources: [Int]) -> ValueFormat? {
        guard let introducer = compiled.introducer, let introduced = compiled.lookup.type?.introduced else {
            return nil
        }
        var name = introducer.components
        for source in sources { name += indexes[source] }
        return bindings.value(name).flatMap { introduced(PlainValue($0).state(wrappingCounters: wrapsCounters)) }
    }

    private mutating func value(_ column: ObjectIdentifier, _ sources: [Int]) -> SNMPValue? {
        key.removeAll(keepingCapacity: true)
        key.append(contentsOf: column.components)
        for source in sources {
            guard !indexes[source].isEmpty else { return nil }
            key.append(contentsOf: indexes[source])
        }
        return bindings.value(key)
    }

    /// Appends a text of the metric's own; the answer is where it stands.
    mutating func append(_ body: (inout [UInt8]) -> Void) -> Range<Int> {
        let start = text.count
        body(&text)
        return start..<text.count
    }

    /// Appends a sample with these labels, and one more where there is one, in the order of the layout's names.
    func append(
        _ value: Double,
        _ layout: LabelLayout,
        own: Range<Int>?,
        to family: inout FamilyBlock
    ) throws(SampleError) {
        let count = current.count + (own == nil ? 0 : 1)
        let failure: SampleError? = text.withUnsafeBytes { text in
            withUnsafeTemporaryAllocation(of: UnsafeRawBufferPointer.self, capacity: count) { values in
                for place in 0..<current.count {
                    let range = ranges[current.lowerBound + place]
                    values.initializeElement(at: place, to: UnsafeRawBufferPointer(rebasing: text[range]))
                }
                if let own {
                    values.initializeElement(at: count - 1, to: UnsafeRawBufferPointer(rebasing: text[own]))
                }
                do throws(SampleError) {
                    try family.append(value, layout: layout, labelValues: UnsafeBufferPointer(values))
                    return nil
                } catch {
                    return error
                }
            }
        }
        if let failure { throw failure }
    }
}

/// The rows of a table that were seen in a column before.
struct RowTable {
    private var rows: [(index: ArraySlice<UInt32>, value: Int)] = []
    /// By index, the places of all rows; made for a column that has other rows than those before.
    private var places: [ArraySlice<UInt32>: Int]?
    /// The row that comes next where the columns have the same rows.
    private var next = 0

    /// The value of the row with this index.
    mutating func find(_ index: ArraySlice<UInt32>) -> Int? {
        guard let last = rows.last else { return nil }
        if next < rows.count, rows[next].index == index { return take(next) }
        if rows[0].index == index { return take(0) }
        if places == nil {
            // As long as there are no places the rows are in order, and those of the first column all new.
            if last.index.lexicographicallyPrecedes(index) { return nil }
            places = Dictionary(zip(rows.map(\.index), rows.indices), uniquingKeysWith: { first, _ in first })
        }
        return places?[index].map { take($0) }
    }

    private mutating func take(_ place: Int) -> Int {
        next = place + 1
        return rows[place].value
    }

    mutating func add(_ index: ArraySlice<UInt32>, at value: Int) {
        places?[index] = rows.count
        rows.append((index, value))
        next = rows.count
    }
}
