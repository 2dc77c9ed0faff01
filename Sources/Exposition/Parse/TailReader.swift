/// Reads what may follow a sample's value.
enum TailReader {
    /// A timestamp in milliseconds, if there is one: whole milliseconds in text, seconds in OpenMetrics.
    static func timestamp(_ cursor: inout LineCursor, _ format: ParseFormat) throws(ParseError) -> Int64? {
        guard format == .openMetrics else {
            cursor.skipBlanks()
            if cursor.isAtEnd { return nil }
            let token = cursor.token()
            guard let milliseconds = NumberScanner.integer(cursor.slice(token)) else {
                throw cursor.failure("expected a timestamp, got \(cursor.excerpt(token))", at: token.lowerBound)
            }
            cursor.skipBlanks()
            return milliseconds
        }
        let start = cursor.position
        guard cursor.skip(UInt8(ascii: " ")) else { throw cursor.failure("expected a blank") }
        if cursor.byte == UInt8(ascii: "#") {
            cursor.position = start
            return nil
        }
        return try seconds(&cursor)
    }

    private static func seconds(_ cursor: inout LineCursor) throws(ParseError) -> Int64 {
        let token = cursor.token()
        guard let seconds = NumberScanner.double(cursor.slice(token)),
            let milliseconds = Int64(exactly: (seconds * 1000).rounded())
        else { throw cursor.failure("expected a timestamp, got \(cursor.excerpt(token))", at: token.lowerBound) }
        return milliseconds
    }

    /// An OpenMetrics exemplar ` # {labels} value [timestamp]`, checked and dropped.
    static func exemplar(_ cursor: inout LineCursor) throws(ParseError) {
        let start = cursor.position
        guard cursor.skip(UInt8(ascii: " ")), cursor.skip(UInt8(ascii: "#")), cursor.skip(UInt8(ascii: " ")),
            cursor.byte == UInt8(ascii: "{")
        else { throw cursor.failure("expected the end of the line or an exemplar", at: start) }
        var labels = LabelReader()
        _ = try labels.read(&cursor, .openMetrics)
        guard cursor.skip(UInt8(ascii: " ")) else { throw cursor.failure("expected a blank before the value") }
        let token = cursor.token()
        guard NumberScanner.double(cursor.slice(token)) != nil else {
            throw cursor.failure("expected a number, got \(cursor.excerpt(token))", at: token.lowerBound)
        }
        if cursor.skip(UInt8(ascii: " ")) { _ = try seconds(&cursor) }
    }
}
