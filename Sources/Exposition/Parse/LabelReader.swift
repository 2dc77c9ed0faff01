/// Reads the labels of a line into the form of the arena: sorted by name, nothing but pairs and commas.
struct LabelReader {
    /// Where the labels are: as they stand in the input, or rewritten in `scratch`.
    enum Place {
        case input(Range<Int>)
        case scratch
    }

    private(set) var scratch: [UInt8] = []
    /// The metric name among the braces, as Prometheus 3 writes those in quotes.
    private(set) var quotedName: [UInt8]?
    /// Whether a label's name in `scratch` is in quotes.
    private(set) var hasQuotedNames = false

    /// Reads from the opening brace to behind the closing one.
    @inline(__always)
    mutating func read(_ cursor: inout LineCursor, _ format: ParseFormat) throws(ParseError) -> Place {
        if let range = CanonicalLabels.range(&cursor) { return .input(range) }
        try rewrite(&cursor, format)
        return .scratch
    }

    private struct Pair {
        let name: String
        /// Escaped.
        let value: [UInt8]
    }

    /// Any order, blanks, quoted names, a comma at the end.
    private mutating func rewrite(_ cursor: inout LineCursor, _ format: ParseFormat) throws(ParseError) {
        let start = cursor.position
        var pairs: [Pair] = []
        quotedName = nil
        _ = cursor.skip(UInt8(ascii: "{"))
        while true {
            skipBlanks(&cursor, format)
            if cursor.skip(UInt8(ascii: "}")) { break }
            if let pair = try readItem(&cursor, format, isFirst: pairs.isEmpty) { pairs.append(pair) }
            skipBlanks(&cursor, format)
            if cursor.skip(UInt8(ascii: ",")) { continue }
            guard cursor.byte == UInt8(ascii: "}") else {
                throw cursor.failure("expected \",\" or \"}\" after a label")
            }
        }
        pairs.sort { $0.name.precedes($1.name) }
        for (pair, next) in zip(pairs, pairs.dropFirst()) where pair.name.hasSameBytes(as: next.name) {
            throw cursor.failure("label name \"\(pair.name)\" is not unique", at: start)
        }
        write(pairs)
    }

    private func skipBlanks(_ cursor: inout LineCursor, _ format: ParseFormat) {
        if format == .text { cursor.skipBlanks() }
    }

    private mutating func write(_ pairs: [Pair]) {
        scratch.removeAll(keepingCapacity: true)
        hasQuotedNames = pairs.contains { !LabelName.isValidLegacy($0.name) }
        for (position, pair) in pairs.enumerated() {
            if position > 0 { scratch.append(UInt8(ascii: ",")) }
            LabelText.appendName(pair.name, to: &scratch)
            scratch.append(contentsOf: "=\"".utf8)
            scratch.append(contentsOf: pair.value)
            scratch.append(UInt8(ascii: "\""))
        }
    }

    /// Reads a label; nil for the metric's name in quotes, which may only come first.
    private mutating func readItem(
        _ cursor: inout LineCursor,
        _ format: ParseFormat,
        isFirst: Bool
    ) throws(ParseError) -> Pair? {
        let start = cursor.position
        let isQuoted = cursor.byte == UInt8(ascii: "\"")
        let name = isQuoted ? Self.unescape(try Self.quoted(&cursor)) : Array(cursor.slice(cursor.word(colons: false)))
        guard !name.isEmpty else { throw cursor.failure("expected a label name", at: start) }
        skipBlanks(&cursor, format)
        guard cursor.skip(UInt8(ascii: "=")) else {
            guard isQuoted, isFirst, quotedName == nil else {
                throw cursor.failure("expected \"=\" after a label name")
            }
            quotedName = name
            return nil
        }
        let text = String(decoding: name, as: UTF8.self)
        guard text != "__name__" else { throw cursor.failure("label name \"__name__\" is reserved", at: start) }
        skipBlanks(&cursor, format)
        return Pair(name: text, value: try Self.quoted(&cursor))
    }

