/// Reads the subtree under an object in lexicographic order (RFC 3416 §4.2.2 and §4.2.3).
package struct WalkOperation {
    package struct Step {
        /// Those that follow; all are below the root.
        package var bindings: [VariableBinding] = []
        package var next: Next
    }

    package enum Next {
        case ask(SNMPQuery.Kind)
        case end(SNMPError?)
    }

    /// Answers in a row after which more objects are asked for again, once an answer was too big.
    static let recovery = 8

    private let root: ObjectIdentifier
    private let options: SNMPOptions
    private let usesBulk: Bool
    private var last: ObjectIdentifier
    private var repetitions: Int
    private var count = 0
    private var successes = 0
    /// Where the walk has gone on, once objects are out of order.
    private var seen: Set<ObjectIdentifier> = []
    /// Nothing is below the root, so that the root itself is asked for.
    private var asksRoot = false

    package init(_ root: ObjectIdentifier, _ credentials: SNMPCredentials, _ options: SNMPOptions) {
        self.root = root
        self.options = options
        last = root
        repetitions = max(options.maxRepetitions, 1)
        if case .v1 = credentials { usesBulk = false } else { usesBulk = true }
    }

    package var first: SNMPQuery.Kind { question }

    private var question: SNMPQuery.Kind { usesBulk ? .getBulk(last, repetitions: repetitions) : .getNext(last) }

    package mutating func take(_ answer: SNMPAnswer) -> Step {
        guard !asksRoot else { return takeRoot(answer) }
        if usesBulk, answer.repetitions < repetitions {
            repetitions = max(answer.repetitions, 1)
            successes = 0
        }
        switch answer.status {
        case nil: return accept(answer.bindings)
        // The end of the view in version 1.
        case .noSuchName: return end()
        case .tooBig where usesBulk && answer.repetitions > 1:
            repetitions = answer.repetitions / 2
            successes = 0
            return Step(next: .ask(question))
        case let status?: return Step(next: .end(.errorStatus(status, last)))
        }
    }

    private mutating func accept(_ bindings: [VariableBinding]) -> Step {
        let asked = last
        var isAtEnd = bindings.isEmpty
        var kept = 0
        for binding in bindings {
            guard !binding.value.isMissing, binding.name.isBelow(root) else {
                isAtEnd = true
                break
            }
            let before = options.allowsDisorderInAnswers ? asked : last
            guard options.allowsNonIncreasing || before < binding.name else {
                let end = SNMPError.notIncreasing(binding.name, after: before)
                return Step(bindings: Array(bindings.prefix(kept)), next: .end(end))
            }
            last = binding.name
            kept += 1
        }
        count += kept
        let batch = kept == bindings.count ? bindings : Array(bindings.prefix(kept))
        guard count <= options.maximumBindings else {
            return Step(next: .end(.tooManyBindings(limit: options.maximumBindings)))
        }
        guard !isAtEnd else {
            var step = end()
            step.bindings = batch
            return step
        }
        guard !options.allowsNonIncreasing || seen.insert(last).inserted else {
            return Step(bindings: batch, next: .end(.loop(last)))
        }
        recover()
        return Step(bindings: batch, next: .ask(question))
    }

    private mutating func recover() {
        guard repetitions < options.maxRepetitions else { return }
        successes += 1
        guard successes >= Self.recovery else { return }
        successes = 0
        repetitions = min(repetitions * 2, options.maxRepetitions)
    }

    /// A walk that found nothing may have been meant for the one object that the root is.
    private mutating func end() -> Step {
        guard count == 0 else { return Step(next: .end(nil)) }
        asksRoot = true
        return Step(next: .ask(.get([root])))
    }

    private func takeRoot(_ answer: SNMPAnswer) -> Step {
        guard answer.status == nil, let binding = answer.bindings.first, binding.name == root, !binding.value.isMissing
        else { return Step(next: .end(nil)) }
        return Step(bindings: [binding], next: .end(nil))
    }
}
