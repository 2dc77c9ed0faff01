/// What octet strings mean by the textual conventions of RFC 2579 and RFC 4001.
enum SNMPText {
    /// `00:a0:de:12:34:56`, of any length; nil for no bytes.
    static func mac(_ bytes: some Sequence<UInt8>) -> String? {
        let digits = bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }
        return digits.isEmpty ? nil : digits.joined(separator: ":")
    }

    /// An address of 4 or 16 bytes, or of 8 or 20 with its zone; nil for another length.
    static func ip(_ bytes: some Sequence<UInt8>) -> String? {
        let bytes = Array(bytes)
        switch bytes.count {
        case 4: return bytes.map(String.init).joined(separator: ".")
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
        let bytes = bytes.map { Int($0) }
        guard bytes.count == 8 || bytes.count == 11 else { return nil }
        guard (1...12).contains(bytes[2]), (1...31).contains(bytes[3]), bytes[4] < 24, bytes[5] < 60, bytes[6] <= 60,
            bytes[7] < 10
        else { return nil }
        let year: Int = bytes[0] << 8 | bytes[1]
        let minutes: Int = bytes[4] * 60 + bytes[5]
        var seconds = days(year: year, month: bytes[2], day: bytes[3]) * 86_400 + minutes * 60 + bytes[6]
        if bytes.count == 11 {
            let offset = bytes[9] * 3600 + bytes[10] * 60
            switch UInt8(bytes[8]) {
            case UInt8(ascii: "+"): seconds -= offset
            case UInt8(ascii: "-"): seconds += offset
            default: return nil
            }
        }
        return Double(seconds) + Double(bytes[7]) / 10
    }

    /// Days since 1970-01-01 in the Gregorian calendar; years begin in March, so that the leap day is their last.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        let year = month > 2 ? year : year - 1
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
    }
}
