/// A line `# HELP`, `# TYPE`, `# UNIT` or `# EOF`.
struct MetadataLine {
    enum Keyword: String {
        case help = "HELP"
        case type = "TYPE"
        case unit = "UNIT"
        case eof = "EOF"
    }

    let keyword: Keyword
    /// Unescaped.
    private(set) var name: [UInt8] = []
    /// The help or the unit.
    private(set) var text = ""
    private(set) var kind = MetricKind.untyped

    /// Reads a line from its `#`; nil for a comment, which OpenMetrics does not have.
    init?(_ cursor: inout LineCursor, _ format: ParseFormat) throws(ParseError) {
        let start = cursor.position
        cursor.position += 1
        try Self.skipBlank(&cursor, format)
        let word = String(decoding: cursor.slice(cursor.token()), as: UTF8.self)
        guard let keyword = Keyword(rawValue: word), format == .openMetrics || keyword == .help || keyword == .type
        else {
            guard format == .text else { throw cursor.failure("OpenMetrics has no comments", at: start) }
            return nil
        }
        self.keyword = keyword
        if keyword == .eof {
            guard cursor.isAtEnd else { throw cursor.failure("unexpected data after # EOF") }
            return
        }
        try Self.skipBlank(&cursor, format)
        name = try Self.readName(&cursor)
        try readRest(&cursor, format)
    }

    private static func skipBlank(_ cursor: inout LineCursor, _ format: ParseFormat) throws(ParseError) {
        if format == .text {
            cursor.skipBlanks()
        } else if !cursor.skip(UInt8(ascii: " ")) {
            throw cursor.failure("expected a blank")
        }
    }

    private static func readName(_ cursor: inout LineCursor) throws(ParseError) -> [UInt8] {
        let start = cursor.position
        if cursor.byte == UInt8(ascii: "\"") {
            let name = LabelReader.unescape(try LabelReader.quoted(&cursor))
            guard !name.isEmpty else { throw cursor.failure("metric name is empty", at: start) }
            return name
        }
        let name = cursor.word(colons: true)
        guard !name.isEmpty, cursor.isAtEnd || cursor.isBlank(cursor.byte) else {
            throw cursor.failure("invalid metric name in comment", at: start)
        }
        return Array(cursor.slice(name))
    }

    private mutating func readRest(_ cursor: inout LineCursor, _ format: ParseFormat) throws(ParseError) {
        if format == .text { cursor.skipBlanks() } else { _ = cursor.skip(UInt8(ascii: " ")) }
        switch keyword {
        case .help:
            text = Self.unescapeHelp(cursor.slice(cursor.position..<cursor.end), format)
        case .unit:
            text = String(decoding: cursor.slice(cursor.position..<cursor.end), as: UTF8.self)
        case .type:
            let word = cursor.token()
            if format == .text { cursor.skipBlanks() }
            guard cursor.isAtEnd, let kind = Self.kind(String(decoding: cursor.slice(word), as: UTF8.self), format)
            else {
                throw cursor.failure(
                    "invalid metric type \(cursor.excerpt(word.lowerBound..<cursor.end))",
                    at: word.lowerBound
                )
            }
            self.kind = kind
        case .eof: break
        }
    }

    private static func kind(_ word: String, _ format: ParseFormat) -> MetricKind? {
        switch (word, format) {
        case ("unknown", .openMetrics): .untyped
        case ("untyped", .text): .untyped
        case ("counter", _), ("gauge", _), ("histogram", _), ("summary", _): MetricKind(rawValue: word)
        case ("info", .openMetrics), ("stateset", .openMetrics), ("gaugehistogram", .openMetrics):
            MetricKind(rawValue: word)
        default: nil
        }
    }

    /// Help is free text: a backslash before any other character stands for itself.
    private static func unescapeHelp(_ bytes: UnsafeRawBufferPointer, _ format: ParseFormat) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var position = 0
        while position < bytes.count {
            let byte = bytes[position]
            let next = position + 1 < bytes.count ? bytes[position + 1] : 0
            position += 1
            guard byte == UInt8(ascii: "\\") else {
                result.append(byte)
                continue
            }
            let isQuote = next == UInt8(ascii: "\"") && format == .openMetrics
            guard next == UInt8(ascii: "\\") || next == UInt8(ascii: "n") || isQuote else {
                result.append(byte)
                continue
            }
            result.append(next == UInt8(ascii: "n") ? UInt8(ascii: "\n") : next)
            position += 1
        }
        return String(decoding: result, as: UTF8.self)
    }
}
