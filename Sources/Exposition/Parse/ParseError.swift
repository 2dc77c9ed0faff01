/// Where and why a text is no exposition.
package struct ParseError: Error, Equatable, CustomStringConvertible {
    /// Counted from 1.
    package let line: Int
    /// In bytes, counted from 1.
    package let column: Int
    package let message: String

    package var description: String { "\(line):\(column): \(message)" }
}

/// Which of the two grammars a text is read by.
package enum ParseFormat: Sendable {
    /// Prometheus text 0.0.4, and 1.0.0 with its quoted names.
    case text
    /// OpenMetrics 1.0.0 and the draft 0.0.1.
    case openMetrics
}

/// What a parser takes.
package struct ParseOptions: Sendable {
    package enum Duplicates: Sendable {
        /// As Prometheus does with what it scrapes.
        case keepFirst
        case reject
    }

    package var maximumSamples = 1_000_000
    /// In bytes, without the line feed.
    package var maximumLineLength = 1 << 20
    /// Whether the last line of the text format must end, as the format's definition has it and nobody checks.
    package var requiresFinalNewline = false
    package var duplicates = Duplicates.keepFirst

    package init() {}
}
