/// Finds expressions such as `a.b.c` with too many indexings.
///
/// When such an expression fails, 5.4.4 looks for the name of every value in it, one native stack frame and one pass
/// over the function's code for each: with the 32,000 that fit into 64 KiB it takes seconds, or the stack overflows.
/// The scanner knows Lua's tokens but not its grammar, and counts a little too much rather than too little: calls
/// and parentheses do not end a chain, operators, separators and keywords do.
struct IndexChains {
    /// Indexings in one expression.
    static let limit = 200

    private let source: [UInt8]
    private var index = 0
    private var line = 1
    private var chain = 0
    /// The chains that go on when the brackets around this place are closed.
    private var outer: [Int] = []

    private init(_ source: [UInt8]) { self.source = source }

    /// The line of the first expression above the limit.
    static func firstLineAboveLimit(in source: [UInt8]) -> Int? {
        var chains = IndexChains(source)
        while chains.index < source.count {
            chains.scanToken()
            if chains.chain > limit { return chains.line }
        }
        return nil
    }

    private func byte(_ offset: Int = 0) -> UInt8 {
        index + offset < source.count ? source[index + offset] : 0
    }

    private mutating func scanToken() {
        switch byte() {
        case .init(ascii: "\n"):
            line += 1
            index += 1
        case .init(ascii: " "), .init(ascii: "\t"), .init(ascii: "\r"): index += 1
        case .init(ascii: "-") where byte(1) == .init(ascii: "-"): skipComment()
        case .init(ascii: "\""), .init(ascii: "'"): skipString()
        case .init(ascii: "."), .init(ascii: ":"): scanDot()
        case .init(ascii: "["): scanBracket()
        case .init(ascii: "("), .init(ascii: "{"): open()
        case .init(ascii: ")"), .init(ascii: "}"): close(indexing: 0)
        case .init(ascii: "]"): close(indexing: 1)
        case let first where CharacterClass.isWord(first):
            chain = 0
            skipWord()
        default:
            chain = 0
            index += 1
        }
    }

    private mutating func open() {
        outer.append(chain)
        chain = 0
        index += 1
    }

    private mutating func close(indexing count: Int) {
        chain += count + (outer.popLast() ?? 0)
        index += 1
    }

    /// A single dot or colon is followed by a name; two or three are operators, two colons a label.
    private mutating func scanDot() {
        if byte(1) == byte() {
            chain = 0
            while byte() == .init(ascii: ".") || byte() == .init(ascii: ":") { index += 1 }
            return
        }
        index += 1
        chain = CharacterClass.isDigit(byte()) ? 0 : chain + 1
        skipSpace()
        skipWord()
    }

    private mutating func scanBracket() {
        if let level = longBracketLevel() { skipLong(level) } else { open() }
    }

    private mutating func skipWord() {
        while CharacterClass.isWord(byte()) { index += 1 }
    }

    /// Between a dot and its name there may be spaces, line ends and comments.
    private mutating func skipSpace() {
        while index < source.count {
            if byte() == .init(ascii: "-"), byte(1) == .init(ascii: "-") {
                skipComment()
            } else if CharacterClass.contains(byte(), class: .init(ascii: "s")) {
                if byte() == .init(ascii: "\n") { line += 1 }
                index += 1
            } else {
                return
            }
        }
    }

    private mutating func skipString() {
        let quote = byte()
        index += 1
        while index < source.count, byte() != quote {
            if byte() == .init(ascii: "\\") { index += 1 }
            if byte() == .init(ascii: "\n") { line += 1 }
            index += 1
        }
        index += 1
    }

    private mutating func skipComment() {
        index += 2
        if let level = longBracketLevel() { return skipLong(level) }
        while index < source.count, byte() != .init(ascii: "\n") { index += 1 }
    }

    /// How many equals signs the long bracket that opens here has; nil when none does.
    private func longBracketLevel() -> Int? {
        guard byte() == .init(ascii: "[") else { return nil }
        var level = 0
        while byte(1 + level) == .init(ascii: "=") { level += 1 }
        return byte(1 + level) == .init(ascii: "[") ? level : nil
    }

    private mutating func skipLong(_ level: Int) {
        index += level + 2
        while index < source.count {
            if byte() == .init(ascii: "\n") { line += 1 }
            if byte() == .init(ascii: "]"), (0..<level).allSatisfy({ byte(1 + $0) == .init(ascii: "=") }),
                byte(1 + level) == .init(ascii: "]")
            {
                index += level + 2
                return
            }
            index += 1
        }
    }
}
