/// Reads times by snmp_exporter's `datetime_pattern`: the directives of strftime(3) as timefmt-go reads them.
///
/// Other characters have to stand in the text as they are, and nothing may follow.
struct DateTimeReader {
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    private static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    /// Directives that stand for several.
    private static let compounds: [Character: String] = [
        "c": "%a %b %e %H:%M:%S %Y", "+": "%a %b %e %H:%M:%S %Z %Y", "v": "%e-%b-%Y", "r": "%I:%M:%S %p",
        "F": "%Y-%m-%d", "D": "%m/%d/%y", "x": "%m/%d/%y", "T": "%H:%M:%S", "X": "%H:%M:%S", "R": "%H:%M",
    ]

    private let text: [UInt8]
    private var place = 0
    private var fields = DateTimeFields()

    private init(_ text: String) { self.text = Array(text.utf8) }

    /// Seconds since 1970; nil when the text is not of that form.
    static func seconds(_ text: String, _ pattern: String) -> Int? {
        var reader = Self(text)
        guard reader.read(pattern), reader.place == reader.text.count else { return nil }
        return reader.fields.seconds
    }

    private mutating func read(_ pattern: String) -> Bool {
        var rest = pattern.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            guard scalar == "%" else {
                for byte in String(scalar).utf8 { guard take(byte) else { return false } }
                continue
            }
            guard let directive = rest.popFirst() else { return false }
            guard directive == ":" else {
                guard read(directive: Character(directive)) else { return false }
                continue
            }
            let colons = rest.prefix { $0 == ":" }.count + 1
            rest = rest.dropFirst(colons - 1)
            guard colons <= 3, rest.popFirst() == "z", zone(colons: colons) else { return false }
        }
        return true
    }

    private mutating func read(directive: Character) -> Bool {
        if let pattern = Self.compounds[directive] { return read(pattern) }
        switch directive {
        case "Y", "G", "y", "g", "C": return year(directive)
        case "m": return number(2, 1...12, \.month)
        case "B": return name(Self.months, \.month)
        case "b", "h": return name(Self.months.map { String($0.prefix(3)) }, \.month)
        case "A": return name(Self.weekdays, \.weekday)
        case "a": return name(Self.weekdays.map { String($0.prefix(3)) }, \.weekday)
        case "w", "u", "U", "V", "W": return week(directive)
        case "d": return number(2, 1...31, \.day)
        case "e": return padded(1...31, \.day)
        case "j": return number(3, 1...366, \.dayOfYear)
        case "H": return number(2, 0...23, \.hour)
        case "k": return padded(0...23, \.hour)
        case "I": return number(2, 1...12, \.hour) && onClockOfTwelve()
        case "l": return padded(1...12, \.hour) && onClockOfTwelve()
        case "p", "P": return name(["AM", "PM"], \.half)
        case "M": return number(2, 0...59, \.minute)
        case "S": return number(2, 0...60, \.second)
        case "s": return epoch()
        case "f": return digits(6) != nil
        case "Z": return zoneName()
        case "z": return zone(colons: 0)
        case "t", "n": return blanks()
        case "%": return take(UInt8(ascii: "%"))
        default: return false
        }
    }

    // MARK: Parts

    private var next: UInt8? { place < text.count ? text[place] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        place += 1
        return true
    }

    /// Up to so many digits.
    private mutating func digits(_ most: Int) -> Int? {
        let digits = text[place...].prefix(most).prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        place += digits.count
        return Int(String(decoding: digits, as: UTF8.self))
    }

    private mutating func number(
        _ most: Int,
        _ range: ClosedRange<Int>,
        _ field: WritableKeyPath<DateTimeFields, Int>
    ) -> Bool {
        guard let number = digits(most), range.contains(number) else { return false }
        fields[keyPath: field] = number
        return true
    }

    /// Two digits, or a blank and one.
    private mutating func padded(_ range: ClosedRange<Int>, _ field: WritableKeyPath<DateTimeFields, Int>) -> Bool {
        _ = take(UInt8(ascii: " "))
        return number(2, range, field)
    }

    /// One of the names, in any case, counted from 1.
    private mutating func name(_ names: [String], _ field: WritableKeyPath<DateTimeFields, Int>) -> Bool {
        for (index, name) in names.enumerated() {
            let found = text[place...].prefix(name.utf8.count)
            guard found.elementsEqual(name.utf8, by: { $0 | 0x20 == $1 | 0x20 }) else { continue }
            place += found.count
            fields[keyPath: field] = index + 1
            return true
        }
        return false
    }

    private mutating func onClockOfTwelve() -> Bool {
        if fields.hour == 12 { fields.hour = 0 }
        return true
    }

    private mutating func year(_ directive: Character) -> Bool {
        if directive == "G" || directive == "g" { fields.hasWeekYear = true }
        if directive == "C" { return number(2, 0...99, \.century) }
        if directive == "y" || directive == "g" {
            guard number(2, 0...99, \.year) else { return false }
            fields.year += fields.year < 69 ? 2000 : 1900
            return true
        }
        let isNegative = take(UInt8(ascii: "-"))
        guard number(4, 0...9999, \.year) else { return false }
        if isNegative { fields.year = -fields.year }
        return true
    }

    /// `weekday` counts from 1 for Sunday.
    private mutating func week(_ directive: Character) -> Bool {
        switch directive {
        case "w":
            guard number(1, 0...6, \.weekday) else { return false }
            fields.weekday += 1
        case "u":
            guard number(1, 1...7, \.weekday) else { return false }
            fields.weekday = fields.weekday % 7 + 1
        default:
            guard number(2, (directive == "V" ? 1 : 0)...53, \.week) else { return false }
            fields.weekStart = directive == "V" ? .iso : directive == "U" ? .sunday : .monday
            if fields.weekday == 0 { fields.weekday = directive == "U" ? 1 : 2 }
        }
        return true
    }

    /// Seconds since 1970, with a sign.
    private mutating func epoch() -> Bool {
        let isNegative = take(UInt8(ascii: "-"))
        // More would overflow.
        guard let seconds = digits(18) else { return false }
        (fields.year, fields.month, fields.day) = (1970, 1, 1)
        (fields.hour, fields.minute, fields.second) = (0, 0, isNegative ? -seconds : seconds)
        return true
    }

    private mutating func blanks() -> Bool {
        let blanks = text[place...].prefix { $0 == 0x20 || (0x09...0x0D).contains($0) }
        place += blanks.count
        return !blanks.isEmpty
    }

    // MARK: Zones

    /// The name of a zone, which counts as UTC: only the exporter's own zone has names that mean something.
    private mutating func zoneName() -> Bool {
        let letters = text[place...].prefix { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
        place += letters.count
        let name = String(decoding: letters, as: UTF8.self)
        switch name.utf8.count {
        case 3: return true
        case 4, 5: return name == "WITA" || name.hasSuffix("T") && !["UTC", "GMT"].contains(name.prefix(3))
        default: return false
        }
    }

    /// The distance to UTC: `+0900`, `+09`, `+09:00` or `Z`; so many colons are asked for.
    private mutating func zone(colons: Int) -> Bool {
        if take(UInt8(ascii: "Z")) {
            fields.offset = 0
            return true
        }
        let isNegative = next == UInt8(ascii: "-")
        guard isNegative || next == UInt8(ascii: "+") else { return false }
        place += 1
        guard let hours = pair(0...23) else { return false }
        let hasColon = take(UInt8(ascii: ":"))
        if !hasColon, colons == 1 || colons == 2 { return false }
        let minutes = pair(0...59)
        if minutes == nil, colons == 1 || colons == 2 { return false }
        var seconds: Int?
        // Without a number of colons the first one says that there are some.
        if minutes != nil, colons > 1 || colons == 0 && hasColon {
            let start = place
            if take(UInt8(ascii: ":")) { seconds = pair(0...59) }
            if seconds == nil {
                guard colons != 2 else { return false }
                place = start
            }
        }
        let offset = (hours * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)
        fields.offset = isNegative ? -offset : offset
        return true
    }

    /// Two digits; nothing is taken where there are none.
    private mutating func pair(_ range: ClosedRange<Int>) -> Int? {
        let start = place
        if let number = digits(2), place == start + 2, range.contains(number) { return number }
        place = start
        return nil
    }
}
