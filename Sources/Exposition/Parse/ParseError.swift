/// Where and why a text is no exposition.
package struct ParseError: Error, Equatable, CustomStringConvertible {
    /// Counted from 1.
    package let line: Int
    /// In bytes, counted from 1.
    package let column: Int
    package let message: String
    /// Which limit on what is kept the text broke; nil when it is the text that is wrong.
    package let limit: Limit?

    package enum Limit: Sendable {
        case samples
        case bytes
    }

    package init(line: Int, column: Int, message: String, limit: Limit? = nil) {
        self.line = line
        self.column = column
        self.message = message
        self.limit = limit
    }

    package var description: String { "\(line):\(column): \(message)" }
}

extension ParseError {
    /// The same error in a text that has `lines` lines more in front.
    func moved(down lines: Int) -> ParseError {
        ParseError(line: line + lines, column: column, message: message, limit: limit)
    }
}
