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

    private mutating func compile(_ inner: RegexNode, least: Int, most: Int?) -> Bool {
        for _ in 0..<least {
            guard compile(inner) else { return false }
        }
        guard let most else {
            let split = instructions.count
            instructions.append(.split(split + 1, 0))
            guard compile(inner) else { return false }
            instructions.append(.jump(split))
            instructions[split] = .split(split + 1, instructions.count)
            return true
        }
        var splits: [Int] = []
        for _ in least..<most {
            splits.append(instructions.count)
            instructions.append(.split(instructions.count + 1, 0))
            guard compile(inner) else { return false }
        }
        for split in splits { instructions[split] = .split(split + 1, instructions.count) }
        return true
    }
}
