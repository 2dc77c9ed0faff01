import SNMP

/// Takes the index of a table's row apart, whose form must be just the one that is expected.
struct SNMPIndexReader {
    /// What a part of an index is.
    enum Kind: String, CaseIterable {
        case integer
        /// Four numbers.
        case ip
        /// Six numbers.
        case mac
        /// A length, then as many bytes.
        case string
        /// All bytes that are left (`IMPLIED`, or of fixed length).
        case rest
        /// A length, then as many numbers.
        case oid
        /// InetAddressType and InetAddress: a type, a length, and as many bytes.
        case inet
    }

    enum Part: Equatable {
        case integer(Int)
        case bytes([UInt8])
    }

    private var cursor: IndexCursor

    init(_ numbers: [UInt32]) { cursor = IndexCursor(numbers[...]) }

    /// The parts of an index of these kinds; nil when it is of another form.
    static func parts(of numbers: [UInt32], _ kinds: [Kind]) -> [Part]? {
        var reader = Self(numbers)
        var parts: [Part] = []
        for kind in kinds {
            guard let part = reader.read(kind) else { return nil }
            parts.append(part)
        }
        return reader.cursor.rest.isEmpty ? parts : nil
    }

    private mutating func read(_ kind: Kind) -> Part? {
        switch kind {
        case .integer: cursor.takeLength().map(Part.integer)
        case .ip: bytes(4).flatMap { SNMPText.ip($0) }.map(Self.text)
        case .mac: bytes(6).flatMap { SNMPText.mac($0) }.map(Self.text)
        case .string: cursor.takeLength().flatMap { bytes($0) }.map(Part.bytes)
        case .rest: bytes(cursor.rest.count).map(Part.bytes)
        case .oid: cursor.takeLength().flatMap { cursor.take($0) }.map { Self.text(OctetText.dotted($0)) }
        case .inet: inet()
        }
    }

    private static func text(_ text: String) -> Part { .bytes(Array(text.utf8)) }

    /// Names (type 16) as they are, everything else by its length.
    private mutating func inet() -> Part? {
        guard let type = cursor.takeLength(), let bytes = cursor.takeLength().flatMap({ bytes($0) }) else { return nil }
        return type == 16 ? .bytes(bytes) : SNMPText.ip(bytes).map(Self.text)
    }

    private mutating func bytes(_ count: Int) -> [UInt8]? {
        guard let taken = cursor.take(count) else { return nil }
        let bytes = taken.compactMap { UInt8(exactly: $0) }
        return bytes.count == count ? bytes : nil
    }
}
