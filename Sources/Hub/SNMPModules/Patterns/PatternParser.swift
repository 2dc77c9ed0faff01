/// Reads the syntax of RE2, which is Go's: no look-around, no back references.
struct PatternParser {
    /// Groups within groups.
    static let deepest = 100
    /// As RE2 limits `{n}`.
    static let mostRepetitions = 1000

    private struct Flags {
        var ignoresCase = false
        var isMultiline = false
        var dotTakesLineFeed = false
        var isLazy = false
    }

    private let text: [UInt32]
    var place = 0
    private var depth = 0
    private var flags = Flags()
    /// Names of the groups, by number; group 0 is the whole.
    private(set) var groupNames: [String?] = [nil]

    init(_ pattern: String) throws(PatternProblem) {
        text = pattern.unicodeScalars.map(\.value)
        guard text.count <= LinearPattern.longest else { throw .tooLong }
    }

    mutating func parse() throws(PatternProblem) -> PatternNode {
        let node = try choice()
        guard place == text.count else { throw .unexpectedParenthesis }
        return node
    }

    // MARK: Reading characters

    var isAtEnd: Bool { place >= text.count }

    func peek(_ offset: Int = 0) -> UInt32? { place + offset < text.count ? text[place + offset] : nil }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek() == character.value else { return false }
        place += 1
        return true
    }

    mutating func next() -> UInt32? {
        guard let scalar = peek() else { return nil }
        place += 1
        return scalar
    }

    func string(_ range: Range<Int>) -> String {
        var string = String.UnicodeScalarView()
        for value in text[range] { if let scalar = Unicode.Scalar(value) { string.append(scalar) } }
        return String(string)
    }

    // MARK: Structure

    private mutating func choice() throws(PatternProblem) -> PatternNode {
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() throws(PatternProblem) -> PatternNode {
        var items: [PatternNode] = []
        while let character = peek(), character != 0x7C, character != 0x29 {
            guard let item = try item() else { continue }
            items.append(try repetitions(of: item))
        }
        return items.count == 1 ? items[0] : items.isEmpty ? .empty : .sequence(items)
    }

    /// Nil for a group that only sets flags.
    private mutating func item() throws(PatternProblem) -> PatternNode? {
        guard let character = next(), let scalar = Unicode.Scalar(character) else { return .empty }
        switch scalar {
        case "(": return try group()
        case "[": return .scalar(try set())
        case ".": return .scalar(flags.dotTakesLineFeed ? .any : .anyButLineFeed)
        case "^": return .assertion(flags.isMultiline ? .lineStart : .textStart)
        case "$": return .assertion(flags.isMultiline ? .lineEnd : .textEnd)
        case "*", "+", "?": throw .nothingToRepeat
        case "\\": return try escape()
        default: return literal(character)
        }
    }

    private func literal(_ character: UInt32) -> PatternNode {
        .scalar(ScalarSet([.range(character...character)], ignoresCase: flags.ignoresCase))
    }

    private mutating func repetitions(of item: PatternNode) throws(PatternProblem) -> PatternNode {
        var node = item
        var isRepeated = false
        while let (least, most) = try repetition() {
            // RE2 takes "a**" for a mistake.
            guard !isRepeated else { throw .nothingToRepeat }
            isRepeated = true
            let isLazy = take("?") != flags.isLazy
            node = .repeated(node, least: least, most: most, isLazy: isLazy)
        }
        return node
    }

    private mutating func repetition() throws(PatternProblem) -> (Int, Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        let start = place
        guard take("{"), let least = number() else {
            place = start
            return nil
        }
        var most: Int? = least
        if take(",") { most = peek() == 0x7D ? nil : number() ?? -1 }
        guard take("}"), most != -1 else {
            place = start
            return nil
        }
        guard least <= Self.mostRepetitions, most ?? 0 <= Self.mostRepetitions else { throw .tooManyRepetitions }
        if let most, most < least { throw .emptyRange }
        return (least, most)
    }

    private mutating func number() -> Int? {
        let start = place
        while let digit = peek(), (0x30...0x39).contains(digit), place - start < 6 { place += 1 }
        return Int(string(start..<place))
    }

    private mutating func group() throws(PatternProblem) -> PatternNode? {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else { throw .tooDeep }
        let outer = flags
        var number: Int?
        if peek() == 0x3F {
            switch try groupHead() {
            case .flagsOnly: return nil
            case .plain: break
            case .named(let name):
                number = groupNames.count
                groupNames.append(name)
            }
        } else {
            number = groupNames.count
            groupNames.append(nil)
        }
        let node = try choice()
        guard take(")") else { throw .missingParenthesis }
        flags = outer
        return number.map { .group(node, number: $0) } ?? .sequence([node])
    }

    private enum GroupHead {
        case flagsOnly
        case plain
        case named(String)
    }

    /// What follows `(`: `?:`, `?P<name>`, `?<name>`, `?i)`, `?i-s:`.
    private mutating func groupHead() throws(PatternProblem) -> GroupHead {
        let start = place
        place += 1
        _ = take("P")
        if take("<") {
            let nameStart = place
            while let character = peek(), ScalarSet.word.contains(character) { place += 1 }
            let name = string(nameStart..<place)
            guard !name.isEmpty, take(">") else { throw .unknownGroup(string(start..<min(place + 1, text.count))) }
            return .named(name)
        }
        var value = true
        while let character = next(), let scalar = Unicode.Scalar(character) {
            switch scalar {
            case "i": flags.ignoresCase = value
            case "m": flags.isMultiline = value
            case "s": flags.dotTakesLineFeed = value
            case "U": flags.isLazy = value
            case "-" where value: value = false
            case ":": return .plain
            case ")": return .flagsOnly
            default: throw .unknownGroup(string(start..<place))
            }
        }
        throw .missingParenthesis
    }

    // MARK: Escapes and classes

    private mutating func escape() throws(PatternProblem) -> PatternNode {
        let start = place - 1
        guard let character = peek(), let scalar = Unicode.Scalar(character) else { throw .trailingBackslash }
        switch scalar {
        case "A":
            place += 1
            return .assertion(.textStart)
        case "z":
            place += 1
            return .assertion(.textEnd)
        case "b":
            place += 1
            return .assertion(.wordBoundary)
        case "B":
            place += 1
            return .assertion(.noWordBoundary)
        case "Q":
            place += 1
            return quoted()
        default: break
        }
        if var set = try namedSet() {
            set.ignoresCase = flags.ignoresCase
            return .scalar(set)
        }
        return literal(try escapedCharacter(from: start))
    }

    /// The rest of the pattern, or what stands before `\E`, as it is.
    private mutating func quoted() -> PatternNode {
        var items: [PatternNode] = []
        while let character = next() {
            if character == 0x5C, take("E") { break }
            items.append(literal(character))
        }
        return .sequence(items)
    }

    private mutating func set() throws(PatternProblem) -> ScalarSet {
        var set = ScalarSet([], ignoresCase: flags.ignoresCase)
        set.isNegated = take("^")
        var isFirst = true
        while isFirst || peek() != 0x5D {
            isFirst = false
            guard let character = peek() else { throw .missingBracket }
            if character == 0x5B, peek(1) == 0x3A, let items = try posixClass() {
                set.items += items
            } else if character == 0x5C, let named = try escapedSet() {
                set.items += named.isNegated ? [.not(ScalarSet(named.items))] : named.items
            } else {
                set.items.append(.range(try range()))
            }
        }
        place += 1
        return set
    }

    private mutating func escapedSet() throws(PatternProblem) -> ScalarSet? {
        place += 1
        if let set = try namedSet() { return set }
        place -= 1
        return nil
    }

    private mutating func range() throws(PatternProblem) -> ClosedRange<UInt32> {
        let first = try setCharacter()
        guard peek() == 0x2D, let after = peek(1), after != 0x5D else { return first...first }
        place += 1
        let last = try setCharacter()
        guard first <= last else { throw .emptyRange }
        return first...last
    }

    private mutating func setCharacter() throws(PatternProblem) -> UInt32 {
        let start = place
        guard let character = next() else { throw .missingBracket }
        return character == 0x5C ? try escapedCharacter(from: start) : character
    }

    /// `[:alpha:]` and `[:^alpha:]`.
    private mutating func posixClass() throws(PatternProblem) -> [ScalarSet.Item]? {
        var end = place + 2
        while end + 1 < text.count, text[end] != 0x3A || text[end + 1] != 0x5D {
            guard text[end] != 0x5D else { return nil }
            end += 1
        }
        guard end + 1 < text.count else { return nil }
        var name = string(place + 2..<end)
        let isNegated = name.hasPrefix("^")
        if isNegated { name.removeFirst() }
        guard let items = ScalarSet.posix[name] else { throw .unknownClass("[:\(name):]") }
        place = end + 2
        return isNegated ? [.not(ScalarSet(items))] : items
    }

    /// `\d` and its like, and `\p{L}`, after the backslash; nil, with nothing read, for anything else.
    private mutating func namedSet() throws(PatternProblem) -> ScalarSet? {
        guard let character = peek(), let scalar = Unicode.Scalar(character) else { throw .trailingBackslash }
        let sets: [Unicode.Scalar: (ScalarSet, Bool)] = [
            "d": (.digit, false), "D": (.digit, true), "w": (.word, false), "W": (.word, true), "s": (.space, false),
            "S": (.space, true),
        ]
        if let (set, isNegated) = sets[scalar] {
            place += 1
            return ScalarSet(set.items, isNegated: isNegated)
        }
        guard scalar == "p" || scalar == "P" else { return nil }
        place += 1
        return try category(isNegated: scalar == "P")
    }

    private mutating func category(isNegated: Bool) throws(PatternProblem) -> ScalarSet {
        let start = place
        var isNegated = isNegated
        var name: String
        if take("{") {
            let nameStart = place
            while !isAtEnd, peek() != 0x7D { place += 1 }
            name = string(nameStart..<place)
            guard take("}") else { throw .unknownClass(string(start..<place)) }
        } else {
            name = string(place..<min(place + 1, text.count))
            place += 1
        }
        if name.hasPrefix("^") {
            isNegated.toggle()
            name.removeFirst()
        }
        guard ScalarSet.categories.contains(name) else { throw .unknownClass("\\p{\(name)}") }
        return ScalarSet([.category(name)], isNegated: isNegated)
    }

    private mutating func escapedCharacter(from start: Int) throws(PatternProblem) -> UInt32 {
        guard let character = next(), let scalar = Unicode.Scalar(character) else { throw .trailingBackslash }
        switch scalar {
        case "a": return 0x07
        case "f": return 0x0C
        case "n": return 0x0A
        case "r": return 0x0D
        case "t": return 0x09
        case "v": return 0x0B
        case "x": if let value = hexadecimal() { return value }
        case "0"..."7": if let value = octal(character) { return value }
        default:
            // Everything that is neither letter nor digit stands for itself.
            if character < 0x80, !ScalarSet.word.contains(character) || character == 0x5F { return character }
        }
        throw .unknownEscape(string(start..<min(place, text.count)))
    }

    private mutating func hexadecimal() -> UInt32? {
        let isBraced = take("{")
        let start = place
        while let digit = peek(), Unicode.Scalar(digit).map({ Character($0).isHexDigit }) == true {
            guard place - start < (isBraced ? 8 : 2) else { break }
            place += 1
        }
        let digits = string(start..<place)
        guard isBraced ? take("}") : digits.count == 2 else { return nil }
        return UInt32(digits, radix: 16).flatMap { $0 <= 0x10FFFF ? $0 : nil }
    }

    /// `\0`, `\012`; `\1` alone would be a back reference.
    private mutating func octal(_ first: UInt32) -> UInt32? {
        let start = place - 1
        while let digit = peek(), (0x30...0x37).contains(digit), place - start < 3 { place += 1 }
        guard first == 0x30 || place - start > 1 else { return nil }
        return UInt32(string(start..<place), radix: 8)
    }
}
