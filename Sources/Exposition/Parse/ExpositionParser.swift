import Glibc

/// Reads the text formats, in pieces of any size.
///
/// As strict as Prometheus about lines and numbers, with what expfmt adds: no unknown escapes in labels, no type after
/// samples. As tolerant as a scrape about repeated `#` lines, families in pieces and samples given twice. Exemplars are
/// read and dropped. `le` and `quantile` get the one spelling this module writes.
///
/// What comes out does not depend on where the text is cut. Beside what was parsed, the parser keeps one line that has
/// not ended. Errors name the place in the whole text.
package struct ExpositionParser {
    private let format: ParseFormat
    private let options: ParseOptions
    private var reader: LineReader
    /// The beginning of a line whose end has not come.
    private var rest: [UInt8] = []
    /// What ended the parse; every later call throws it again.
    private var failure: ParseError?

    package init(format: ParseFormat, options: ParseOptions = ParseOptions()) {
        self.format = format
        self.options = options
        reader = LineReader(format, options)
    }

    /// The families that have samples, in the order in which the text names them first.
    package static func parse(
        _ bytes: UnsafeRawBufferPointer,
        format: ParseFormat,
        options: ParseOptions = ParseOptions()
    ) throws(ParseError) -> [FamilyBlock] {
        var parser = ExpositionParser(format: format, options: options)
        try parser.feed(bytes)
        return try parser.finish()
    }

    /// Samples that are kept so far.
    package var sampleCount: Int { reader.sampleCount }

    /// Samples that were there before and are left out; of a bucket given twice `finish` knows.
    package var duplicateCount: Int { reader.duplicateCount }

    /// Bytes of the samples that are kept so far.
    package var byteCount: Int { reader.byteCount }

    /// Reads the next piece of the text.
    package mutating func feed(_ piece: UnsafeRawBufferPointer) throws(ParseError) {
        if let failure { throw failure }
        do { try read(piece) } catch { throw fail(error) }
    }

    private mutating func fail(_ error: ParseError) -> ParseError {
        failure = error
        rest = []
        return error
    }

    private mutating func read(_ piece: UnsafeRawBufferPointer) throws(ParseError) {
        var start = 0
        if !rest.isEmpty {
            guard let end = firstLineFeed(piece) else { return try keep(piece) }
            start = end + 1
            try keep(UnsafeRawBufferPointer(rebasing: piece[..<start]))
            try readRest()
        }
        let end = endOfLastLine(piece, from: start)
        if end > start { try reader.read(UnsafeRawBufferPointer(rebasing: piece[start..<end])) }
        try keep(UnsafeRawBufferPointer(rebasing: piece[end...]))
    }

    private func firstLineFeed(_ piece: UnsafeRawBufferPointer) -> Int? {
        guard let base = piece.baseAddress, let found = memchr(base, 0x0a, piece.count) else { return nil }
        return base.distance(to: UnsafeRawPointer(found))
    }

    /// The place behind the last line feed; `start` when there is none.
    private func endOfLastLine(_ piece: UnsafeRawBufferPointer, from start: Int) -> Int {
        var end = piece.count
        while end > start, piece[end - 1] != 0x0a { end -= 1 }
        return end
    }

    private mutating func keep(_ piece: UnsafeRawBufferPointer) throws(ParseError) {
        let hasEnded = piece.last == 0x0a
        guard rest.count + piece.count - (hasEnded ? 1 : 0) <= options.maximumLineLength else {
            throw ParseError(line: reader.lineCount + 1, column: 1, message: options.lineIsTooLong)
        }
        rest.append(contentsOf: piece)
    }

    private mutating func readRest() throws(ParseError) {
        // Taken out for the call, so that it is not copied.
        var line: [UInt8] = []
        swap(&line, &rest)
        try line.withUnsafeBufferPointer { bytes throws(ParseError) in try reader.read(UnsafeRawBufferPointer(bytes)) }
        line.removeAll(keepingCapacity: true)
        swap(&line, &rest)
    }

    /// Reads what is left and hands the families on; the parser is then empty.
    package mutating func finish() throws(ParseError) -> [FamilyBlock] {
        if let failure { throw failure }
        do { return try readEnd() } catch { throw fail(error) }
    }

    private mutating func readEnd() throws(ParseError) -> [FamilyBlock] {
        let isOpen = !rest.isEmpty
        let column = rest.count + 1
        if isOpen { try readRest() }
        let line = reader.lineCount + (isOpen ? 0 : 1)
        func failure(_ message: String) -> ParseError { ParseError(line: line, column: column, message: message) }
        if isOpen, options.requiresFinalNewline, format == .text { throw failure("last line has no line feed") }
        if format == .openMetrics, !reader.isEnded { throw failure("data does not end with # EOF") }
        do { return try reader.finish() } catch { throw failure(error.message) }
    }
}
