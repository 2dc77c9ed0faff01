/// The parts of a time that a pattern found.
struct DateTimeFields {
    /// Where weeks begin: with the first Sunday (`%U`), the first Monday (`%W`), or as ISO 8601 has it (`%V`).
    enum WeekStart: Int {
        case sunday = 0
        case monday = 1
        case iso = 4
    }

    /// What is not given is that of 1900-01-01 00:00:00 UTC.
    var year = 1900
    var century = -1
    var month = 1
    /// 0 for none.
    var day = 0
    var dayOfYear = 0
    var week = 0
    /// Counted from 1 for Sunday; 0 for none.
    var weekday = 0
    var weekStart: WeekStart?
    /// Whether the year is that of ISO 8601's weeks.
    var hasWeekYear = false
    var hour = 0
    var minute = 0
    var second = 0
    /// 2 in the afternoon.
    var half = 0
    /// Seconds east of UTC.
    var offset = 0

    /// Seconds since 1970; nil for parts that say nothing together.
    var seconds: Int? {
        guard let days else { return nil }
        let hours = half == 2 ? hour + 12 : hour
        return ((days * 24 + hours) * 60 + minute) * 60 + second - offset
    }

    private var days: Int? {
        let year = century < 0 ? self.year : century * 100 + self.year % 100
        if day > 0 { return Moments.daysSince1970(year: year, month: month - 1, day: day) }
        if dayOfYear > 0 {
            return hasWeekYear ? nil : Moments.daysSince1970(year: year, month: 0, day: dayOfYear)
        }
        guard let weekStart else { return Moments.daysSince1970(year: year, month: month - 1, day: 1) }
        guard (weekStart == .iso) == hasWeekYear else { return nil }
        let start = Moments.daysSince1970(year: year, month: 0, day: -weekStart.rawValue)
        // 1970-01-01 was a Thursday.
        let startDay = ((start + 4) % 7 + 7) % 7
        let weeks = weekStart != .sunday && weekday == 1 ? week + 1 : week
        return start + weeks * 7 - startDay + weekday - 1
    }
}
