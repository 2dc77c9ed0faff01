/// A regular expression as a nondeterministic automaton (Thompson 1968, Pike's virtual machine without captures).
struct RegexProgram: Sendable {
    enum Instruction: Sendable, Equatable {
        case scalar(UInt32)
        case foldedScalar(UInt32)
        case set(Int)
        /// Goes on at both places.
        case split(Int, Int)
        case jump(Int)
        case assertion(RegexNode.Assertion)
        /// Notes the place in the text: where group N begins at 2N, where it ends at 2N + 1.
        case save(Int)
        case match
    }

    /// The most instructions of one expression.
    static let maximumSize = 10_000

    private(set) var instructions: [Instruction] = []
    private(set) var sets: [ScalarSet] = []
    /// Parts of the expression that were visited, repeated ones each time: those may come to no instruction.
    private var visits = 0

    init(_ node: RegexNode, text: String) throws(RegexError) {
        guard compile(node) else { throw RegexError(reason: "expression too large", fragment: text) }
        instructions.append(.match)
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
        case .repetition(let inner, let least, let most): return compile(inner, least: least, most: most)
        case .lazyRepetition(let inner, let least, let most):
            return compile(inner, least: least, most: most, isLazy: true)
        case .group(let inner, let number):
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

    private mutating func compile(_ inner: RegexNode, least: Int, most: Int?, isLazy: Bool = false) -> Bool {
        for _ in 0..<least {
            guard compile(inner) else { return false }
        }
        // The place that is listed first is tried first.
        func split(_ inside: Int, _ behind: Int) -> Instruction {
            isLazy ? .split(behind, inside) : .split(inside, behind)
        }
        guard let most else {
            let start = instructions.count
            instructions.append(split(start + 1, 0))
            guard compile(inner) else { return false }
            instructions.append(.jump(start))
            instructions[start] = split(start + 1, instructions.count)
            return true
        }
        var starts: [Int] = []
        for _ in least..<most {
            starts.append(instructions.count)
            instructions.append(split(instructions.count + 1, 0))
            guard compile(inner) else { return false }
        }
        for start in starts { instructions[start] = split(start + 1, instructions.count) }
        return true
    }
}
