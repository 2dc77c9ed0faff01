/// A place in one line of the input.
struct LineCursor {
    let bytes: UnsafeRawBufferPointer
    var position: Int
    /// Where the line ends, at its line feed or the end of the input.
    let end: Int

    init(_ bytes: UnsafeRawBufferPointer, _ line: Range<Int>) {
        self.bytes = bytes
        position = line.lowerBound
        end = line.upperBound
    }

    @inline(__always) var isAtEnd: Bool { position >= end }

    /// The byte here; 0 at the end of the line.
    @inline(__always) var byte: UInt8 { position < end ? bytes[position] : 0 }

    @inline(__always)
    func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[range])
    }

    @inline(__always)
    mutating func skipBlanks() {
        while position < end, isBlank(bytes[position]) { position &+= 1 }
    }

    /// Goes over the byte if it is here.
    @inline(__always)
    mutating func skip(_ expected: UInt8) -> Bool {
        guard byte == expected, position < end else { return false }
        position &+= 1
        return true
    }

    /// Letters, digits, `_` and, where they are allowed, colons; empty when it begins with a digit.
    @inline(__always)
    mutating func word(colons: Bool) -> Range<Int> {
        let start = position
        guard !isDigit(byte) else { return start..<start }
        while position < end, isWordByte(bytes[position], colons: colons) { position &+= 1 }
        return start..<position
    }

    /// What stands before the next blank or the end.
    @inline(__always)
    mutating func token() -> Range<Int> {
        let start = position
        while position < end, !isBlank(bytes[position]) { position &+= 1 }
        return start..<position
    }

    @inline(__always)
    func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    /// The text of a range for messages: shortened, in quotes, with control characters escaped.
    func excerpt(_ range: Range<Int>) -> String {
        let end = min(range.upperBound, range.lowerBound + 40)
        let text = String(decoding: slice(range.lowerBound..<end), as: UTF8.self)
        return (end < range.upperBound ? text + "..." : text).debugDescription
    }

    func failure(_ message: String) -> ParseError {
        failure(message, at: position)
    }

    func failure(_ message: String, at place: Int, breaking limit: ParseError.Limit? = nil) -> ParseError {
        ParseError(at: place, in: bytes, message, breaking: limit)
    }
}

extension ParseError {
    /// An error at a place in the input, whose line is only counted now.
    init(
        at place: Int,
        in bytes: UnsafeRawBufferPointer,
        _ message: String,
        breaking limit: ParseError.Limit? = nil
    ) {
        var line = 1
        var lineStart = 0
        for position in 0..<min(place, bytes.count) where bytes[position] == UInt8(ascii: "\n") {
            line += 1
            lineStart = position + 1
        }
        self.init(line: line, column: place - lineStart + 1, message: message, limit: limit)
    }
}
