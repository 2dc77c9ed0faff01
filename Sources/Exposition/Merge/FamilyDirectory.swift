/// Finds families by name among those sorted by name.
struct FamilyDirectory {
    private let families: [MergedFamily]

    init(_ families: [MergedFamily]) {
        self.families = families
    }

    /// The number of the family with this name.
    func family(named name: String) -> Int? {
        var low = 0
        var high = families.count
        while low < high {
            let middle = (low + high) / 2
            if families[middle].descriptor.name.precedes(name) { low = middle + 1 } else { high = middle }
        }
        return low < families.count && families[low].descriptor.name.hasSameBytes(as: name) ? low : nil
    }

    /// The same, of one of these kinds.
    func family(named name: String, of kinds: Set<MetricKind>) -> Int? {
        family(named: name).flatMap { kinds.contains(families[$0].descriptor.kind) ? $0 : nil }
    }

    /// The composite families that have samples of this name under a suffix.
    func parents(ofSample name: String) -> [Int] {
        var parents: [Int] = []
        for suffix in [SampleSuffix.bucket, .sum, .count, .gsum, .gcount] {
            guard let base = name.droppingSuffix(suffix.text), let number = family(named: base) else { continue }
            if families[number].descriptor.kind.childSuffixes.contains(suffix) { parents.append(number) }
        }
        return parents
    }

    /// Whether any sample or family bears this name.
    func isTaken(_ name: String) -> Bool {
        family(named: name) != nil || !parents(ofSample: name).isEmpty
    }
}
