import LinearRegex

/// Reads an instant vector selector: `up`, `up{job="node"}`, `{__name__=~"node_.*"}`, `{"my.metric"}`.
struct SelectorParser {
    private let text: String
    private var lexer: SelectorLexer
    private var token: SelectorToken

    private init(_ text: String) {
        self.text = text
        lexer = SelectorLexer(text)
        token = lexer.next()
    }

    static func parse(_ text: String) throws(SelectorError) -> [LabelMatcher] {
        var parser = SelectorParser(text)
        return try parser.selector()
    }

    /// Words that PromQL reserves and that are no metric names either.
    private static let reserved: Set<String> = ["on", "ignoring", "group_left", "group_right", "bool", "atan2"]

    private mutating func selector() throws(SelectorError) -> [LabelMatcher] {
        var matchers: [LabelMatcher] = []
        var name: String?
        switch token.kind {
        case .identifier, .metricIdentifier, .aggregator, .keyword: name = try metricName()
        case .operation where token.text.utf8.allSatisfy { isWordByte($0, colons: false) }: name = try metricName()
        case .leftBrace: break
        default: throw unexpected()
        }
        if token.kind == .leftBrace {
            advance()
            matchers = try labelMatchers()
        }
        guard token.kind == .end else { throw unexpected() }
        if let name { matchers.append(LabelMatcher(name: LabelMatcher.metricName, equals: name)) }
        return matchers
    }

    private mutating func metricName() throws(SelectorError) -> String {
        let name = token.text
        guard !Self.reserved.contains(name.lowercased()) else { throw unexpected() }
        advance()
        return name
    }

    private mutating func advance() { token = lexer.next() }

    private func unexpected(_ context: String = "", _ expected: String = "") -> SelectorError {
        if token.kind == .error { return SelectorError(token.text, at: token.position, in: text) }
        let place = context.isEmpty ? "" : " in \(context), expected \(expected)"
        return SelectorError("unexpected \(token.description)\(place)", at: token.position, in: text)
    }

    // MARK: Matchers

    private mutating func labelMatchers() throws(SelectorError) -> [LabelMatcher] {
        var matchers: [LabelMatcher] = []
        while token.kind != .rightBrace {
            matchers.append(try labelMatcher())
            if token.kind == .comma {
                advance()
            } else if token.kind != .rightBrace {
                throw unexpected("label matching", "\",\" or \"}\"")
            }
        }
        advance()
        return matchers
    }

    private mutating func labelMatcher() throws(SelectorError) -> LabelMatcher {
        let label = token
        guard label.kind == .identifier || label.kind == .string else {
            throw unexpected("label matching", "identifier or \"}\"")
        }
        let name = label.kind == .string ? Self.unquote(label.text) : label.text
        advance()
        guard let operation = LabelMatcher.Operation(rawValue: token.text),
            token.kind == .operation || token.kind == .other
        else {
            // A text alone is the metric's name.
            if label.kind == .string { return LabelMatcher(name: LabelMatcher.metricName, equals: name) }
            throw unexpected("label matching", "label matching operator")
        }
        advance()
        guard token.kind == .string else { throw unexpected("label matching", "string") }
        let value = Self.unquote(token.text)
        let matcher: LabelMatcher
        do throws(RegexError) {
            matcher = try LabelMatcher(name: name, operation, value)
        } catch {
            throw SelectorError(error.description, at: label.position, in: text)
        }
        advance()
        return matcher
    }

    /// The text in quotes, whose escapes the lexer has checked.
    static func unquote(_ quoted: String) -> String {
        let scalars = Array(quoted.unicodeScalars.dropFirst().dropLast())
        var bytes: [UInt8] = []
        var position = 0
        while position < scalars.count {
            let scalar = scalars[position]
            position += 1
            guard scalar == "\\", quoted.first != "`", position < scalars.count else {
                bytes.append(contentsOf: Array(String(scalar).utf8))
                continue
            }
            let escaped = scalars[position]
            guard let form = EscapeForm(escaped) else {
                bytes.append(contentsOf: Array(String(control(escaped)).utf8))
                position += 1
                continue
            }
            if form.base == 16 { position += 1 }
            var value: UInt32 = 0
            for digit in scalars[position..<min(position + form.digits, scalars.count)] {
                value = value * UInt32(form.base) + UInt32(Character(digit).hexDigitValue ?? 0)
            }
            position += form.digits
            // `\x` and octal numbers give a byte, which may be part of a character.
            if form.largest == 255 {
                bytes.append(UInt8(truncatingIfNeeded: value))
            } else if let scalar = Unicode.Scalar(value) {
                bytes.append(contentsOf: Array(String(scalar).utf8))
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func control(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar {
        case "a": "\u{07}"
        case "b": "\u{08}"
        case "f": "\u{0c}"
        case "n": "\n"
        case "r": "\r"
        case "t": "\t"
        case "v": "\u{0b}"
        default: scalar
        }
    }
}
