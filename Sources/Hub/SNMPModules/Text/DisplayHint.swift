import SNMP

/// Writes octets as a textual convention wants to see them (RFC 2579 §3.1).
enum DisplayHint {
    /// Characters of a hint that are looked at.
    private static let longest = 255
    /// Bytes that come of a value at most.
    private static let longestText = 65_536

    /// One part of a hint: `*` length format separator terminator.
    private struct Part {
        var repeats = false
        var length = 0
        var format = UInt8(ascii: "x")
        var separator: UInt8?
        var terminator: UInt8?

        /// Without this it could be applied for ever.
        var consumes: Bool { length > 0 || repeats }
    }

    /// Nil for a hint that is none, for no octets, and where numbers get too large.
    static func apply(_ hint: String, to bytes: [UInt8]) -> [UInt8]? {
        guard !bytes.isEmpty, hint.utf8.count <= longest else { return nil }
        var rest = Array(hint.utf8)[...]
        var part: Part?
        var text: [UInt8] = []
        var place = 0
        while place < bytes.count {
            if rest.isEmpty {
                // The last part goes on until the octets end.
                guard part?.consumes == true else { return nil }
            } else {
                guard let next = parse(&rest) else { return nil }
                part = next
            }
            guard let part, write(part, bytes, &place, to: &text), text.count <= longestText else { return nil }
        }
        return text
    }

    private static func parse(_ rest: inout ArraySlice<UInt8>) -> Part? {
        func isPlain(_ byte: UInt8) -> Bool { !isDigit(byte) && byte != UInt8(ascii: "*") }
        var part = Part()
        if rest.first == UInt8(ascii: "*") {
            part.repeats = true
            rest = rest.dropFirst()
        }
        let digits = rest.prefix(while: isDigit)
        guard !digits.isEmpty, let length = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
        part.length = length
        rest = rest.dropFirst(digits.count)
        guard let format = rest.popFirst(), "dxoat".utf8.contains(format) else { return nil }
        part.format = format
        if let byte = rest.first, isPlain(byte) { part.separator = rest.popFirst() }
        if part.repeats, let byte = rest.first, isPlain(byte) { part.terminator = rest.popFirst() }
        return part
    }

    private static func write(_ part: Part, _ bytes: [UInt8], _ place: inout Int, to text: inout [UInt8]) -> Bool {
        var count = 1
        if part.repeats {
            count = Int(bytes[place])
            place += 1
        }
        for number in 0..<count where place < bytes.count {
            let chunk = bytes[place...].prefix(part.length)
            switch part.format {
            case UInt8(ascii: "d"), UInt8(ascii: "o"):
                guard chunk.count <= 8 else { return false }
                let value = chunk.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                let radix = part.format == UInt8(ascii: "d") ? 10 : 8
                text.append(contentsOf: String(value, radix: radix).utf8)
            case UInt8(ascii: "x"): for byte in chunk { OctetText.append(byte, isUppercase: true, to: &text) }
            default: text.append(contentsOf: chunk)
            }
            place += chunk.count
            // The last octets have no separator, nor has what a terminator follows.
            if let separator = part.separator, place < bytes.count, part.terminator == nil || number != count - 1 {
                text.append(separator)
            }
        }
        if let terminator = part.terminator, place < bytes.count { text.append(terminator) }
        return true
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
