/// Reads elements of BER (X.690) with definite lengths, as SNMP has them (RFC 3417 §8).
///
/// Lengths and integers may have more octets than they need, which agents send. Every octet is looked at once, and nothing
/// is allocated for what a length only promises.
struct BERReader {
    private let bytes: [UInt8]
    /// Where the next element begins.
    private(set) var position: Int
    private let end: Int

    init(_ bytes: [UInt8]) { self.init(bytes, 0..<bytes.count) }

    /// `range` must lie within `bytes`.
    private init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    var isAtEnd: Bool { position == end }

    /// What has been read so far.
    var taken: [UInt8] { position == bytes.count ? bytes : Array(bytes[..<position]) }

    /// The tag of the next element.
    var nextTag: UInt8? { isAtEnd ? nil : bytes[position] }

    /// Takes an element and gives its content's place in the message.
    mutating func element() throws(BERError) -> (tag: UInt8, content: Range<Int>) {
        guard end - position >= 2 else { throw .truncated }
        let tag = bytes[position]
        guard tag & 0x1F != 0x1F else { throw .unknownType(tag) }
        var length = Int(bytes[position + 1])
        var start = position + 2
        if length >= 0x80 {
            let count = length & 0x7F
            guard count > 0 else { throw .indefiniteLength }
            guard count <= end - start else { throw .truncated }
            length = 0
            for byte in bytes[start..<start + count] {
                // A datagram has no more.
                guard length <= 0xFFFF else { throw .truncated }
                length = length << 8 | Int(byte)
            }
            start += count
        }
        guard length <= end - start else { throw .truncated }
        position = start + length
        return (tag, start..<position)
    }

    mutating func content(_ expected: UInt8) throws(BERError) -> Range<Int> {
        let (tag, content) = try element()
        guard tag == expected else { throw .unexpectedTag(tag, expected: expected) }
        return content
    }

    /// Takes an element that has others in it.
    mutating func enter(_ tag: UInt8 = BERTag.sequence) throws(BERError) -> BERReader {
        BERReader(bytes, try content(tag))
    }

    func octets(_ range: Range<Int>) -> [UInt8] { Array(bytes[range]) }

    mutating func octetString() throws(BERError) -> [UInt8] { octets(try content(BERTag.octetString)) }

    mutating func integer32() throws(BERError) -> Int32 {
        guard let number = Int32(exactly: try signed(try content(BERTag.integer))) else { throw .integerTooLarge }
        return number
    }

    /// A number in two's complement; no octet at all is 0.
    func signed(_ range: Range<Int>) throws(BERError) -> Int64 {
        guard let first = range.first else { return 0 }
        let isNegative = bytes[first] >= 0x80
        let pad: UInt8 = isNegative ? 0xFF : 0
        var rest = bytes[range]
        while rest.count > 8, rest.first == pad { rest.removeFirst() }
        guard rest.count <= 8, rest.count < 8 || rest.first.map({ $0 >= 0x80 }) == isNegative else {
            throw .integerTooLarge
        }
        return Int64(bitPattern: rest.reduce(isNegative ? .max : 0) { $0 << 8 | UInt64($1) })
    }

    /// A number without a sign, whether or not its encoder knew that the first bit is one.
    func unsigned(_ range: Range<Int>, size: Int) throws(BERError) -> UInt64 {
        var rest = bytes[range]
        // What an encoder of signed numbers puts before them.
        if rest.count > size, let pad = rest.first, pad == 0 || pad == 0xFF {
            while rest.count > size, rest.first == pad { rest.removeFirst() }
        }
        guard rest.count <= size else { throw .integerTooLarge }
        return rest.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// No octet at all is 0.0, as net-snmp reads it.
    func objectIdentifier(_ range: Range<Int>) throws(BERError) -> ObjectIdentifier {
        var components: [UInt32] = []
        components.reserveCapacity(min(range.count + 1, ObjectIdentifier.longest + 1))
        var number: UInt64 = 0
        var isComplete = true
        for byte in bytes[range] {
            number = number << 7 | UInt64(byte & 0x7F)
            guard number <= 0xFFFF_FFFF + (components.isEmpty ? 80 : 0) else { throw .subIdentifierTooLarge }
            isComplete = byte < 0x80
            guard isComplete else { continue }
            if components.isEmpty {
                let first = min(number / 40, 2)
                components.append(UInt32(first))
                number -= first * 40
            }
            guard components.count < ObjectIdentifier.longest else { throw .tooManySubIdentifiers }
            components.append(UInt32(number))
            number = 0
        }
        guard isComplete else { throw .truncated }
        return ObjectIdentifier(components.isEmpty ? [0, 0] : components)
    }
}
