/// Walks over label pairs that this module wrote: `a="x","b.c"="y"`.
struct LabelScanner {
    /// One label by its places in the bytes; name and value are escaped, and without their quotes.
    struct Pair {
        let name: Range<Int>
        let value: Range<Int>
        let isQuoted: Bool
    }

    private let bytes: UnsafeRawBufferPointer
    /// Where the next label begins.
    private(set) var position = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    mutating func next() -> Pair? {
        guard position < bytes.count else { return nil }
        let isQuoted = bytes[position] == UInt8(ascii: "\"")
        let name = isQuoted ? quoted() : word()
        position += 1
        let value = quoted()
        if position < bytes.count { position += 1 }
        return Pair(name: name, value: value, isQuoted: isQuoted)
    }

    private mutating func word() -> Range<Int> {
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "=") { position &+= 1 }
        return start..<position
    }

    /// What stands between the quote here and the next one that is not escaped; goes on behind it.
    private mutating func quoted() -> Range<Int> {
        position += 1
        let start = position
        skipToQuote()
        let end = min(position, bytes.count)
        position = min(end + 1, bytes.count)
        return min(start, end)..<end
    }

    private mutating func skipToQuote() {
        guard let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
        while position < bytes.count {
            position = LabelText.firstQuoteOrBackslash(base, position, bytes.count)
            guard position < bytes.count, base[position] == UInt8(ascii: "\\") else { return }
            position &+= 2
        }
    }

    /// The text behind escapes `\\`, `\"` and `\n`.
    func unescaped(_ range: Range<Int>) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(range.count)
        var isEscaped = false
        for byte in bytes[range] {
            if isEscaped {
                result.append(byte == UInt8(ascii: "n") ? UInt8(ascii: "\n") : byte)
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
