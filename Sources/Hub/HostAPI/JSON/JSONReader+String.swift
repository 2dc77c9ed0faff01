import CharacterSets
import LuaSandbox

extension JSONReader {
    /// Reads a string; one without escapes goes from the document to the plan in one copy.
    mutating func readString() throws(JSONError) {
        at += 1
        let from = at
        try skipPlain()
        if next == UInt8(ascii: "\"") {
            plan.push(UnsafeRawBufferPointer(start: from, count: at - from))
            at += 1
            return
        }
        scratch.removeAll(keepingCapacity: true)
        scratch.append(contentsOf: UnsafeBufferPointer(start: from, count: at - from))
        while next != UInt8(ascii: "\"") {
            if next == UInt8(ascii: "\\") { try readEscape() } else { readInvalid() }
            let from = at
            try skipPlain()
            scratch.append(contentsOf: UnsafeBufferPointer(start: from, count: at - from))
        }
        at += 1
        plan.push(scratch)
    }

    /// Goes on to the next quotation mark, backslash or invalid byte.
    @inline(__always)
    private mutating func skipPlain() throws(JSONError) {
        skipASCII()
        while at < end, at.pointee >= 0x80 {
            let length = UTF8Sequence.length(at, end)
            guard length > 0 else { return }
            at += length
            skipASCII()
        }
        guard at < end else { throw error(.openString) }
        guard at.pointee >= 0x20 else { throw error(.controlCharacter) }
    }

    @inline(__always)
    private mutating func skipASCII() {
        var at = at
        defer { self.at = at }
        while end - at >= 8 {
            let word = UnsafeRawPointer(at).loadUnaligned(as: UInt64.self).littleEndian
            let special = Self.specialBytes(word)
            guard special == 0 else {
                at += special.trailingZeroBitCount / 8
                return
            }
            at += 8
        }
        while at < end, at.pointee >= 0x20, at.pointee < 0x80,
            at.pointee != UInt8(ascii: "\""), at.pointee != UInt8(ascii: "\\")
        {
            at += 1
        }
    }

    /// The high bit of each byte that is a control character, quotation mark, backslash or not ASCII.
    ///
    /// A borrow may mark a byte above a marked one too, so only the lowest mark counts.
    @inline(__always)
    private static func specialBytes(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quotes = word ^ (ones &* 0x22)
        let backslashes = word ^ (ones &* 0x5C)
        let found = (word &- ones &* 0x20) | (quotes &- ones) | (backslashes &- ones)
        return ((found & ~word) | word) & (ones &* 0x80)
    }

    /// Replaces the longest start of a character that is cut off, or one byte, as Unicode (section 3.9) recommends.
    private mutating func readInvalid() {
        at += UTF8Sequence.invalidLength(at, end)
        append(0xFFFD)
    }

    private mutating func readEscape() throws(JSONError) {
        at += 1
        switch next {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): scratch.append(next)
        case UInt8(ascii: "b"): scratch.append(0x08)
        case UInt8(ascii: "f"): scratch.append(0x0C)
        case UInt8(ascii: "n"): scratch.append(0x0A)
        case UInt8(ascii: "r"): scratch.append(0x0D)
        case UInt8(ascii: "t"): scratch.append(0x09)
        case UInt8(ascii: "u"): return try readUnicodeEscape()
        default: throw error(at < end ? .unknownEscape : .openString)
        }
        at += 1
    }

    /// Reads `\uXXXX` from its `u` on, and the low half of a surrogate pair with it; a lone half becomes U+FFFD.
    private mutating func readUnicodeEscape() throws(JSONError) {
        let unit = try readHexadecimal()
        guard unit & 0xF800 == 0xD800 else { return append(unit) }
        guard unit < 0xDC00, end - at >= 6, at[0] == UInt8(ascii: "\\"), at[1] == UInt8(ascii: "u") else {
            return append(0xFFFD)
        }
        let before = at
        at += 1
        let low = try readHexadecimal()
        if low & 0xFC00 == 0xDC00 {
            append(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
        } else {
            at = before
            append(0xFFFD)
        }
    }

    private mutating func readHexadecimal() throws(JSONError) -> UInt32 {
        at += 1
        var value: UInt32 = 0
        for index in 0..<4 {
            guard at + index < end, let digit = Self.hexDigit(at[index]) else {
                throw error(.expected(.hexadecimal))
            }
            value = value << 4 | digit
        }
        at += 4
        return value
    }

    private static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        default: nil
        }
    }

    private mutating func append(_ code: UInt32) {
        let scalar = Unicode.Scalar(code) ?? "\u{FFFD}"
        scratch.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
}
