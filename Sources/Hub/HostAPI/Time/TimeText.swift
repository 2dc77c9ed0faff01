import CLinux
import Glibc

/// Times as text: `strptime` and `strftime` of the C library, in UTC.
///
/// Names of days and months are English: the program never calls `setlocale`, so its locale is C.
enum TimeText {
    /// Bytes of a formatted time.
    static let outputLimit = 4096
    /// Bytes of a format and of a text that is read.
    static let inputLimit = 1024

    /// Years 0 to 9999, which is what `strptime` reads.
    private static let range = -62_167_219_200.0..<253_402_300_800.0

    /// Reads a time as Unix seconds; the whole text must match the format.
    ///
    /// What the format leaves out is that of 1970-01-01 00:00:00. The time is UTC unless `%z` reads an offset; `%Z` skips a name without looking at it.
    static func parse(_ text: String, format: String) throws(TimeError) -> Int {
        guard text.utf8.count <= inputLimit, format.utf8.count <= inputLimit else {
            throw .textTooLong(limit: inputLimit)
        }
        guard !format.utf8.contains(0) else { throw .formatHasNull }
        var parts = tm()
        parts.tm_year = 70
        parts.tm_mday = 1
        let matched = text.withCString { text in
            clinux_strptime(text, format, &parts).map { $0 - UnsafeMutablePointer(mutating: text) }
        }
        guard matched == text.utf8.count else { throw .noMatch(text: text, format: format) }
        var day = parts
        (day.tm_hour, day.tm_min, day.tm_sec) = (0, 0, 0)
        timegm(&day)
        guard day.tm_mday == parts.tm_mday else { throw .noSuchDay(text) }
        // %s answers local time, with its offset in the same field as %z.
        let offset = parts.tm_gmtoff
        return timegm(&parts) - offset
    }

    static func format(_ seconds: Double, format: String) throws(TimeError) -> String {
        guard format.utf8.count <= inputLimit else { throw .textTooLong(limit: inputLimit) }
        guard !format.utf8.contains(0) else { throw .formatHasNull }
        guard range.contains(seconds) else { throw .outOfRange(seconds) }
        var time = time_t(seconds.rounded(.down))
        var parts = tm()
        guard gmtime_r(&time, &parts) != nil else { throw .outOfRange(seconds) }
        // strftime answers 0 for an empty result too, hence the blank in front.
        let format = " " + resolvingSeconds(in: format, time)
        let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: outputLimit + 2) { buffer in
            let length = strftime(buffer.baseAddress, buffer.count, format, &parts)
            return length > 0 ? String(decoding: UnsafeRawBufferPointer(buffer)[1..<length], as: UTF8.self) : nil
        }
        guard let text else { throw .tooLong(limit: outputLimit) }
        return text
    }

    /// Replaces `%s`, with whatever flags, which `strftime` would read as local time.
    private static func resolvingSeconds(in format: String, _ time: time_t) -> String {
        var result = ""
        var conversion = ""
        for character in format {
            conversion.append(character)
            let isOpen = conversion == "%" || (conversion.count > 1 && "_-0^#+123456789EO".contains(character))
            if isOpen { continue }
            result += conversion.count > 1 && character == "s" ? "\(time)" : conversion
            conversion = ""
        }
        return result + conversion
    }
}
