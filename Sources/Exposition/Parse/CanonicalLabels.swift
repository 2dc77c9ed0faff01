/// Recognises labels that already have the arena's form, as all common clients write them when they sort.
enum CanonicalLabels {
    /// The labels between the braces, with the cursor then behind them; nil, with the cursor where it was, for others.
    ///
    /// `splice` gets to know where the labels to add belong.
    @inline(__always)
    static func range(_ cursor: inout LineCursor, _ splice: inout LabelSplice) -> Range<Int>? {
        // The line feed stops every loop but that over a value, so the last line needs one.
        guard cursor.end < cursor.bytes.count, let base = cursor.bytes.baseAddress else { return nil }
        let bytes = base.assumingMemoryBound(to: UInt8.self)
        splice.begin()
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
            if bytes[nameStart] >= splice.firstByte {
                splice.pass(UnsafeRawBufferPointer(start: bytes + nameStart, count: name.count), at: nameStart)
            }
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
