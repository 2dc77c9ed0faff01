/// An RE2 expression that tells what its groups stand for, held against whole texts.
///
/// Pike's virtual machine: the work is bounded by the length of the text times that of the program, whatever they are.
/// Where several matches are possible it is the one that Perl would find.
package struct RegexGroups: Sendable {
    private let program: RegexProgram
    private let names: [String?]

    package init(_ text: String) throws(RegexError) {
        let (node, names) = try RegexParser.parseGroups(text)
        program = try RegexProgram(node, text: text)
        self.names = names
    }

    /// The number of the group with this name.
    package func number(of name: String) -> Int? {
        names.firstIndex { $0 == name }.map { $0 + 1 }
    }

    /// What the groups stand for, the whole text at 0 and nil for those that took no part; nil when there is no match.
    package func match(_ text: String) -> [Substring?]? {
        let scalars = Array(text.unicodeScalars)
        var threads = Threads(program, groups: names.count)
        threads.follow(0, threads.nothing, before: nil, after: scalars.first?.value, at: 0)
        for (place, scalar) in scalars.enumerated() {
            threads.advance()
            guard !threads.isEmpty else { return nil }
            let after = place + 1 < scalars.count ? scalars[place + 1].value : nil
            threads.step(scalar.value, after: after, at: place + 1)
        }
        guard let found = threads.match else { return nil }
        let indices = Array(text.unicodeScalars.indices) + [text.endIndex]
        return [text[...]]
            + (1...names.count + 1).dropLast().map { group in
                let (start, end) = (found[2 * group], found[2 * group + 1])
                return start >= 0 && end >= 0 ? text[indices[start]..<indices[end]] : nil
            }
    }
}

/// The places in the program where the match could be, the preferred first, with the groups of each.
private struct Threads {
    private let program: RegexProgram
    let nothing: [Int]
    private var current: [(place: Int, groups: [Int])] = []
    private var next: [(place: Int, groups: [Int])] = []
    private var seen: Set<Int> = []

    init(_ program: RegexProgram, groups: Int) {
        self.program = program
        nothing = [Int](repeating: -1, count: 2 * (groups + 1))
    }

    var isEmpty: Bool { current.isEmpty }

    /// The groups of the preferred match that ends where the text does.
    var match: [Int]? {
        next.first { thread in
            if case .match = program.instructions[thread.place] { true } else { false }
        }?.groups
    }

    mutating func advance() {
        swap(&current, &next)
        next.removeAll(keepingCapacity: true)
        seen.removeAll(keepingCapacity: true)
    }

    mutating func step(_ scalar: UInt32, after: UInt32?, at place: Int) {
        for thread in current where takes(thread.place, scalar) {
            follow(thread.place + 1, thread.groups, before: scalar, after: after, at: place)
        }
    }

    private func takes(_ place: Int, _ scalar: UInt32) -> Bool {
        switch program.instructions[place] {
        case .scalar(let value): value == scalar
        case .foldedScalar(let value): SimpleCase.areSame(value, scalar)
        case .set(let number): program.sets[number].contains(scalar)
        default: false
        }
    }

    /// Adds a place and all that can be reached from it without a scalar, in the order of preference.
    mutating func follow(_ start: Int, _ groups: [Int], before: UInt32?, after: UInt32?, at position: Int) {
        var stack = [(place: start, groups: groups)]
        while let (place, groups) = stack.popLast() {
            guard seen.insert(place).inserted else { continue }
            switch program.instructions[place] {
            case .jump(let target): stack.append((target, groups))
            case .split(let first, let second):
                stack.append((second, groups))
                stack.append((first, groups))
            case .assertion(let assertion):
                if assertion.holds(between: before, and: after) { stack.append((place + 1, groups)) }
            case .save(let slot):
                var noted = groups
                noted[slot] = position
                stack.append((place + 1, noted))
            case .scalar, .foldedScalar, .set, .match: next.append((place, groups))
            }
        }
    }
}
