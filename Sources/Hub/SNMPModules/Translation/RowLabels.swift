import SNMP

/// Works out the labels of one object from its index and the lookups; one is used for all objects of a scrape.
struct RowLabels {
    private let bindings: SortedBindings
    private let wrapsCounters: Bool
    /// The text of each slot, in `text`.
    private var ranges: [Range<Int>] = []
    private var text: [UInt8] = []
    /// The sub-identifiers that each slot stands for; empty where it stands for none.
    private var indexes: [[UInt32]] = []
    private var key: [UInt32] = []

    init(_ bindings: SortedBindings, wrapsCounters: Bool) {
        self.bindings = bindings
        self.wrapsCounters = wrapsCounters
    }

    /// Reads an object; `rest` are the sub-identifiers behind the metric's.
    mutating func read(_ metric: CompiledMetric, rest: ArraySlice<UInt32>) {
        text.removeAll(keepingCapacity: true)
        ranges = Array(repeating: 0..<0, count: metric.slotCount)
        indexes = Array(repeating: [], count: metric.slotCount)
        var rest = rest
        for (index, slot) in zip(metric.metric.indexes, metric.indexSlots) {
            var reader = IndexReader(rest: rest)
            let start = text.count
            reader.read(index, to: &text)
            ranges[slot] = start..<text.count
            indexes[slot] = reader.used
            rest = reader.rest
        }
        for lookup in metric.lookups { apply(lookup) }
    }

    private mutating func apply(_ compiled: CompiledMetric.Lookup) {
        guard let slot = compiled.slot else { return }
        let lookup = compiled.lookup
        guard let sources = compiled.sources, let value = value(lookup.oid, sources) else {
            ranges[slot] = 0..<0
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
        ranges[slot] = start..<text.count
        // A chain goes on with the number that was found.
        indexes[slot] = UInt32(exactly: plain.whole).map { [$0] } ?? []
    }

    private func introduced(_ compiled: CompiledMetric.Lookup, _ sources: [Int]) -> ValueFormat? {
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

    /// Gives `body` the texts of the labels, in the order of the metric's, and of one more where there is one.
    func withValues<Result, Failure: Error>(
        _ metric: CompiledMetric,
        own: Range<Int>?,
        _ body: (UnsafeBufferPointer<UnsafeRawBufferPointer>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let outcome: Swift.Result<Result, Failure> = text.withUnsafeBytes { text in
            var values = metric.labels.map { UnsafeRawBufferPointer(rebasing: text[ranges[$0.slot]]) }
            if let own { values.append(UnsafeRawBufferPointer(rebasing: text[own])) }
            return values.withUnsafeBufferPointer { values in
                do throws(Failure) { return .success(try body(values)) } catch { return .failure(error) }
            }
        }
        return try outcome.get()
    }
}
