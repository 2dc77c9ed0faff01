/// Gets the values of objects by as many queries as it takes.
package struct GetOperation {
    package enum Step {
        case ask(SNMPQuery.Kind)
        /// The values in the order of the names.
        case done([VariableBinding])
        case failed(SNMPError)
    }

    private let names: [ObjectIdentifier]
    private var values: [SNMPValue?]
    /// Indices of names that have no value yet.
    private var remaining: [Int]
    /// Names that fit into one query.
    private var size: Int
    /// What was asked for last.
    private var asked: ArraySlice<Int> = []

    package init(_ names: [ObjectIdentifier], _ options: SNMPOptions) {
        self.names = names
        values = Array(repeating: nil, count: names.count)
        remaining = Array(names.indices)
        size = max(options.maximumOIDs, 1)
    }

    package mutating func next() -> Step {
        guard !remaining.isEmpty else {
            return .done(zip(names, values).map { VariableBinding($0, $1 ?? .noSuchObject) })
        }
        asked = remaining.prefix(size)
        return .ask(.get(asked.map { names[$0] }))
    }

    package mutating func take(_ answer: SNMPAnswer) -> Step {
        switch answer.status {
        case nil: return accept(answer.bindings)
        case .tooBig where asked.count > 1:
            size = asked.count / 2
            return next()
        case .noSuchName: return removeMissing(answer.errorIndex)
        case let status?: return .failed(.errorStatus(status, name(at: answer.errorIndex)))
        }
    }

    private func name(at index: Int) -> ObjectIdentifier? {
        if asked.count == 1 { return asked.first.map { names[$0] } }
        return (1...asked.count).contains(index) ? names[asked[asked.startIndex + index - 1]] : nil
    }

    /// Version 1 answers nothing at all when it misses one object; an agent may fail to say which.
    private mutating func removeMissing(_ index: Int) -> Step {
        if let missing = asked.count == 1 ? asked.first : nil {
            set(missing, .noSuchObject)
        } else if (1...asked.count).contains(index) {
            set(asked[asked.startIndex + index - 1], .noSuchObject)
        } else {
            size = 1
        }
        return next()
    }

    private mutating func set(_ index: Int, _ value: SNMPValue) {
        values[index] = value
        remaining.removeAll { $0 == index }
    }

    private mutating func accept(_ bindings: [VariableBinding]) -> Step {
        if bindings.count == asked.count, zip(asked, bindings).allSatisfy({ names[$0] == $1.name }) {
            for (index, binding) in zip(asked, bindings) { values[index] = binding.value }
            remaining.removeFirst(asked.count)
            return next()
        }
        // An agent that cuts its answer short, or answers in an order of its own.
        let found = Dictionary(bindings.map { ($0.name, $0.value) }) { first, _ in first }
        let answered = asked.filter { found[names[$0]] != nil }
        guard !answered.isEmpty else { return .failed(.malformed("none of the objects that were asked for")) }
        for index in answered { values[index] = found[names[index]] }
        remaining.removeAll { values[$0] != nil }
        return next()
    }
}
