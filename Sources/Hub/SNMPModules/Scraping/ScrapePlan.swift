import LinearRegex
import SNMP

/// What a module asks an agent for, one step after the other; pure.
///
/// The rows that filters choose are got one by one, in place of the columns that would have been walked.
struct ScrapePlan {
    enum Step: Equatable {
        /// Walk the column that a filter looks at; the answer is for `filtered`.
        case filter(ObjectIdentifier)
        case get([ObjectIdentifier])
        case walk(ObjectIdentifier)
        case done
    }

    private let filters: [DynamicFilter]
    private var get: [ObjectIdentifier]
    private var walk: [ObjectIdentifier]
    private var filterCount = 0
    private var walkCount = 0
    private var hasGot = false
    /// The rows that all filters of a column allow, in the order in which the columns were named first.
    private var allowed: [(target: ObjectIdentifier, rows: [UInt32])] = []

    init(_ module: SNMPModule) {
        filters = module.filters
        get = module.get
        walk = module.walk
    }

    mutating func next() -> Step {
        if filterCount < filters.count { return .filter(filters[filterCount].oid) }
        if !hasGot {
            hasGot = true
            applyFilters()
            if !get.isEmpty { return .get(get) }
        }
        guard walkCount < walk.count else { return .done }
        walkCount += 1
        return .walk(walk[walkCount - 1])
    }

    /// Takes what the last filter's walk brought; nil when it failed, and then that filter does nothing.
    mutating func filtered(_ bindings: [VariableBinding]?) {
        guard filterCount < filters.count else { return }
        let filter = filters[filterCount]
        filterCount += 1
        guard let bindings else { return }
        let rows = bindings.compactMap { binding -> UInt32? in
            var bytes: [UInt8] = []
            ValueText.append(PlainValue(binding.value), .displayString, hint: "", to: &bytes)
            let text = String(decoding: bytes, as: UTF8.self)
            return filter.values.contains { $0.isFound(in: text) } ? binding.name.components.last : nil
        }
        walk.removeAll { filter.targets.contains($0) }
        for target in filter.targets {
            if let index = allowed.firstIndex(where: { $0.target == target }) {
                let others = Set(rows)
                allowed[index].rows.removeAll { !others.contains($0) }
            } else {
                allowed.append((target, rows))
            }
        }
    }

    private mutating func applyFilters() {
        for (target, rows) in allowed {
            get.removeAll { $0.isBelow(target) }
            get += rows.map { target.appending([$0]) }
        }
    }
}
