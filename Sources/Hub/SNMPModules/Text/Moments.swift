import SNMP

/// Points in time as agents write them, in seconds since 1970; nil for what is none.
enum Moments {
    /// `DateAndTime` (RFC 2579 §2), taken as UTC where it does not say its distance.
    ///
    /// Fields beyond their range carry over, and tenths do not count, as in snmp_exporter.
    static func dateAndTime(_ bytes: [UInt8]) -> Double? {
        guard let time = DateAndTime(bytes), time.isNearUTC else { return nil }
        return Double(time.seconds + time.tenths / 10)
    }

    /// NTP's seconds since 1900 and their fraction (RFC 5905 §6), the first 8 bytes.
    static func ntpTimeStamp(_ bytes: [UInt8]) -> Double? {
        guard bytes.count >= 8 else { return nil }
        let seconds = bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        return Double(seconds - 2_208_988_800)
    }
}
