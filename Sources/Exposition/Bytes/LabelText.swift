/// Label text as it stands in an exposition: `name="value"`, with `\`, `"` and line feed escaped.
enum LabelText {
    /// What a value needs before it can be copied.
    struct Findings: OptionSet {
        let rawValue: UInt8
        static let special = Findings(rawValue: 1)
        static let nonASCII = Findings(rawValue: 2)
    }

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    /// Non-zero where a byte of `word` equals `byte`; may also mark a byte above a hit, never a lone wrong one.
    @inline(__always)
    private static func matches(_ word: UInt64, _ byte: UInt8) -> UInt64 {
        let difference = word ^ (ones &* UInt64(byte))
        return (difference &- ones) & ~difference & highs
    }

    @inline(__always)
    private static func special(_ word: UInt64) -> UInt64 {
        matches(word, UInt8(ascii: "\\")) | matches(word, UInt8(ascii: "\"")) | matches(word, UInt8(ascii: "\n"))
    }

    /// Looks at eight bytes at a time for what makes a plain copy wrong.
    static func findings(in bytes: UnsafeRawBufferPointer) -> Findings {
        guard let base = bytes.baseAddress else { return [] }
        var specials: UInt64 = 0
        var union: UInt64 = 0
        var offset = 0
        while offset &+ 8 <= bytes.count {
            let word = base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            specials |= special(word)
            union |= word
            offset &+= 8
        }
        var rest: UInt64 = 0
        while offset < bytes.count {
            rest = rest << 8 | UInt64(base.load(fromByteOffset: offset, as: UInt8.self))
            offset &+= 1
        }
        specials |= special(rest)
        var found: Findings = specials == 0 ? [] : .special
        if (union | rest) & highs != 0 { found.insert(.nonASCII) }
        return found
    }

    /// The place of the first `"` or `\\` from `start`; `end` when there is none.
    @inline(__always)
    static func firstQuoteOrBackslash(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
        var place = start
        while place &+ 8 <= end {
            let word = UInt64(littleEndian: UnsafeRawPointer(bytes + place).loadUnaligned(as: UInt64.self))
            let hits = matches(word, UInt8(ascii: "\"")) | matches(word, UInt8(ascii: "\\"))
            if hits != 0 { return place &+ hits.trailingZeroBitCount >> 3 }
            place &+= 8
        }
        while place < end, bytes[place] != UInt8(ascii: "\""), bytes[place] != UInt8(ascii: "\\") { place &+= 1 }
        return place
    }

    static func isValidUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
        (try? UTF8Span(validating: bytes.bindMemory(to: UInt8.self).span)) != nil
    }

    /// Appends a value with escapes; false, with nothing appended, when it is not UTF-8.
    @inline(__always)
    static func append(_ value: UnsafeRawBufferPointer, to output: inout [UInt8]) -> Bool {
        let found = findings(in: value)
        if found.isEmpty {
            output.append(contentsOf: value)
            return true
        }
        if found.contains(.nonASCII), !isValidUTF8(value) { return false }
        appendEscaped(value, to: &output)
        return true
    }

    static func appendEscaped(_ text: String, to output: inout [UInt8]) {
        appendEscaped(text.utf8, to: &output)
    }

    static func appendEscaped(_ bytes: some Sequence<UInt8>, to output: inout [UInt8]) {
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\\"), UInt8(ascii: "\""):
                output.append(UInt8(ascii: "\\"))
                output.append(byte)
            case UInt8(ascii: "\n"):
                output.append(contentsOf: "\\n".utf8)
            default:
                output.append(byte)
            }
        }
    }

    /// Appends a label name; one outside the legacy grammar in quotes, as Prometheus 3 reads it.
    static func appendName(_ name: String, to output: inout [UInt8]) {
        guard !LabelName.isValidLegacy(name) else {
            output.append(contentsOf: name.utf8)
            return
        }
        appendQuoted(name, to: &output)
    }

    static func appendQuoted(_ text: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        appendEscaped(text, to: &output)
        output.append(UInt8(ascii: "\""))
    }
}