    /// Reads a text in quotes, checks its escapes and leaves them in.
    static func quoted(_ cursor: inout LineCursor) throws(ParseError) -> [UInt8] {
        guard cursor.skip(UInt8(ascii: "\"")) else { throw cursor.failure("expected a text in quotes") }
        let start = cursor.position
        while cursor.byte != UInt8(ascii: "\"") {
            guard !cursor.isAtEnd else { throw cursor.failure("text in quotes is not closed", at: start - 1) }
            if cursor.skip(UInt8(ascii: "\\")), !isEscapable(cursor.byte) {
                throw cursor.failure("invalid escape sequence", at: cursor.position - 1)
            }
            cursor.position += 1
        }
        let text = Array(cursor.slice(start..<cursor.position))
        cursor.position += 1
        return text
    }

    @inline(__always)
    static func isEscapable(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "n")
    }

    static func unescape(_ text: [UInt8]) -> [UInt8] {
        guard text.contains(UInt8(ascii: "\\")) else { return text }
        return text.withUnsafeBytes { Array(LabelScanner($0).unescaped(0..<text.count).utf8) }
    }
}

/// Recognises labels that already have the arena's form, as all common clients write them when they sort.
enum CanonicalLabels {
    /// The labels between the braces, with the cursor then behind them; nil, with the cursor where it was, for others.
    @inline(__always)
    static func range(_ cursor: inout LineCursor) -> Range<Int>? {
        // The line feed stops every loop but that over a value, so the last line needs one.
        guard cursor.end < cursor.bytes.count, let base = cursor.bytes.baseAddress else { return nil }
        let bytes = base.assumingMemoryBound(to: UInt8.self)
        let start = cursor.position &+ 1
        var place = start
        if bytes[place] == UInt8(ascii: "}") {
            cursor.position = place &+ 1
            return start..<start
        }
        var last = start..<start
        while true {
            let nameStart = place
            while isWordByte(bytes[place], colons: false) { place &+= 1 }
            let name = nameStart..<place
            guard isUsable(name, after: last, bytes), bytes[place] == UInt8(ascii: "="),
                bytes[place &+ 1] == UInt8(ascii: "\""), let end = closingQuote(bytes, place &+ 2, cursor)
            else { return nil }
            last = name
            place = end &+ 1
            if bytes[place] == UInt8(ascii: "}") { break }
            guard bytes[place] == UInt8(ascii: ",") else { return nil }
            place &+= 1
        }
        cursor.position = place &+ 1
        return start..<place
    }

    /// Whether a name begins with no digit, is not reserved and stands behind the one before.
    @inline(__always)
    private static func isUsable(_ name: Range<Int>, after last: Range<Int>, _ bytes: UnsafePointer<UInt8>) -> Bool {
        guard !name.isEmpty, !isDigit(bytes[name.lowerBound]) else { return false }
        let underscore = UInt8(ascii: "_")
        if bytes[name.lowerBound] == underscore, bytes[name.lowerBound &+ 1] == underscore { return false }
        if last.isEmpty || bytes[name.lowerBound] > bytes[last.lowerBound] { return true }
        return ByteCompare.precedes(
            UnsafeRawBufferPointer(start: bytes + last.lowerBound, count: last.count),
            UnsafeRawBufferPointer(start: bytes + name.lowerBound, count: name.count)
        )
    }

    /// The next quote of this line that is not escaped; nil when there is none or an escape is unknown.
    @inline(__always)
    private static func closingQuote(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ cursor: LineCursor) -> Int? {
        var place = start
        while place < cursor.end {
            place = LabelText.firstQuoteOrBackslash(bytes, place, cursor.end)
            guard place < cursor.end else { return nil }
            if bytes[place] == UInt8(ascii: "\"") { return place }
            guard LabelReader.isEscapable(bytes[place &+ 1]) else { return nil }
            place &+= 2
        }
        return nil
    }
}
