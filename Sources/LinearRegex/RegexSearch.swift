/// Looks for the leftmost match of a program that keeps groups, following all ways through it at once.
///
/// Each character costs at most one look at each instruction.
struct RegexSearch {
    private let program: RegexProgram
    private let slotCount: Int
    private let text: [UInt32]
    /// The ways that are open, the preferred first.
    private var current: [(place: Int, slots: [Int])] = []
    private var next: [(place: Int, slots: [Int])] = []
    /// The position at which an instruction was entered last.
    private var entered: [Int]

    init(_ program: RegexProgram, slots: Int, text: [UInt32]) {
        self.program = program
        slotCount = slots
        self.text = text
        entered = Array(repeating: -1, count: program.instructions.count)
    }

    /// Where each group of the best match starts and ends, -1 where it took no part; nil without a match.
    mutating func run() -> [Int]? {
        var best: [Int]?
        enter(0, Array(repeating: -1, count: slotCount), at: 0)
        swap(&current, &next)
        for position in 0...text.count {
            if current.isEmpty, best != nil { break }
            next.removeAll(keepingCapacity: true)
            // What is less preferred than a match is not followed.
            for (place, slots) in current {
                if program.instructions[place] == .match {
                    best = slots
                    break
                }
                guard position < text.count, program.takes(place, text[position]) else { continue }
                enter(place + 1, slots, at: position + 1)
            }
            if position < text.count, best == nil {
                enter(0, Array(repeating: -1, count: slotCount), at: position + 1)
            }
            swap(&current, &next)
        }
        return best
    }

    /// Goes on from an instruction to those that take a character, the preferred first.
    private mutating func enter(_ start: Int, _ slots: [Int], at position: Int) {
        let before = position > 0 ? text[position - 1] : nil
        let after = position < text.count ? text[position] : nil
        var stack: [(place: Int, slots: [Int])] = [(start, slots)]
        while var (place, slots) = stack.popLast() {
            while entered[place] != position {
                entered[place] = position
                switch program.instructions[place] {
                case .jump(let target): place = target
                case .split(let first, let second):
                    stack.append((second, slots))
                    place = first
                case .save(let slot):
                    slots[slot] = position
                    place += 1
                case .assertion(let assertion):
                    guard assertion.holds(between: before, and: after) else { break }
                    place += 1
                case .scalar, .foldedScalar, .set, .match: next.append((place, slots))
                }
            }
        }
    }
}
