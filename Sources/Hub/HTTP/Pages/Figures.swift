/// Numbers as people read them.
enum Figures {
    /// `0.4 ms`, `12 ms`, `3.2 s`, `4 min`, `5 h`, `12 d`: two digits at least, the largest unit that has one.
    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0 else { return "–" }
        switch seconds {
        case ..<0.9995: return decimal(seconds * 1_000) + " ms"
        case ..<99.5: return decimal(seconds) + " s"
        case ..<5_970: return decimal(seconds / 60) + " min"
        case ..<171_000: return decimal(seconds / 3_600) + " h"
        default: return decimal(seconds / 86_400) + " d"
        }
    }

    /// `3 d 4 h`, `4 h 12 min`, `12 min`, `8 s`.
    static func uptime(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 1e12 else { return "–" }
        let whole = Int(seconds)
        let (days, hours, minutes) = (whole / 86_400, whole / 3_600 % 24, whole / 60 % 60)
        if days > 0 { return "\(days) d \(hours) h" }
        if hours > 0 { return "\(hours) h \(minutes) min" }
        return minutes > 0 ? "\(minutes) min" : "\(whole) s"
    }

    /// `12 s ago`, `just now`, `in 30 s`; relative to `now`, both in Unix seconds.
    static func moment(_ time: Double, now: Double) -> String {
        let distance = now - time
        if abs(distance) < 1 { return "just now" }
        return distance > 0 ? "\(duration(distance)) ago" : "in \(duration(-distance))"
    }

    /// `512 B`, `4.1 MiB`.
    static func bytes(_ count: Int) -> String {
        var value = Double(count)
        var unit = "B"
        for next in ["KiB", "MiB", "GiB"] where value >= 1_000 {
            value /= 1_024
            unit = next
        }
        return unit == "B" ? "\(count) B" : "\(decimal(value)) \(unit)"
    }

    /// `12,345`.
    static func count(_ number: Int) -> String {
        let digits = Array(String(number.magnitude))
        var text = number < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
            text.append(digit)
        }
        return text
    }

    /// One decimal below ten, none above.
    private static func decimal(_ value: Double) -> String {
        guard value < 9.95 else { return String(Int(value.rounded())) }
        let tenths = Int((value * 10).rounded())
        return tenths.isMultiple(of: 10) ? String(tenths / 10) : "\(tenths / 10).\(tenths % 10)"
    }
}
