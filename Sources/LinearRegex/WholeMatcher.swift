/// The steps that all expressions of one request may take.
package final class WorkBudget {
    private(set) var left: Int

    package init(_ steps: Int) { left = steps }

    package var isSpent: Bool { left <= 0 }

    @inline(__always)
    func spend(_ steps: Int) { left &-= steps }
}

/// Matches whole texts against an expression in time proportional to the text and the program, whatever they are.
///
/// Keeps its working memory from one text to the next, so that a match allocates nothing.
package struct WholeMatcher {
    private let program: RegexProgram
    private var current: PlaceSet
    private var next: PlaceSet
    private var stack: [Int] = []
    private let budget: WorkBudget

    package init(_ program: RegexProgram, _ budget: WorkBudget) {
        self.program = program
        self.budget = budget
        current = PlaceSet(program.instructions.count)
        next = PlaceSet(program.instructions.count)
    }

    /// Whether the expression stands for the text behind the escapes `\\`, `\"` and `\n`; false once the budget is spent.
    package mutating func matches(_ text: UnsafeRawBufferPointer) -> Bool {
        var scalars = EscapedScalars(text)
        var here = scalars.next()
        next.removeAll()
        follow(0, nil, here)
        swap(&current, &next)
        while let scalar = here {
            guard current.count > 0, !budget.isSpent else { return false }
            let after = scalars.next()
            next.removeAll()
            for position in 0..<current.count where program.takes(current[position], scalar) {
                follow(current[position] + 1, scalar, after)
            }
            budget.spend(current.count)
            swap(&current, &next)
            here = after
        }
        return current.contains(program.instructions.count - 1)
    }

    /// Adds to `next` a place and all that can be reached from it without a scalar.
    private mutating func follow(_ start: Int, _ before: UInt32?, _ after: UInt32?) {
        stack.append(start)
        while let place = stack.popLast() {
            guard next.insert(place) else { continue }
            budget.spend(1)
            switch program.instructions[place] {
            case .jump(let target): stack.append(target)
            case .save: stack.append(place + 1)
            case .split(let first, let second):
                stack.append(second)
                stack.append(first)
            case .assertion(let assertion):
                if assertion.holds(between: before, and: after) { stack.append(place + 1) }
            case .scalar, .foldedScalar, .set, .match: break
            }
        }
    }
}

extension RegexNode.Assertion {
    func holds(between before: UInt32?, and after: UInt32?) -> Bool {
        switch self {
        case .textStart: before == nil
        case .textEnd: after == nil
        case .lineStart: before == nil || before == 0x0a
        case .lineEnd: after == nil || after == 0x0a
        case .wordBoundary: Self.isWord(before) != Self.isWord(after)
        case .noWordBoundary: Self.isWord(before) == Self.isWord(after)
        }
    }

    private static func isWord(_ scalar: UInt32?) -> Bool {
        scalar.map { scalar in ScalarSet.words.contains { $0.contains(scalar) } } ?? false
    }
}

/// A set of places in a program that is emptied in no time (Briggs and Torczon 1993).
private struct PlaceSet {
    private var dense: [Int]
    private var sparse: [Int]
    private(set) var count = 0

    init(_ capacity: Int) {
        dense = Array(repeating: 0, count: capacity)
        sparse = Array(repeating: 0, count: capacity)
    }

    subscript(position: Int) -> Int { dense[position] }

    func contains(_ place: Int) -> Bool {
        sparse[place] < count && dense[sparse[place]] == place
    }

    /// False when it is in the set already.
    mutating func insert(_ place: Int) -> Bool {
        guard !contains(place) else { return false }
        dense[count] = place
        sparse[place] = count
        count += 1
        return true
    }

    mutating func removeAll() { count = 0 }
}

/// The scalars of an escaped text.
private struct EscapedScalars {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func next() -> UInt32? {
        guard position < bytes.count else { return nil }
        var byte = bytes[position]
        position += 1
        if byte == UInt8(ascii: "\\"), position < bytes.count {
            byte = bytes[position]
            position += 1
            return byte == UInt8(ascii: "n") ? 0x0a : UInt32(byte)
        }
        guard byte >= 0x80 else { return UInt32(byte) }
        // The bytes are valid UTF-8: the first one says how many follow.
        let length = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1
        var value = UInt32(byte) & (0x3f >> UInt32(length))
        for _ in 0..<length where position < bytes.count {
            value = value << 6 | UInt32(bytes[position] & 0x3f)
            position += 1
        }
        return value
    }
}
