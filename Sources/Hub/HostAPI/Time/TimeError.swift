/// Why a time could not be read or written.
enum TimeError: Error {
    case formatHasNull
    case noMatch(text: String, format: String)
    case noSuchDay(String)
    case outOfRange(Double)
    case tooLong(limit: Int)
    case textTooLong(limit: Int)

    /// Whether the script is wrong, not its data.
    var isMisuse: Bool {
        switch self {
        case .formatHasNull, .tooLong, .textTooLong: true
        case .noMatch, .noSuchDay, .outOfRange: false
        }
    }

    var text: String {
        switch self {
        case .formatHasNull: "format must not contain a null byte"
        case .noMatch(let text, let format):
            "\"\(text.prefix(64))\" does not match the format \"\(format.prefix(64))\""
        case .noSuchDay(let text): "\"\(text.prefix(64))\" names a day that its month does not have"
        case .outOfRange(let seconds): "time is out of range: \(seconds)"
        case .textTooLong(let limit): "text and format must not be longer than \(limit) bytes"
        case .tooLong(let limit): "result must not be longer than \(limit) bytes"
        }
    }
}
