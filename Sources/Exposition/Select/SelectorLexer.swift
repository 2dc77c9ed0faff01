/// Splits the text of a selector into words, as PromQL's lexer does.
struct SelectorLexer {
    private let text: String
    private let scalars: [Unicode.Scalar]
    /// Where each scalar begins in UTF-8, and where the text ends.
    private let offsets: [Int]
    private var position = 0
    private var isInsideBraces = false
    private var hasFailed = false

    init(_ text: String) {
        self.text = text
        scalars = Array(text.unicodeScalars)
        var offsets: [Int] = []
        var offset = 0
        for scalar in scalars {
            offsets.append(offset)
            offset += UTF8.width(scalar)
        }
        self.offsets = offsets + [offset]
    }

    private static let operators: Set<String> = ["and", "or", "unless", "atan2"]
    private static let aggregators: Set<String> = [
        "sum", "avg", "count", "min", "max", "group", "stddev", "stdvar", "topk", "bottomk", "count_values", "quantile",
        "limitk", "limit_ratio",
    ]
    private static let keywords: Set<String> = [
        "offset", "smoothed", "anchored", "by", "without", "on", "ignoring", "group_left", "group_right", "bool",
        "start", "end", "step", "range", "max_of", "min_of",
    ]

    mutating func next() -> SelectorToken {
        skipBlanks()
        let start = position
        guard !hasFailed, let scalar = take() else {
            guard isInsideBraces, !hasFailed else { return token(.end, start) }
            return failure("unexpected end of input inside braces", start)
        }
        if scalar == "\"" || scalar == "'" || scalar == "`" { return string(scalar, start) }
        if Self.isLetter(scalar) || (scalar == ":" && !isInsideBraces) { return word(start) }
        return isInsideBraces ? insideBraces(scalar, start) : outside(scalar, start)
    }

    // MARK: Scalars

    private var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func take() -> Unicode.Scalar? {
        guard let scalar = current else { return nil }
        position += 1
        return scalar
    }

