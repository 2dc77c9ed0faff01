/// A point in time as `DateAndTime` has it (RFC 2579 §2), whose fields may be anything that their bytes hold.
package struct DateAndTime {
    private let bytes: [Int]
    /// Tenths of a second.
    package var tenths: Int { bytes[7] }
    /// Seconds east of UTC; 0 where nothing is said.
    private let offset: Int

    /// Nil unless it has 8 bytes, or 11 with a distance to UTC.
    package init?(_ octets: some Sequence<UInt8>) {
        bytes = octets.map { Int($0) }
        switch bytes.count {
        case 8: offset = 0
        case 11:
            let distance = bytes[9] * 3600 + bytes[10] * 60
            switch UInt8(bytes[8]) {
            case UInt8(ascii: "+"): offset = distance
            case UInt8(ascii: "-"): offset = -distance
            default: return nil
            }
        default: return nil
        }
    }

    /// Whether the fields up to the tenths are within the ranges of the convention.
    package var isWithinRanges: Bool {
        (1...12).contains(bytes[2]) && (1...31).contains(bytes[3]) && bytes[4] < 24 && bytes[5] < 60 && bytes[6] <= 60
            && tenths < 10
    }

    /// Whether the distance to UTC is at most 24 hours and 60 minutes.
    package var isNearUTC: Bool { bytes.count == 8 || bytes[9] <= 24 && bytes[10] <= 60 }

    /// Whole seconds since 1970 without the tenths; what is beyond its range carries over.
    package var seconds: Int {
        let days = DaysSince1970.of(year: bytes[0] << 8 | bytes[1], month: bytes[2] - 1, day: bytes[3])
        return days * 86_400 + (bytes[4] * 60 + bytes[5]) * 60 + bytes[6] - offset
    }
}

/// Days between 1970-01-01 and another day of the Gregorian calendar.
package enum DaysSince1970 {
    /// Howard Hinnant's days_from_civil; `month` counts from 0, `day` from 1, and what is beyond the range carries over.
    package static func of(year: Int, month: Int, day: Int) -> Int {
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
