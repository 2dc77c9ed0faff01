import SNMP

/// What octet strings mean by the textual conventions of RFC 2579 and RFC 4001.
enum SNMPText {
    /// `00:a0:de:12:34:56`, of any length; nil for no bytes.
    static func mac(_ bytes: some Sequence<UInt8>) -> String? {
        let text = OctetText.pairs(bytes)
        return text.isEmpty ? nil : text
    }

    /// An address of 4 or 16 bytes, or of 8 or 20 with its zone; nil for another length.
    static func ip(_ bytes: some Sequence<UInt8>) -> String? {
        let bytes = Array(bytes)
        switch bytes.count {
        case 4: return OctetText.dotted(bytes)
        case 16: return ipv6(bytes)
        case 8, 20:
            let zone = bytes.suffix(4).reduce(0) { $0 << 8 | UInt32($1) }
            return ip(bytes.dropLast(4)).map { "\($0)%\(zone)" }
        default: return nil
        }
    }

    /// With the longest run of zeros left out (RFC 5952).
    private static func ipv6(_ bytes: [UInt8]) -> String {
        let groups = stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        var longest = 0..<0
        var start = 0
        while start < groups.count {
            let end = groups[start...].firstIndex { $0 != 0 } ?? groups.count
            if end - start > max(1, longest.count) { longest = start..<end }
            start = max(end, start + 1)
        }
        let text = { (range: Range<Int>) in groups[range].map { String($0, radix: 16) }.joined(separator: ":") }
        guard !longest.isEmpty else { return text(groups.indices) }
        return "\(text(0..<longest.lowerBound))::\(text(longest.upperBound..<groups.count))"
    }

    /// Unix seconds of a DateAndTime of 8 bytes, taken as UTC, or of 11 with their offset from it; nil for what is none.
    static func time(_ bytes: some Sequence<UInt8>) -> Double? {
        guard let time = DateAndTime(bytes), time.isWithinRanges else { return nil }
        return Double(time.seconds) + Double(time.tenths) / 10
    }
}
