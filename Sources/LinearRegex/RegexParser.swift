/// Reads the syntax of RE2 as Go's regexp/syntax has it, with Perl's classes and flags.
///
/// Left out: scripts in `\p{...}`, of which the standard library knows none.
package struct RegexParser {
    /// What `(?...)` switches.
    struct Flags {
        var ignoresCase = false
        var isMultiline = false
        var dotMatchesLineFeed = false
        var isLazy = false
    }

    /// Groups within groups.
    private static let maximumDepth = 200
    /// Go's bound on a repetition's numbers, and on the product of those within each other.
    static let maximumRepetition = 1_000

    let scalars: [Unicode.Scalar]
    var position = 0
    var flags = Flags()
    private var depth = 0
    /// Names of the groups by their numbers; group 0 is the whole.
    private(set) var groupNames: [String?] = [nil]

    private init(_ text: String) { scalars = Array(text.unicodeScalars) }

    /// Reads an expression; with `dotMatchesLineFeed` as if it began with `(?s)`, as Prometheus 3 has it.
    package static func parse(
        _ text: String,
        dotMatchesLineFeed: Bool = false
    ) throws(RegexError) -> (node: RegexNode, groupNames: [String?]) {
        var parser = RegexParser(text)
        parser.flags.dotMatchesLineFeed = dotMatchesLineFeed
        let node = try parser.alternatives()
        guard parser.isAtEnd else { throw parser.failure("unexpected )", from: 0) }
        try parser.checkRepetitions(node, allowed: maximumRepetition)
        return (node, parser.groupNames)
    }

    var isAtEnd: Bool { position >= scalars.count }
    var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    func failure(_ reason: String, from start: Int) -> RegexError {
        RegexError(reason: reason, fragment: text(start..<scalars.count))
    }

    func failure(_ reason: String, _ range: Range<Int>) -> RegexError {
        RegexError(reason: reason, fragment: text(range))
    }

    func text(_ range: Range<Int>) -> String {
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars[range.clamped(to: 0..<scalars.count)])
        return text
    }

    mutating func skip(_ expected: Unicode.Scalar) -> Bool {
        guard current == expected else { return false }
        position += 1
        return true
    }

    mutating func skip(_ expected: String) -> Bool {
        let sought = Array(expected.unicodeScalars)
        guard scalars.count - position >= sought.count,
            scalars[position..<position + sought.count].elementsEqual(sought)
        else { return false }
        position += sought.count
        return true
    }

    // MARK: Structure

    private mutating func alternatives() throws(RegexError) -> RegexNode {
        var nodes = [try sequence()]
        while skip("|") { nodes.append(try sequence()) }
        return nodes.count == 1 ? nodes[0] : .alternatives(nodes)
    }

    private mutating func sequence() throws(RegexError) -> RegexNode {
        var nodes: [RegexNode] = []
        /// Where the last item begins; nil when nothing can be repeated here.
        var last: Int?
        while let scalar = current, scalar != "|", scalar != ")" {
            let start = position
            if let (least, most) = try repetition() {
                guard last != nil, let node = nodes.popLast() else {
                    throw failure("missing argument to repetition operator", start..<position)
                }
                let isLazy = skip("?") != flags.isLazy
                let end = position
                if try repetition() != nil { throw failure("invalid nested repetition operator", start..<position) }
                position = end
                nodes.append(.repetition(node, least: least, most: most, isLazy: isLazy))
                continue
            }
            last = start
            if let node = try item() { nodes.append(node) } else { last = nodes.isEmpty ? nil : last }
        }
        return nodes.isEmpty ? .empty : nodes.count == 1 ? nodes[0] : .sequence(nodes)
    }

    /// A repetition operator at this place; braces that are none are text.
    private mutating func repetition() throws(RegexError) -> (least: Int, most: Int?)? {
        if skip("*") { return (0, nil) }
        if skip("+") { return (1, nil) }
        if skip("?") { return (0, 1) }
        let start = position
        guard skip("{"), let least = number() else {
            position = start
            return nil
        }
        var most: Int? = least
        if skip(",") { most = number() }
        guard skip("}") else {
            position = start
            return nil
        }
        guard least <= Self.maximumRepetition, most ?? 0 <= Self.maximumRepetition, most.map({ $0 >= least }) ?? true
        else { throw failure("invalid repeat count", start..<position) }
        return (least, most)
    }

    private mutating func number() -> Int? {
        let start = position
        var value = 0
        while let digit = current, ("0"..."9").contains(digit) {
            value = min(value * 10 + Int(digit.value - 0x30), 100_000)
            position += 1
        }
        // No leading zeros, as in Go.
        guard position > start, position - start == 1 || scalars[start] != "0" else { return nil }
        return value
    }

    /// One thing that can be repeated; nil for flags that stand alone and quotations of nothing.
    private mutating func item() throws(RegexError) -> RegexNode? {
        let start = position
        guard let scalar = current else { return nil }
        position += 1
        switch scalar {
        case "(": return try group(start)
        case "[": return .set(try set(start))
        case ".": return .any(flags.dotMatchesLineFeed)
        case "^": return .assertion(flags.isMultiline ? .lineStart : .textStart)
        case "$": return .assertion(flags.isMultiline ? .lineEnd : .textEnd)
        case "\\": return try escape(start)
        default: return .scalar(scalar.value, ignoresCase: flags.ignoresCase)
        }
    }

    // MARK: Groups

    private mutating func group(_ start: Int) throws(RegexError) -> RegexNode? {
        let outer = flags
        var number: Int?
        if !skip("?") {
            number = groupNames.count
            groupNames.append(nil)
        } else if skip("P<") || skip("<") {
            number = groupNames.count
            groupNames.append(try groupName(start))
        } else if try !readFlags(start) {
            return nil
        }
        depth += 1
        guard depth <= Self.maximumDepth else { throw failure("expression nests too deeply", from: start) }
        let node = try alternatives()
        depth -= 1
        flags = outer
        guard skip(")") else { throw failure("missing closing )", from: 0) }
        return number.map { .group(node, number: $0) } ?? node
    }

    private mutating func groupName(_ start: Int) throws(RegexError) -> String {
        let name = position
        while let scalar = current, scalar != ">" {
            let isWord = scalar == "_" || (scalar.isASCII && scalar.properties.isAlphabetic)
            guard isWord || ("0"..."9").contains(scalar) else { break }
            position += 1
        }
        let end = position
        guard end > name, skip(">") else { throw failure("invalid named capture", from: start) }
        let found = text(name..<end)
        guard !groupNames.contains(found) else { throw failure("duplicate capture group name", name..<end) }
        return found
    }

    /// Reads `ims-U:` or `ims-U)`; true when a group follows.
    private mutating func readFlags(_ start: Int) throws(RegexError) -> Bool {
        var isSet = true
        var hasFlag = false
        while let scalar = current {
            position += 1
            switch scalar {
            case "i": flags.ignoresCase = isSet
            case "m": flags.isMultiline = isSet
            case "s": flags.dotMatchesLineFeed = isSet
            case "U": flags.isLazy = isSet
            case "-" where isSet:
                isSet = false
                hasFlag = false
                continue
            case ":" where isSet || hasFlag: return true
            case ")" where isSet || hasFlag: return false
            default: throw failure("invalid or unsupported Perl syntax", start..<position)
            }
            hasFlag = true
        }
        throw failure("invalid or unsupported Perl syntax", from: start)
    }

    /// Refuses repetitions within repetitions whose numbers multiply to more than Go allows.
    private func checkRepetitions(_ node: RegexNode, allowed: Int) throws(RegexError) {
        switch node {
        case .group(let inner, _): try checkRepetitions(inner, allowed: allowed)
        case .repetition(let inner, let least, let most, _):
            let count = max(1, most ?? least)
            guard count <= allowed else { throw failure("invalid repeat count", from: 0) }
            try checkRepetitions(inner, allowed: allowed / count)
        case .sequence(let nodes), .alternatives(let nodes):
            for node in nodes { try checkRepetitions(node, allowed: allowed) }
        default: break
        }
    }
}
