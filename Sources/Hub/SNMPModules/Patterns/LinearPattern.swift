/// A regular expression that is matched in time proportional to the text, whatever the pattern is.
///
/// Syntax and choice of the match are those of RE2, as Go has them; scripts (`\p{Greek}`) and `\C` are left out. All ways
/// to match are followed at once (Thompson 1968, with Pike's copies of what the groups found), so that no pattern of a
/// module file can keep a plugin's thread busy.
struct LinearPattern: Sendable {
    /// Characters of a pattern.
    static let longest = 4096
    /// Of the compiled pattern.
    static let mostInstructions = 4000
    /// Characters of a text; a longer one matches nothing.
    static let longestText = 16_384

    enum Instruction: Sendable {
        case scalar(ScalarSet)
        case assertion(PatternAssertion)
        /// Goes on at both; the first is preferred.
        case split(Int, Int)
        case jump(Int)
        case save(Int)
        case match
    }

    let text: String
    private let program: Program
    private let groupNames: [String?]

    init(_ text: String) throws(PatternProblem) {
        var parser = try PatternParser(text)
        var compiler = PatternCompiler()
        try compiler.compile(try parser.parse())
        self.text = text
        program = Program(compiler.program)
        groupNames = parser.groupNames
    }

    /// What a match found: texts by group, group 0 being the whole; nil where a group took no part.
    struct Match {
        fileprivate let groups: [String?]
        fileprivate let names: [String?]

        /// A template with `$1`, `${1}`, `$name`, `${name}` and `$$` replaced as Go's `Expand` does.
        func expand(_ template: String) -> String {
            var result = ""
            var rest = Substring(template)
            while let dollar = rest.firstIndex(of: "$") {
                result += rest[..<dollar]
                rest = rest[dollar...].dropFirst()
                if rest.first == "$" {
                    result += "$"
                    rest = rest.dropFirst()
                    continue
                }
                let isBraced = rest.first == "{"
                let name = (isBraced ? rest.dropFirst() : rest).prefix { $0 == "_" || $0.isLetter || $0.isNumber }
                let after = rest.dropFirst(name.count + (isBraced ? 1 : 0))
                guard !name.isEmpty, !isBraced || after.first == "}" else {
                    result += "$"
                    continue
                }
                result += group(name) ?? ""
                rest = isBraced ? after.dropFirst() : after
            }
            return result + rest
        }

        private func group(_ name: Substring) -> String? {
            let number = Int(name) ?? names.firstIndex { $0.map { $0 == name } ?? false }
            return number.flatMap { groups.indices.contains($0) ? groups[$0] : nil }
        }
    }

    /// Whether it is found anywhere in a text.
    func isFound(in text: String) -> Bool { firstMatch(in: text) != nil }

    /// The leftmost match, of several at the same place the one that the pattern prefers.
    func firstMatch(in text: String) -> Match? {
        let scalars = text.unicodeScalars.map(\.value)
        guard scalars.count <= Self.longestText else { return nil }
        var machine = PatternMachine(program.instructions, slots: groupNames.count * 2, text: scalars)
        guard let slots = machine.run() else { return nil }
        let groups = groupNames.indices.map { number -> String? in
            let (start, end) = (slots[number * 2], slots[number * 2 + 1])
            guard start >= 0, end >= start else { return nil }
            var found = String.UnicodeScalarView()
            for value in scalars[start..<end] { if let scalar = Unicode.Scalar(value) { found.append(scalar) } }
            return String(found)
        }
        return Match(groups: groups, names: groupNames)
    }

    /// Holds the instructions, which are never changed.
    private final class Program: Sendable {
        let instructions: [Instruction]

        init(_ instructions: [Instruction]) { self.instructions = instructions }
    }
}

/// Writes a pattern as instructions.
struct PatternCompiler {
    private(set) var program: [LinearPattern.Instruction] = []

    mutating func compile(_ node: PatternNode) throws(PatternProblem) {
        try emit(.save(0))
        try add(node)
        try emit(.save(1))
        try emit(.match)
    }

    private mutating func emit(_ instruction: LinearPattern.Instruction) throws(PatternProblem) {
        guard program.count < LinearPattern.mostInstructions else { throw .tooLarge }
        program.append(instruction)
    }

    private mutating func add(_ node: PatternNode) throws(PatternProblem) {
        switch node {
        case .empty: return
        case .scalar(let set): try emit(.scalar(set))
        case .assertion(let assertion): try emit(.assertion(assertion))
        case .group(let inner, let number):
            try emit(.save(number * 2))
            try add(inner)
            try emit(.save(number * 2 + 1))
        case .sequence(let items): for item in items { try add(item) }
        case .choice(let branches): try add(branches: branches)
        case .repeated(let inner, let least, let most, let isLazy):
            for _ in 0..<least {
                let before = program.count
                try add(inner)
                // Nothing, repeated, is nothing; it must not be tried a thousand times a thousand times.
                if program.count == before { break }
            }
            if let most {
                try add(inner, atMost: most - least, isLazy: isLazy)
            } else {
                try add(endless: inner, isLazy: isLazy)
            }
        }
    }

    private mutating func add(branches: [PatternNode]) throws(PatternProblem) {
        var ends: [Int] = []
        for branch in branches.dropLast() {
            let split = program.count
            try emit(.split(split + 1, 0))
            try add(branch)
            ends.append(program.count)
            try emit(.jump(0))
            program[split] = .split(split + 1, program.count)
        }
        if let last = branches.last { try add(last) }
        for end in ends { program[end] = .jump(program.count) }
    }

    private mutating func add(_ inner: PatternNode, atMost most: Int, isLazy: Bool) throws(PatternProblem) {
        var splits: [Int] = []
        for _ in 0..<most {
            splits.append(program.count)
            try emit(.split(0, 0))
            try add(inner)
        }
        for split in splits {
            program[split] = isLazy ? .split(program.count, split + 1) : .split(split + 1, program.count)
        }
    }

    private mutating func add(endless inner: PatternNode, isLazy: Bool) throws(PatternProblem) {
        let split = program.count
        try emit(.split(0, 0))
        try add(inner)
        try emit(.jump(split))
        program[split] = isLazy ? .split(program.count, split + 1) : .split(split + 1, program.count)
    }
}
