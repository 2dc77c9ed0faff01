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
    /// How many of the labels to add the last line got.
    private(set) var addedCount = 0
    private let added: AddedLabels?
    private var splice: LabelSplice
    private var merge = LabelMerge()
    /// What `scratch` is made of while labels are renamed.
    private var source: [UInt8] = []

    init(adding added: AddedLabels? = nil) {
        self.added = added.flatMap { $0.labels.isEmpty ? nil : $0 }
        splice = LabelSplice(self.added)
    }

    /// Reads from the opening brace to behind the closing one.
    @inline(__always)
    mutating func read(_ cursor: inout LineCursor, _ format: ParseFormat) throws(ParseError) -> Place {
        if let range = CanonicalLabels.range(&cursor, &splice) {
            if splice.isEmpty { return .input(range) }
            addLabels(cursor.bytes, range)
            return .scratch
        }
        try rewrite(&cursor, format)
        if let added {
            swap(&source, &scratch)
            source.withUnsafeBytes { merge.write($0, added, to: &scratch) }
            addedCount = merge.count
            if added.hasQuotedNames { hasQuotedNames = true }
        }
        return .scratch
    }

    /// The labels of a line without braces, which ends at `place`.
    @inline(__always)
    mutating func readNone(_ cursor: LineCursor, at place: Int) -> Place {
        if splice.isEmpty { return .input(place..<place) }
        splice.begin()
        addLabels(cursor.bytes, place..<place)
        return .scratch
    }

    /// Writes labels that have the arena's form, with those to add, into `scratch`.
    private mutating func addLabels(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        quotedName = nil
        hasQuotedNames = added?.hasQuotedNames == true
        guard splice.hasConflict, let added else {
            splice.write(bytes, range, to: &scratch)
            addedCount = splice.count
            return
        }
        merge.write(UnsafeRawBufferPointer(rebasing: bytes[range]), added, to: &scratch)
        addedCount = merge.count
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
