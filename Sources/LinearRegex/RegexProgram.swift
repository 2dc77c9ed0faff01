/// A regular expression as a nondeterministic automaton (Thompson 1968), with Pike's instructions for groups if wanted.
package struct RegexProgram: Sendable {
    enum Instruction: Sendable, Equatable {
        case scalar(UInt32)
        case foldedScalar(UInt32)
        case set(Int)
        /// Goes on at both places, of which the first is preferred.
        case split(Int, Int)
        case jump(Int)
        case assertion(RegexNode.Assertion)
        /// Keeps the position under a number: twice that of a group for its start, one more for its end.
        case save(Int)
        case match
    }

    /// The most instructions of one expression.
    package static let maximumSize = 10_000

    private(set) var instructions: [Instruction] = []
    private(set) var sets: [ScalarSet] = []
    /// Parts of the expression that were visited, repeated ones each time: those may come to no instruction.
    private var visits = 0
    private let keepsGroups: Bool

    /// `text` is what the node was read from; without `keepsGroups` a match says yes or no only.
    package init(_ node: RegexNode, text: String, keepsGroups: Bool = false) throws(RegexError) {
        self.keepsGroups = keepsGroups
        guard compile(keepsGroups ? .group(node, number: 0) : node) else {
            throw RegexError(reason: "expression too large", fragment: text)
        }
        instructions.append(.match)
    }

    /// Whether the instruction at a place stands for a scalar.
    @inline(__always)
    func takes(_ place: Int, _ scalar: UInt32) -> Bool {
        switch instructions[place] {
        case .scalar(let value): value == scalar
        case .foldedScalar(let value): SimpleCase.areSame(value, scalar)
        case .set(let number): sets[number].contains(scalar)
        case .split, .jump, .assertion, .save, .match: false
        }
    }

    /// False when the program gets too large.
    private mutating func compile(_ node: RegexNode) -> Bool {
        visits += 1
        guard visits <= Self.maximumSize, instructions.count < Self.maximumSize else { return false }
        switch node {
        case .empty: return true
        case .scalar(let value, let ignoresCase):
            instructions.append(ignoresCase ? .foldedScalar(value) : .scalar(value))
        case .set(let set):
            let known = sets.firstIndex(of: set)
            if known == nil { sets.append(set) }
            instructions.append(.set(known ?? sets.count - 1))
        case .assertion(let assertion): instructions.append(.assertion(assertion))
        case .sequence(let nodes): return nodes.allSatisfy { compile($0) }
        case .alternatives(let nodes): return compile(alternatives: nodes)
        case .repetition(let inner, let least, let most, let isLazy):
            return compile(inner, least: least) && compile(inner, least: least, most: most, isLazy: isLazy)
        case .group(let inner, let number):
            guard keepsGroups else { return compile(inner) }
            instructions.append(.save(2 * number))
            guard compile(inner) else { return false }
            instructions.append(.save(2 * number + 1))
        }
        return true
    }

    private mutating func compile(alternatives nodes: [RegexNode]) -> Bool {
        var ends: [Int] = []
        for (number, node) in nodes.enumerated() {
            let split = instructions.count
            let isLast = number == nodes.count - 1
            if !isLast { instructions.append(.split(split + 1, 0)) }
            guard compile(node) else { return false }
            guard !isLast else { break }
            ends.append(instructions.count)
            instructions.append(.jump(0))
            instructions[split] = .split(split + 1, instructions.count)
        }
        for end in ends { instructions[end] = .jump(instructions.count) }
        return true
    }

    private mutating func compile(_ inner: RegexNode, least: Int) -> Bool {
        for _ in 0..<least {
            guard compile(inner) else { return false }
        }
        return true
    }

    /// Compiles what may come beyond the least.
    private mutating func compile(_ inner: RegexNode, least: Int, most: Int?, isLazy: Bool) -> Bool {
        var splits: [Int] = []
        for _ in 0..<(most.map { $0 - least } ?? 1) {
            splits.append(instructions.count)
            instructions.append(.match)
            guard compile(inner) else { return false }
        }
        if most == nil { instructions.append(.jump(splits[0])) }
        for split in splits {
            let end = instructions.count
            instructions[split] = isLazy ? .split(end, split + 1) : .split(split + 1, end)
        }
        return true
    }
}
