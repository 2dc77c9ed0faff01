import SNMP

/// A module ready to translate: its metrics sorted for the search, their labels worked out; shared by all targets.
final class CompiledModule: Sendable {
    let module: SNMPModule
    /// By object identifier; none lies below another, for the shorter one hides it.
    let metrics: [CompiledMetric]
    /// How the metrics get their labels; those of one table have most often one labelling.
    let labellings: [Labelling]

    init(_ module: SNMPModule) {
        self.module = module
        // Of two with the same object identifier the later counts.
        var byOID: [ObjectIdentifier: ModuleMetric] = [:]
        for metric in module.metrics { byOID[metric.oid] = metric }
        var kept: [ModuleMetric] = []
        for metric in byOID.values.sorted(by: { $0.oid < $1.oid }) {
            if let last = kept.last, metric.oid.isBelow(last.oid) { continue }
            kept.append(metric)
        }
        var labellings: [Labelling] = []
        var numbers: [Labelling.Source: Int] = [:]
        metrics = kept.map { metric in
            let source = Labelling.Source(metric)
            let number = numbers[source] ?? labellings.count
            if number == labellings.count {
                numbers[source] = number
                labellings.append(Labelling(source))
            } else {
                labellings[number].isShared = true
            }
            return CompiledMetric(metric, number, labellings[number])
        }
        self.labellings = labellings
    }

    /// The metric that an object belongs to.
    func metric(of name: ObjectIdentifier) -> Int? {
        var low = 0
        var high = metrics.count
        while low < high {
            let middle = (low + high) / 2
            if name < metrics[middle].metric.oid { high = middle } else { low = middle + 1 }
        }
        guard low > 0, name.isBelow(metrics[low - 1].metric.oid) else { return nil }
        return low - 1
    }
}

/// A metric with its labels worked out.
final class CompiledMetric: Sendable {
    let metric: ModuleMetric
    /// The number of its labelling among the module's.
    let labelling: Int
    /// Whether the name of the metric is one of its labels.
    let hasOwnLabel: Bool
    /// The column before, whose value tells the format of this one's.
    let introducer: ObjectIdentifier?

    init(_ metric: ModuleMetric, _ number: Int, _ labelling: Labelling) {
        self.metric = metric
        self.labelling = number
        hasOwnLabel = labelling.labels.contains { $0.name == metric.name }
        if case .text(let format?) = metric.type, format.introduced != nil {
            introducer = metric.oid.columnBefore
        } else {
            introducer = nil
        }
    }
}

/// How samples get their labels from an object's index: which slots there are, and which become labels in the end.
struct Labelling: Sendable {
    /// What it is made from.
    struct Source: Hashable {
        let indexes: [ModuleIndex]
        let lookups: [ModuleLookup]

        init(_ metric: ModuleMetric) {
            indexes = metric.indexes
            lookups = metric.lookups
        }
    }

    struct Index: Sendable {
        let index: ModuleIndex
        let slot: Int
    }

    struct Lookup: Sendable {
        let lookup: ModuleLookup
        /// The slot it fills; nil where it takes a label away.
        let slot: Int?
        /// The slots whose indexes name the row; nil where one names no label, so that nothing is ever found.
        let sources: [Int]?
        /// What tells the format of the value, in the column before.
        let introducer: ObjectIdentifier?
    }

    /// One for each label that is ever set.
    let slotCount: Int
    let indexes: [Index]
    let lookups: [Lookup]
    /// The labels of the samples and their slots.
    let labels: [(name: String, slot: Int)]
    /// Whether several metrics have it.
    var isShared = false

    init(_ source: Source) {
        var slots: [String: Int] = [:]
        var order: [String] = []
        func slot(_ name: String) -> Int {
            if let slot = slots[name] { return slot }
            slots[name] = order.count
            order.append(name)
            return order.count - 1
        }
        indexes = source.indexes.map { Index(index: $0, slot: slot($0.label)) }
        var present = Set(source.indexes.map(\.label))
        lookups = source.lookups.map { lookup in
            guard !lookup.sources.isEmpty else {
                present.remove(lookup.label)
                return Lookup(lookup: lookup, slot: nil, sources: nil, introducer: nil)
            }
            let sources = lookup.sources.map { slots[$0] }
            present.insert(lookup.label)
            return Lookup(
                lookup: lookup,
                slot: slot(lookup.label),
                sources: sources.contains { $0 == nil } ? nil : sources.compactMap(\.self),
                introducer: lookup.type?.introduced == nil ? nil : lookup.oid.columnBefore
            )
        }
        slotCount = order.count
        labels = order.enumerated().filter { present.contains($0.element) }.map { ($0.element, $0.offset) }
    }
}

extension ObjectIdentifier {
    /// The object identifier with one less at the end; nil where that is 0.
    fileprivate var columnBefore: ObjectIdentifier? {
        guard let last = components.last, last > 0 else { return nil }
        return ObjectIdentifier(components.dropLast() + [last - 1])
    }
}
