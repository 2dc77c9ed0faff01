/// The peer's repetition of the command, at the start of what it sends.
enum Echo: Equatable {
    case found(end: Int)
    case undecided
    case none

    /// Bytes within which the echo has to be found.
    private static let searchLimit = 8 << 10

    /// Looks for `command` after line ends, blanks and prompts that were left from before.
    ///
    /// The echo may be wrapped, and followed by blanks that are taken back or not; it ends with a CR, a LF or both.
    static func find(_ command: [UInt8], in bytes: [UInt8], prompt: [UInt8]) -> Echo {
        let head = bytes.prefix(searchLimit)
        let echo = find(command, inHead: head, prompt: prompt)
        return echo == .undecided && head.count < bytes.count ? .none : echo
    }

    private static func find(_ command: [UInt8], inHead bytes: ArraySlice<UInt8>, prompt: [UInt8]) -> Echo {
        var at = bytes.startIndex
        while true {
            while at < bytes.endIndex, isNothing(bytes[at]) { at += 1 }
            guard at < bytes.endIndex else { return .undecided }
            let echo = follow(command, bytes[at...])
            guard echo == .none else { return echo }
            let rest = bytes[at...]
            let ends = prompt.indices.lazy.map { prompt[$0...] }
            guard let end = ends.first(where: { rest.starts(with: $0) }) else {
                return ends.contains { $0.starts(with: rest) } ? .undecided : .none
            }
            at += end.count
        }
    }

    private static func isNothing(_ byte: UInt8) -> Bool {
        byte == 0x0D || byte == 0x0A || byte == 0x20 || byte == 0x08
    }

    private static func follow(_ command: [UInt8], _ bytes: ArraySlice<UInt8>) -> Echo {
        var at = bytes.startIndex
        for (index, byte) in command.enumerated() {
            while at < bytes.endIndex, bytes[at] != byte, index > 0, isWrap(bytes[at...]) { at += 1 }
            guard at < bytes.endIndex else { return .undecided }
            guard bytes[at] == byte else { return bytes[at...] == [0x20] ? .undecided : .none }
            at += 1
        }
        while at < bytes.endIndex, bytes[at] == 0x20 || bytes[at] == 0x08 { at += 1 }
        guard at < bytes.endIndex else { return .undecided }
        guard bytes[at] == 0x0D || bytes[at] == 0x0A else { return .none }
        while at < bytes.endIndex, bytes[at] == 0x0D { at += 1 }
        guard at < bytes.endIndex else { return .undecided }
        return .found(end: bytes[at] == 0x0A ? at + 1 : at)
    }

    /// A line end, or the blank and CR with which a terminal is made to wrap at its last column.
    private static func isWrap(_ rest: ArraySlice<UInt8>) -> Bool {
        switch rest.first {
        case 0x0D, 0x0A: true
        case 0x20: rest.dropFirst().first == 0x0D
        default: false
        }
    }
}
