import LinearRegex

/// One condition on a label; a label that is not there counts as empty.
package struct LabelMatcher: Sendable {
    package enum Operation: String, Sendable {
        case equal = "="
        case notEqual = "!="
        case matches = "=~"
        case doesNotMatch = "!~"
    }

    enum Condition: Sendable {
        /// One of these texts, escaped.
        case oneOf(Set<[UInt8]>)
        case anything
        case notEmpty
        case program(RegexProgram)
    }

    static let metricName = "__name__"
    /// Alternatives of an expression that are compared as texts.
    private static let maximumAlternatives = 10_000

    /// Escaped, as names in quotes are in the arena.
    let name: [UInt8]
    let isNegated: Bool
    let condition: Condition

    init(name: String, equals value: String) {
        self.name = Self.escape(name)
        isNegated = false
        condition = .oneOf([Self.escape(value)])
    }

    init(name: String, _ operation: Operation, _ value: String) throws(RegexError) {
        self.name = Self.escape(name)
        isNegated = operation == .notEqual || operation == .doesNotMatch
        switch operation {
        case .equal, .notEqual: condition = .oneOf([Self.escape(value)])
        case .matches, .doesNotMatch: condition = try Self.condition(value)
        }
    }

    var isOnName: Bool { name.elementsEqual(Self.metricName.utf8) }

    private static func condition(_ expression: String) throws(RegexError) -> Condition {
        if expression == ".*" { return .anything }
        if expression == ".+" { return .notEmpty }
        // Prometheus 3 compiles with (?s): a dot takes line feeds too.
        let node = try RegexParser.parse(expression, dotMatchesLineFeed: true).node
        if let literals = node.literals(limit: maximumAlternatives) { return .oneOf(Set(literals.map(escape))) }
        return .program(try RegexProgram(node, text: expression))
    }

    private static func escape(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        LabelText.appendEscaped(text, to: &bytes)
        return bytes
    }
}

/// An instant vector selector: the conditions that all have to hold.
package struct MetricSelector: Sendable {
    let matchers: [LabelMatcher]

    /// Throws for what is no selector, with the place in the text.
    package init(_ text: String) throws(SelectorError) {
        matchers = try SelectorParser.parse(text)
    }
}

/// A condition at work: remembers the last text, which mostly comes again with the next sample.
struct ConditionTester {
    private let matcher: LabelMatcher
    private var regex: WholeMatcher?
    private var lastText: [UInt8] = []
    private var lastAnswer: Bool?

    init(_ matcher: LabelMatcher, _ budget: WorkBudget) {
        self.matcher = matcher
        if case .program(let program) = matcher.condition { regex = WholeMatcher(program, budget) }
    }

    /// Whether the condition holds for an escaped text.
    mutating func holds(_ text: UnsafeRawBufferPointer) -> Bool {
        if let lastAnswer, lastText.withUnsafeBytes({ ByteCompare.isEqual($0, text) }) { return lastAnswer }
        let answer = test(text) != matcher.isNegated
        lastText.removeAll(keepingCapacity: true)
        lastText.append(contentsOf: text)
        lastAnswer = answer
        return answer
    }

    private mutating func test(_ text: UnsafeRawBufferPointer) -> Bool {
        switch matcher.condition {
        case .anything: return true
        case .notEmpty: return !text.isEmpty
        case .oneOf(let texts):
            if texts.count == 1, let only = texts.first {
                return only.withUnsafeBytes { ByteCompare.isEqual($0, text) }
            }
            return texts.contains(Array(text))
        case .program: return regex?.matches(text) ?? false
        }
    }
}
