/// What has been received since the last time something was sent that awaits an answer.
struct Screen: Sendable {
    /// Longer lines cannot be a question; it is also more than any prompt.
    private static let questionLimit = 400

    private(set) var bytes: [UInt8] = []
    /// Where the unfinished line starts.
    private(set) var lineStart = 0

    mutating func append(_ new: [UInt8], lineLimit: Int) throws(TelnetError) {
        let count = bytes.count
        for (offset, byte) in new.enumerated() where byte == 0x0A {
            guard count + offset - lineStart <= lineLimit else { throw .lineTooLong(limit: lineLimit) }
            lineStart = count + offset + 1
        }
        bytes += new
        guard bytes.count - lineStart <= lineLimit else { throw .lineTooLong(limit: lineLimit) }
    }

    mutating func clear() {
        bytes.removeAll(keepingCapacity: false)
        lineStart = 0
    }

    /// The end of what has been received, after the last line end or carriage return; nil when it is too long for a
    /// prompt.
    var lastLine: ArraySlice<UInt8>? {
        let start = max(lineStart, bytes.count - Self.questionLimit)
        if let move = bytes[start...].lastIndex(of: 0x0D) { return bytes[(move + 1)...] }
        return start == lineStart ? bytes[start...] : nil
    }

    /// The last line that is not blank.
    var lastVisibleLine: ArraySlice<UInt8>? {
        guard let end = bytes.lastIndex(where: { $0 > 0x20 }) else { return nil }
        let start = bytes[..<end].lastIndex { $0 == 0x0A || $0 == 0x0D }
        return bytes[(start.map { $0 + 1 } ?? 0)...end]
    }
}
