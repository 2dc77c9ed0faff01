import Glibc

/// Reads lines, and keeps what they say.
struct LineReader {
    private let format: ParseFormat
    private let options: ParseOptions
    private(set) var table: FamilyTable
    private var labels: LabelReader
    /// Samples that are kept, and their bytes.
    private(set) var sampleCount = 0
    private(set) var byteCount = 0
    /// Samples that are left out because they are there already.
    private(set) var duplicateCount = 0
    /// Lines that were read.
    private(set) var lineCount = 0
    /// The name of the last sample, which is mostly also the next one's, and where its samples go.
    private var lastName = 0..<0
    private var lastTarget = FamilyTable.Target(family: 0, suffix: .none, isKept: false, isReserved: false)
    /// The line `# EOF` of OpenMetrics was read.
    private(set) var isEnded = false

    init(_ format: ParseFormat, _ options: ParseOptions) {
        self.format = format
        self.options = options
        table = FamilyTable(format, options)
        labels = LabelReader(adding: options.labels)
    }

    // MARK: Lines

    /// Reads whole lines; only the last of the text may lack its line feed.
    mutating func read(_ bytes: UnsafeRawBufferPointer) throws(ParseError) {
        let linesBefore = lineCount
        // Places are those of these bytes.
        lastName = 0..<0
        do { try readLines(bytes) } catch { throw error.moved(down: linesBefore) }
    }

    private mutating func readLines(_ bytes: UnsafeRawBufferPointer) throws(ParseError) {
        let invalid = Self.firstInvalidByte(bytes)
        var start = 0
        while start < bytes.count, let base = bytes.baseAddress {
            let found = memchr(base + start, 0x0a, bytes.count - start)
            let end = found.map { base.distance(to: UnsafeRawPointer($0)) } ?? bytes.count
            guard end &- start <= options.maximumLineLength else {
                throw ParseError(at: start, in: bytes, options.lineIsTooLong)
            }
            guard end <= invalid else { throw ParseError(at: invalid, in: bytes, "text is not valid UTF-8") }
            try readLine(bytes, start..<end)
            lineCount &+= 1
            start = end + 1
        }
    }

    /// The place of the first byte that is not UTF-8; the end when there is none.
    private static func firstInvalidByte(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard LabelText.findings(in: bytes).contains(.nonASCII) else { return bytes.count }
        do {
            _ = try UTF8Span(validating: bytes.bindMemory(to: UInt8.self).span)
            return bytes.count
        } catch {
            return error.byteOffsets.lowerBound
        }
    }

    @inline(__always)
    private mutating func readLine(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) throws(ParseError) {
        var cursor = LineCursor(bytes, range)
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
        do { try table.apply(line) } catch { throw cursor.failure(error.message, at: start) }
        try checkMetadata(cursor, start)
    }

    private func checkMetadata(_ cursor: LineCursor, _ start: Int) throws(ParseError) {
        guard table.byteCount <= options.maximumMetadataBytes else {
            throw cursor.failure("names and help take more than \(options.maximumMetadataBytes) bytes", at: start)
        }
    }

    // MARK: Samples

    @inline(__always)
    private mutating func readSample(_ cursor: inout LineCursor) throws(ParseError) {
        let start = cursor.position
        let place: LabelReader.Place
        if cursor.byte == UInt8(ascii: "{") {
            place = try readQuotedSample(&cursor)
        } else {
            try readName(&cursor)
            if format == .text { cursor.skipBlanks() }
            let hasLabels = cursor.byte == UInt8(ascii: "{")
            place = hasLabels ? try readLabels(&cursor, start) : labels.readNone(cursor, at: start)
        }
        let value = try readValue(&cursor)
        var timestamp = try readTimestamp(&cursor)
        if !cursor.isAtEnd { try readEnd(&cursor) }
        guard lastTarget.isKept else { return }
        if timestamp != nil, options.timestamps != .keep {
            guard options.timestamps == .drop else {
                throw cursor.failure("sample has a timestamp, which is not allowed", at: start)
            }
            timestamp = nil
        }
        if lastTarget.isReserved, labels.addedCount == 0 || options.labels == nil {
            throw cursor.failure(
                "names that begin with \(options.reservedPrefix) need a label that is added",
                at: start
            )
        }
        let added: Int
        do throws(OpenFamily.Refusal) {
            let line = OpenFamily.Line(value: value, suffix: lastTarget.suffix, timestamp: timestamp)
            added = try add(line, place, in: cursor.bytes)
        } catch {
            throw cursor.failure(error.message, at: start)
        }
        try count(added, cursor, start)
    }

    /// Counts a sample of `added` bytes, or a duplicate that took none.
    @inline(__always)
    private mutating func count(_ added: Int, _ cursor: LineCursor, _ start: Int) throws(ParseError) {
        guard added > 0 else {
            if options.duplicates == .reject { throw cursor.failure("duplicate sample", at: start) }
            duplicateCount &+= 1
            return
        }
        sampleCount &+= 1
        byteCount &+= added
        guard sampleCount <= options.maximumSamples else {
            throw cursor.failure("more than \(options.maximumSamples) samples", at: start, breaking: .samples)
        }
        guard byteCount <= options.maximumBytes else {
            throw cursor.failure(
                "more than \(options.maximumBytes) bytes of samples",
                at: start,
                breaking: .bytes
            )
        }
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
        try checkMetadata(cursor, name.lowerBound)
        lastName = name
        lastTarget = target
    }

    /// Whether the name here is that of the sample before.
    @inline(__always)
    private func isLastName(_ cursor: LineCursor) -> Bool {
        let length = lastName.count
        guard length > 0, cursor.end &- cursor.position > length, let base = cursor.bytes.baseAddress else {
            return false
        }
        guard !isWordByte(cursor.bytes[cursor.position &+ length], colons: true) else { return false }
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
        try checkMetadata(cursor, start)
        lastName = 0..<0
        lastTarget = target
        return place
    }

    /// Adds a sample of the last name; the number of bytes it takes, 0 for a duplicate.
    @inline(__always)
    private mutating func add(
        _ line: OpenFamily.Line,
        _ place: LabelReader.Place,
        in bytes: UnsafeRawBufferPointer
    ) throws(OpenFamily.Refusal) -> Int {
        let family = lastTarget.family
        switch place {
        case .input(let range):
            return try table.families[family].add(line, labels: UnsafeRawBufferPointer(rebasing: bytes[range]))
        case .scratch:
            if labels.hasQuotedNames { table.families[family].noteQuotedNames() }
            return try labels.scratch.withUnsafeBufferPointer { scratch throws(OpenFamily.Refusal) in
                try table.families[family].add(line, labels: UnsafeRawBufferPointer(scratch))
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

    // MARK: The end

    /// The families that have samples, in the order in which the text names them first.
    mutating func finish() throws(OpenFamily.Refusal) -> [FamilyBlock] {
        try table.finish(options)
    }
}

extension ParseOptions {
    var lineIsTooLong: String { "line is longer than \(maximumLineLength) bytes" }
}
