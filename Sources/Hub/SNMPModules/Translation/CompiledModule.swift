import SNMP

/// A module ready to translate: its metrics sorted for the search, their labels worked out; shared by all targets.
final class CompiledModule: Sendable {
    let module: SNMPModule
    /// By object identifier; none lies below another, for the shorter one hides it.
    let metrics: [CompiledMetric]

    init(_ module: SNMPModule) {
        self.module = module
        // Of two with the same object identifier the later counts.
        var byOID: [ObjectIdentifier: ModuleMetric] = [:]
        for metric in module.metrics { byOID[metric.oid] = metric }
        var metrics: [CompiledMetric] = []
        for metric in byOID.values.sorted(by: { $0.oid < $1.oid }) {
            if let last = metrics.last, metric.oid.isBelow(last.metric.oid) { continue }
            metrics.append(CompiledMetric(metric))
        }
        self.metrics = metrics
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

/// A metric with its labels worked out: which slots there are, and which of them the samples have in the end.
struct CompiledMetric: Sendable {
    struct Lookup: Sendable {
        let lookup: ModuleLookup
        /// The slot it fills; nil where it takes a label away.
        let slot: Int?
        /// The slots whose indexes name the row; nil where one names no label, so that nothing is ever found.
        let sources: [Int]?
        /// What tells the format of the value, in the column before.
        let introducer: ObjectIdentifier?
    }

    let metric: ModuleMetric
    /// One for each label that is ever set.
    let slotCount: Int
    let indexSlots: [Int]
    let lookups: [Lookup]
    /// The labels of the samples and their slots.
    let labels: [(name: String, slot: Int)]
    /// Whether the name of the metric is one of its labels.
    let hasOwnLabel: Bool
    /// The column before, whose value tells the format of this one's.
    let introducer: ObjectIdentifier?

    init(_ metric: ModuleMetric) {
        self.metric = metric
        var slots: [String: Int] = [:]
        var order: [String] = []
        func slot(_ name: String) -> Int {
            if let slot = slots[name] { return slot }
            slots[name] = order.count
            order.append(name)
            return order.count - 1
        }
        indexSlots = metric.indexes.map { slot($0.label) }
        var present = Set(metric.indexes.map(\.label))
        lookups = metric.lookups.map { lookup in
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
        hasOwnLabel = present.contains(metric.name)
        if case .text(let format?) = metric.type, format.introduced != nil {
            introducer = metric.oid.columnBefore
        } else {
            introducer = nil
        }
    }
}

extension ObjectIdentifier {
    /// The object identifier with one less at the end; nil where that is 0.
    fileprivate var columnBefore: ObjectIdentifier? {
        guard let last = components.last, last > 0 else { return nil }
        return ObjectIdentifier(components.dropLast() + [last - 1])
    }
}
