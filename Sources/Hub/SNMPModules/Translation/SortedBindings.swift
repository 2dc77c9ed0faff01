import SNMP

/// What an agent answered, by name; of several answers for one object the last counts.
struct SortedBindings {
    let all: [VariableBinding]

    init(_ bindings: [VariableBinding]) {
        let isSorted = zip(bindings, bindings.dropFirst()).allSatisfy { $0.name < $1.name }
        guard !isSorted else {
            all = bindings
            return
        }
        let order = bindings.indices.sorted { first, second in
            let (left, right) = (bindings[first].name, bindings[second].name)
            return left == right ? first < second : left < right
        }
        var all: [VariableBinding] = []
        all.reserveCapacity(bindings.count)
        for index in order {
            if all.last?.name == bindings[index].name { all.removeLast() }
            all.append(bindings[index])
        }
        self.all = all
    }

    /// The value of an object that is named by a column and what follows it.
    func value(_ name: [UInt32]) -> SNMPValue? {
        var low = 0
        var high = all.count
        while low < high {
            let middle = (low + high) / 2
            if all[middle].name.components.lexicographicallyPrecedes(name) { low = middle + 1 } else { high = middle }
        }
        return low < all.count && all[low].name.components == name ? all[low].value : nil
    }
}