    private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
        guard current == scalar else { return false }
        position += 1
        return true
    }

    /// Blanks, and comments from `#` to the end of the line.
    private mutating func skipBlanks() {
        while let scalar = current {
            if scalar == "#" {
                while let other = current, other != "\n", other != "\r" { position += 1 }
            } else if [" ", "\t", "\n", "\r"].contains(scalar) {
                position += 1
            } else {
                return
            }
        }
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private func token(_ kind: SelectorToken.Kind, _ start: Int) -> SelectorToken {
        var value = ""
        value.unicodeScalars.append(contentsOf: scalars[start..<position])
        return SelectorToken(kind: kind, position: offsets[start], text: value)
    }

    private mutating func failure(_ message: String, _ start: Int) -> SelectorToken {
        hasFailed = true
        return SelectorToken(kind: .error, position: offsets[start], text: message)
    }

    // MARK: Words

    private mutating func word(_ start: Int) -> SelectorToken {
        while let scalar = current, Self.isLetter(scalar) || Self.isDigit(scalar) || (scalar == ":" && !isInsideBraces)
        {
            position += 1
        }
        let word = token(.identifier, start)
        guard !isInsideBraces else { return word }
        let lower = word.text.lowercased()
        if Self.operators.contains(lower) { return token(.operation, start) }
        if Self.aggregators.contains(lower) { return token(.aggregator, start) }
        if Self.keywords.contains(lower) { return token(.keyword, start) }
        if lower == "inf" || lower == "nan" { return token(.number, start) }
        return word.text.contains(":") ? token(.metricIdentifier, start) : word
    }

    private mutating func insideBraces(_ scalar: Unicode.Scalar, _ start: Int) -> SelectorToken {
        switch scalar {
        case ",": return token(.comma, start)
        case "=":
            _ = skip("~")
            return token(position - start == 2 ? .operation : .other, start)
        case "!":
            let next = take()
            guard next == "~" || next == "=" else {
                return failure("unexpected character after '!' inside braces: \(GoText.quote(next))", start)
            }
            return token(.operation, start)
        case "{": return failure("unexpected left brace \(GoText.quote(scalar))", start)
        case "}":
            isInsideBraces = false
            return token(.rightBrace, start)
        default: return failure("unexpected character inside braces: \(GoText.quote(scalar))", start)
        }
    }

    private mutating func outside(_ scalar: Unicode.Scalar, _ start: Int) -> SelectorToken {
        switch scalar {
        case "{":
            isInsideBraces = true
            return token(.leftBrace, start)
        case ",": return token(.comma, start)
        case "(", "[", "@": return token(scalar == "@" ? .operation : .other, start)
        case ")": return failure("unexpected right parenthesis \(GoText.quote(scalar))", position)
        case "]": return failure("unexpected right bracket \(GoText.quote(scalar))", start)
        case "*", "/", "%", "+", "-", "^": return token(.operation, start)
        case "=":
            if current == "~" {
                return failure("unexpected character after '=': '~'", start)
            }
            let isComparison = skip("=")
            return token(isComparison ? .operation : .other, start)
        case "!":
            let next = take()
            guard next == "=" else { return failure("unexpected character after '!': \(GoText.quote(next))", start) }
            return token(.operation, start)
        case "<", ">":
            _ = skip("=")
            return token(.operation, start)
        default:
            let isNumber = Self.isDigit(scalar) || (scalar == "." && current.map(Self.isDigit) == true)
            return isNumber ? number(start) : failure("unexpected character: \(GoText.quote(scalar))", start)
        }
    }

    /// A number or a duration, which no selector has: their syntax is checked no further.
    private mutating func number(_ start: Int) -> SelectorToken {
        while let scalar = current, Self.isLetter(scalar) || Self.isDigit(scalar) || scalar == "." { position += 1 }
        let number = token(.number, start)
        let isDuration = number.text.last.map { "smhdwy".contains($0) } == true && !number.text.hasPrefix("0x")
        return isDuration ? token(.duration, start) : number
    }

    // MARK: Strings

    private mutating func string(_ quote: Unicode.Scalar, _ start: Int) -> SelectorToken {
        while let scalar = take() {
            if scalar == quote { return token(.string, start) }
            if scalar == "\u{fffd}" { return failure("invalid UTF-8 rune", start) }
            guard quote != "`" else { continue }
            if scalar == "\n" { return failure("unterminated quoted string", start) }
            if scalar == "\\", let problem = skipEscape(quote) { return failure(problem, start) }
        }
        return failure("unterminated \(quote == "`" ? "raw" : "quoted") string", start)
    }

    /// What is wrong with the escape that begins here; nil when nothing is.
    private mutating func skipEscape(_ quote: Unicode.Scalar) -> String? {
        guard let scalar = take() else { return "escape sequence not terminated" }
        if scalar == quote || ["a", "b", "f", "n", "r", "t", "v", "\\"].contains(scalar) { return nil }
        guard let form = EscapeForm(scalar) else { return "unknown escape sequence \(Self.codePoint(scalar))" }
        if form.base == 8 { position -= 1 }
        var value: UInt32 = 0
        for _ in 0..<form.digits {
            guard let digit = take() else { return "escape sequence not terminated" }
            guard let number = Character(digit).hexDigitValue, number < form.base else {
                return "illegal character \(Self.codePoint(digit)) in escape sequence"
            }
            value = value &* UInt32(form.base) &+ UInt32(number)
        }
        let isValid = value <= form.largest && !(0xd800..<0xe000).contains(value)
        return isValid ? nil : "escape sequence is an invalid Unicode code point"
    }

    /// As in `U+0071 'q'`.
    private static func codePoint(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + " '\(scalar)'"
    }
}

/// An escape that gives a number.
struct EscapeForm {
    let digits: Int
    let base: Int
    let largest: UInt32

    init?(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "0"..."7": (digits, base, largest) = (3, 8, 255)
        case "x": (digits, base, largest) = (2, 16, 255)
        case "u": (digits, base, largest) = (4, 16, 0x10ffff)
        case "U": (digits, base, largest) = (8, 16, 0x10ffff)
        default: return nil
        }
    }
}
