import Glibc

/// Reads the text formats.
///
/// As strict as Prometheus about lines and numbers, with what expfmt adds: no unknown escapes in labels, no type after
/// samples. As tolerant as a scrape about repeated `#` lines, families in pieces and samples given twice. Exemplars are
/// read and dropped. `le` and `quantile` get the one spelling this module writes.
package struct ExpositionParser {
    private let bytes: UnsafeRawBufferPointer
    private let format: ParseFormat
    private let options: ParseOptions
    private var table: FamilyTable
    private var labels = LabelReader()
    private var sampleCount = 0
    /// The name of the last sample, which is mostly also the next one's, and where its samples go.
    private var lastName = 0..<0
    private var lastTarget = FamilyTable.Target(family: 0, suffix: .none)
    private var isEnded = false

    /// The families that have samples, in the order in which the text names them first.
    package static func parse(
        _ bytes: UnsafeRawBufferPointer,
        format: ParseFormat,
        options: ParseOptions = ParseOptions()
    ) throws(ParseError) -> [FamilyBlock] {
        try checkEncoding(bytes)
        var parser = ExpositionParser(bytes, format, options)
        try parser.readLines()
        do { return try parser.table.finish(options) } catch {
            throw ParseError(at: bytes.count, in: bytes, error.message)
        }
    }

    private init(_ bytes: UnsafeRawBufferPointer, _ format: ParseFormat, _ options: ParseOptions) {
        self.bytes = bytes
        self.format = format
        self.options = options
        table = FamilyTable(format)
    }

    private static func checkEncoding(_ bytes: UnsafeRawBufferPointer) throws(ParseError) {
        guard LabelText.findings(in: bytes).contains(.nonASCII) else { return }
        do {
            _ = try UTF8Span(validating: bytes.bindMemory(to: UInt8.self).span)
        } catch {
            throw ParseError(at: error.byteOffsets.lowerBound, in: bytes, "text is not valid UTF-8")
        }
    }

    // MARK: Lines

    private mutating func readLines() throws(ParseError) {
        var start = 0
        while start < bytes.count, let base = bytes.baseAddress {
            let found = memchr(base + start, 0x0a, bytes.count - start)
            let end = found.map { base.distance(to: UnsafeRawPointer($0)) } ?? bytes.count
            try readLine(start..<end)
            if found == nil, options.requiresFinalNewline, format == .text {
                throw ParseError(at: end, in: bytes, "last line has no line feed")
            }
            start = end + 1
        }
        if format == .openMetrics, !isEnded {
            throw ParseError(at: bytes.count, in: bytes, "data does not end with # EOF")
        }
    }

    @inline(__always)
    private mutating func readLine(_ range: Range<Int>) throws(ParseError) {
        var cursor = LineCursor(bytes, range)
        guard range.count <= options.maximumLineLength else {
            throw cursor.failure("line is longer than \(options.maximumLineLength) bytes")
        }
        if format == .text {
            cursor.skipBlanks()
            if cursor.isAtEnd { return }
        } else {
            if isEnded { throw cursor.failure("unexpected data after # EOF") }
            if cursor.isAtEnd { throw cursor.failure("unexpected blank line") }
        }
        if cursor.byte == UInt8(ascii: "#") {
            try readMetadata(&cursor)
        } else {
            try readSample(&cursor)
        }
    }

    private mutating func readMetadata(_ cursor: inout LineCursor) throws(ParseError) {
        let start = cursor.position
        guard let line = try MetadataLine(&cursor, format) else { return }
        if line.keyword == .eof {
            isEnded = true
            return
        }
        // A type may move names that were already looked up to another family.
        lastName = 0..<0
        let family = line.name.withUnsafeBytes { table.family(named: $0) }
        do {
            try table.apply(line, to: family)
        } catch {
            throw cursor.failure(error.message, at: start)
        }
    }

    // MARK: Samples

    @inline(__always)
    private mutating func readSample(_ cursor: inout LineCursor) throws(ParseError) {
        let start = cursor.position
        var place = LabelReader.Place.input(start..<start)
        if cursor.byte == UInt8(ascii: "{") {
            place = try readQuotedSample(&cursor)
        } else {
            try readName(&cursor)
            if format == .text { cursor.skipBlanks() }
            if cursor.byte == UInt8(ascii: "{") { place = try readLabels(&cursor, start) }
        }
        let value = try readValue(&cursor)
        let timestamp = try readTimestamp(&cursor)
        if !cursor.isAtEnd { try readEnd(&cursor) }
        sampleCount &+= 1
        guard sampleCount <= options.maximumSamples else {
            throw cursor.failure("more than \(options.maximumSamples) samples", at: start)
        }
        let isNew: Bool
        do throws(OpenFamily.Refusal) {
            isNew = try add(value, timestamp, place)
        } catch {
            throw cursor.failure(error.message, at: start)
        }
        if !isNew, options.duplicates == .reject { throw cursor.failure("duplicate sample", at: start) }
    }

    @inline(__always)
    private mutating func readName(_ cursor: inout LineCursor) throws(ParseError) {
        if isLastName(cursor) {
            cursor.position &+= lastName.count
            return
        }
        let name = cursor.word(colons: true)
        guard !name.isEmpty else {
            throw cursor.failure("expected a metric name, got \(cursor.excerpt(cursor.position..<cursor.end))")
        }
        guard let target = table.target(ofSample: cursor.slice(name)) else {
            throw cursor.failure(
                "\(cursor.excerpt(name)) is the name of a family, not of its samples",
                at: name.lowerBound
            )
        }
        lastName = name
        lastTarget = target
    }

    /// Whether the name here is that of the sample before.
    @inline(__always)
    private func isLastName(_ cursor: LineCursor) -> Bool {
        let length = lastName.count
        guard length > 0, cursor.end &- cursor.position > length, let base = bytes.baseAddress else { return false }
        guard !isWordByte(bytes[cursor.position &+ length], colons: true) else { return false }
        return memcmp(base + lastName.lowerBound, base + cursor.position, length) == 0
    }

    private mutating func readLabels(
        _ cursor: inout LineCursor,
        _ start: Int
    ) throws(ParseError) -> LabelReader.Place {
        let place = try labels.read(&cursor, format)
        if case .scratch = place, labels.quotedName != nil {
            throw cursor.failure("metric name is given twice", at: start)
        }
        return place
    }

    /// Reads `{"my.metric",label="value"}`.
    private mutating func readQuotedSample(_ cursor: inout LineCursor) throws(ParseError) -> LabelReader.Place {
        let start = cursor.position
        let place = try labels.read(&cursor, format)
        guard case .scratch = place, let name = labels.quotedName else {
            throw cursor.failure("expected a metric name", at: start)
        }
        guard let target = name.withUnsafeBytes({ table.target(ofSample: $0) }) else {
            throw cursor.failure("the name is that of a family, not of its samples", at: start)
        }
        lastName = 0..<0
        lastTarget = target
        return place
    }

    /// Adds a sample of the last name; false when it is a duplicate.
    @inline(__always)
    private mutating func add(
        _ value: Double,
        _ timestamp: Int64?,
        _ place: LabelReader.Place
    ) throws(OpenFamily.Refusal) -> Bool {
        let target = lastTarget
        switch place {
        case .input(let range):
            return try table.families[target.family].add(
                value,
                target.suffix,
                labels: UnsafeRawBufferPointer(rebasing: bytes[range]),
                timestamp: timestamp
            )
        case .scratch:
            if labels.hasQuotedNames { table.families[target.family].noteQuotedNames() }
            return try labels.scratch.withUnsafeBufferPointer { scratch throws(OpenFamily.Refusal) in
                try table.families[target.family].add(
                    value,
                    target.suffix,
                    labels: UnsafeRawBufferPointer(scratch),
                    timestamp: timestamp
                )
            }
        }
    }

    // MARK: Behind the labels

    @inline(__always)
    private func readValue(_ cursor: inout LineCursor) throws(ParseError) -> Double {
        if format == .text {
            cursor.skipBlanks()
        } else if !cursor.skip(UInt8(ascii: " ")) {
            throw cursor.failure("expected a blank before the value")
        }
        let token = cursor.token()
        guard let value = NumberScanner.double(cursor.slice(token)) else {
            throw cursor.failure("expected a number, got \(cursor.excerpt(token))", at: token.lowerBound)
        }
        return value
    }

    @inline(__always)
    private func readTimestamp(_ cursor: inout LineCursor) throws(ParseError) -> Int64? {
        guard !cursor.isAtEnd else { return nil }
        return try TailReader.timestamp(&cursor, format)
    }

    private func readEnd(_ cursor: inout LineCursor) throws(ParseError) {
        if format == .openMetrics { try TailReader.exemplar(&cursor) }
        guard cursor.isAtEnd else {
            throw cursor.failure("unexpected text \(cursor.excerpt(cursor.position..<cursor.end)) after the sample")
        }
    }
}

extension FamilyTable {
    fileprivate mutating func apply(_ line: MetadataLine, to family: Int) throws(OpenFamily.Refusal) {
        switch line.keyword {
        case .help: families[family].setHelp(line.text)
        case .unit: try families[family].setUnit(line.text)
        case .type: try families[family].setType(line.kind)
        case .eof: break
        }
    }
}
