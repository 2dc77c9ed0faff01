/// One word of a selector.
struct SelectorToken: Equatable {
    enum Kind: Equatable {
        case identifier
        /// With colons in it, as recording rules have them.
        case metricIdentifier
        /// Reserved by PromQL; most are metric names too.
        case keyword
        case aggregator
        /// An operator, by symbol or by word.
        case operation
        case string
        case number
        case duration
        case leftBrace
        case rightBrace
        case comma
        /// Brackets, parentheses, colons: tokens of PromQL that no selector has.
        case other
        case end
        /// What the lexer refuses; the text is the message.
        case error
    }

    let kind: Kind
    /// In bytes from the beginning.
    let position: Int
    let text: String

    /// As PromQL's messages name it.
    var description: String {
        switch kind {
        case .end: "end of input"
        case .identifier: "identifier \(quoted)"
        case .metricIdentifier: "metric identifier \(quoted)"
        case .keyword: "<\(text)>"
        case .aggregator: "<aggr:\(text)>"
        case .operation: "<op:\(text)>"
        case .string: "string \(shortened)"
        case .number: "number \(shortened)"
        case .duration: "duration \(shortened)"
        case .leftBrace, .rightBrace, .comma, .other, .error: quoted
        }
    }

    private var quoted: String { GoText.quote(text) }

    /// Of more than ten bytes the first ten characters.
    private var shortened: String {
        guard text.utf8.count > 10 else { return quoted }
        var start = ""
        start.unicodeScalars.append(contentsOf: text.unicodeScalars.prefix(10))
        return GoText.quote(start) + "..."
    }
}

/// Texts as Go's `%q` writes them.
enum GoText {
    static func quote(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars { result += escape(scalar, quote: "\"") }
        return result + "\""
    }

    /// A character in single quotes; the replacement character where there is none.
    static func quote(_ scalar: Unicode.Scalar?) -> String {
        "'" + escape(scalar ?? "\u{fffd}", quote: "'") + "'"
    }

    private static func escape(_ scalar: Unicode.Scalar, quote: Unicode.Scalar) -> String {
        switch scalar {
        case quote, "\\": return "\\\(scalar)"
        case "\u{07}": return "\\a"
        case "\u{08}": return "\\b"
        case "\u{0c}": return "\\f"
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        case "\u{0b}": return "\\v"
        default:
            guard !isPrintable(scalar) else { return String(scalar) }
            let digits = String(scalar.value, radix: 16)
            if scalar.value < 0x80 { return "\\x" + padded(digits, to: 2) }
            return scalar.value < 0x10000 ? "\\u" + padded(digits, to: 4) : "\\U" + padded(digits, to: 8)
        }
    }

    private static func padded(_ digits: String, to length: Int) -> String {
        String(repeating: "0", count: max(0, length - digits.count)) + digits
    }

    /// Letters, marks, numbers, punctuation, symbols and the blank.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return (0x20..<0x7f).contains(scalar.value) }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .spaceSeparator, .lineSeparator,
            .paragraphSeparator:
            return false
        default: return true
        }
    }
}

/// Why a text is no selector, and where; worded as Prometheus does.
package struct SelectorError: Error, Equatable, CustomStringConvertible {
    package let message: String
    /// In bytes from the beginning.
    package let position: Int
    private let text: String

    init(_ message: String, at position: Int, in text: String) {
        self.message = message
        self.position = position
        self.text = text
    }

    package var description: String { "\(place): parse error: \(message)" }

    /// Line and column, both counted from 1, the column in bytes; Prometheus knows none in an empty text.
    private var place: String {
        guard !text.isEmpty else { return "unknown position" }
        let before = text.utf8.prefix(position)
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let start = before.lastIndex(of: UInt8(ascii: "\n")).map { text.utf8.distance(from: text.startIndex, to: $0) }
        return "\(line):\(position - (start ?? -1))"
    }
}
