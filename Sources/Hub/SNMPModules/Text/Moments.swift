/// Points in time as agents write them, in seconds since 1970.
enum Moments {
    /// `DateAndTime` (RFC 2579 §2): year, month, day, hour, minute, second, tenths, and maybe the distance to UTC.
    ///
    /// Nil when it is none. Fields beyond their range carry over, as in snmp_exporter.
    static func dateAndTime(_ bytes: [UInt8]) -> Double? {
        guard bytes.count == 8 || bytes.count == 11 else { return nil }
        var offset = 0
        if bytes.count == 11 {
            guard bytes[9] <= 24, bytes[10] <= 60 else { return nil }
            offset = (Int(bytes[9]) * 60 + Int(bytes[10])) * 60
            switch bytes[8] {
            case UInt8(ascii: "+"): break
            case UInt8(ascii: "-"): offset = -offset
            default: return nil
            }
        }
        let year = Int(bytes[0]) << 8 | Int(bytes[1])
        let days = daysSince1970(year: year, month: Int(bytes[2]) - 1, day: Int(bytes[3]))
        let seconds = (Int(bytes[4]) * 60 + Int(bytes[5])) * 60 + Int(bytes[6]) + Int(bytes[7]) / 10
        return Double(days * 86_400 + seconds - offset)
    }

    /// NTP's seconds since 1900 and their fraction (RFC 5905 §6), the first 8 bytes.
    static func ntpTimeStamp(_ bytes: [UInt8]) -> Double? {
        guard bytes.count >= 8 else { return nil }
        let seconds = bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        return Double(seconds - 2_208_988_800)
    }

    /// Howard Hinnant's days_from_civil; `month` counts from 0, `day` from 1, and what is beyond the range carries over.
    static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        let carried = floor(month, 12)
        let month = month - carried * 12
        let year = month < 2 ? year + carried - 1 : year + carried
        let era = floor(year, 400)
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * ((month + 10) % 12) + 2) / 5
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468 + day - 1
    }

    private static func floor(_ number: Int, _ divisor: Int) -> Int {
        let quotient = number / divisor
        return number % divisor < 0 ? quotient - 1 : quotient
    }
}
