/// Follows all ways through a compiled pattern at once.
///
/// Each character costs at most one look at each instruction.
struct PatternMachine {
    private let program: [LinearPattern.Instruction]
    private let slotCount: Int
    private let text: [UInt32]
    /// The ways that are open, the preferred first.
    private var current: [(place: Int, slots: [Int])] = []
    private var next: [(place: Int, slots: [Int])] = []
    /// The position at which an instruction was entered last.
    private var entered: [Int]

    init(_ program: [LinearPattern.Instruction], slots: Int, text: [UInt32]) {
        self.program = program
        slotCount = slots
        self.text = text
        entered = Array(repeating: -1, count: program.count)
    }

    /// Where each group of the best match starts and ends, -1 where it took no part; nil without a match.
    mutating func run() -> [Int]? {
        var best: [Int]?
        enter(0, Array(repeating: -1, count: slotCount), at: 0)
        swap(&current, &next)
        for position in 0...text.count {
            if current.isEmpty, best != nil { break }
            next.removeAll(keepingCapacity: true)
            for (place, slots) in current {
                switch program[place] {
                case .match: best = slots
                case .scalar(let set):
                    guard position < text.count, set.contains(text[position]) else { continue }
                    enter(place + 1, slots, at: position + 1)
                    continue
                default: continue
                }
                // What is less preferred than a match is not followed.
                break
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
        var stack: [(place: Int, slots: [Int])] = [(start, slots)]
        while var (place, slots) = stack.popLast() {
            while entered[place] != position {
                entered[place] = position
                switch program[place] {
                case .jump(let target): place = target
                case .split(let first, let second):
                    stack.append((second, slots))
                    place = first
                case .save(let slot):
                    slots[slot] = position
                    place += 1
                case .assertion(let assertion):
                    guard holds(assertion, at: position) else { break }
                    place += 1
                case .scalar, .match: next.append((place, slots))
                }
            }
        }
    }

    private func holds(_ assertion: PatternAssertion, at position: Int) -> Bool {
        switch assertion {
        case .textStart: position == 0
        case .textEnd: position == text.count
        case .lineStart: position == 0 || text[position - 1] == 0x0A
        case .lineEnd: position == text.count || text[position] == 0x0A
        case .wordBoundary: isWord(position - 1) != isWord(position)
        case .noWordBoundary: isWord(position - 1) == isWord(position)
        }
    }

    private func isWord(_ position: Int) -> Bool {
        text.indices.contains(position) && ScalarSet.word.contains(text[position])
    }
}
