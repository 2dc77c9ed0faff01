import LinearRegex

/// Decides which records of a block a union of selectors takes, without making anything for a record.
struct SampleFilter {
    /// One selector's conditions by where they look.
    private struct Term {
        var onName: [ConditionTester] = []
        /// With the number of the label in `names`.
        var onLabels: [(name: Int, tester: ConditionTester)] = []
    }

    private var terms: [Term] = []
    /// The names of the labels that any condition looks at, escaped.
    private var names: [[UInt8]] = []
    /// Where the values of the record at hand are.
    private var values: [Range<Int>?] = []
    /// The terms whose conditions on the metric's name hold.
    private var candidates: [Int] = []
    /// What counts for a label that a record does not have, by number in `names`.
    private var defaults: [[UInt8]] = []

    private let budget: WorkBudget

    init(_ selectors: [MetricSelector], maximumSteps: Int) {
        budget = WorkBudget(maximumSteps)
        // A selector without any condition selects nothing, as in Prometheus.
        for selector in selectors where !selector.matchers.isEmpty {
            var term = Term()
            for matcher in selector.matchers {
                let tester = ConditionTester(matcher, budget)
                if matcher.isOnName {
                    term.onName.append(tester)
                } else {
                    term.onLabels.append((number(of: matcher.name), tester))
                }
            }
            terms.append(term)
        }
        values = Array(repeating: nil, count: names.count)
        defaults = Array(repeating: [], count: names.count)
    }

    private mutating func number(of name: [UInt8]) -> Int {
        if let number = names.firstIndex(of: name) { return number }
        names.append(name)
        return names.count - 1
    }

    /// The expressions have taken all the steps they may; what they say is then worth nothing.
    var isSpent: Bool { budget.isSpent }

    /// Says what the next records have where they lack a label.
    mutating func setDefaults(_ labels: [(name: String, value: [UInt8])]) {
        for number in names.indices {
            defaults[number] = labels.first { names[number].elementsEqual($0.name.utf8) }?.value ?? []
        }
    }

    /// Turns to samples of this name.
    ///
    /// Answers whether none of them can be taken, or all are.
    mutating func begin(name: String) -> Verdict {
        var escaped: [UInt8] = []
        LabelText.appendEscaped(name, to: &escaped)
        candidates.removeAll(keepingCapacity: true)
        for number in terms.indices {
            let holds = escaped.withUnsafeBytes { name in
                terms[number].onName.indices.allSatisfy { terms[number].onName[$0].holds(name) }
            }
            guard holds else { continue }
            if terms[number].onLabels.isEmpty { return .all }
            candidates.append(number)
        }
        return candidates.isEmpty ? .none : .some
    }

    enum Verdict {
        case none
        case some
        case all
    }

    /// Whether labels in the arena's form are taken, for the name that was begun.
    mutating func takes(_ labels: UnsafeRawBufferPointer) -> Bool {
        for number in values.indices { values[number] = nil }
        var scanner = LabelScanner(labels)
        while let pair = scanner.next() {
            let name = UnsafeRawBufferPointer(rebasing: labels[pair.name])
            for number in names.indices where names[number].withUnsafeBytes({ ByteCompare.isEqual($0, name) }) {
                values[number] = pair.value
            }
        }
        for candidate in candidates where holds(candidate, labels) { return true }
        return false
    }

    private mutating func holds(_ candidate: Int, _ labels: UnsafeRawBufferPointer) -> Bool {
        for number in terms[candidate].onLabels.indices {
            let name = terms[candidate].onLabels[number].name
            let isMet: Bool
            if let value = values[name], !value.isEmpty {
                isMet = terms[candidate].onLabels[number].tester.holds(UnsafeRawBufferPointer(rebasing: labels[value]))
            } else {
                isMet = defaults[name].withUnsafeBytes { terms[candidate].onLabels[number].tester.holds($0) }
            }
            guard isMet else { return false }
        }
        return true
    }
}
