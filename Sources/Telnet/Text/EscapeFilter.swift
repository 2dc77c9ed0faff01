/// Takes out the escape sequences of terminals (ECMA-48), cut at any place.
///
/// ESC is below 0x40 and so never the second byte of a Japanese character.
struct EscapeFilter: Sendable {
    private static let escape: UInt8 = 0x1B
    private static let bell: UInt8 = 0x07

    private enum State {
        case text
        case escape
        /// After ESC and bytes of 0x20 to 0x2F, as in the choice of a character set.
        case intermediate
        /// After `ESC [`, up to a byte of 0x40 to 0x7E.
        case control
        /// After `ESC ]` and its like, up to BEL or `ESC \`.
        case command
        case commandEscape
    }

    private var state = State.text

    mutating func filter(_ bytes: [UInt8]) -> [UInt8] {
        if case .text = state, !bytes.contains(Self.escape) { return bytes }
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        for byte in bytes where take(byte) { text.append(byte) }
        return text
    }

    /// Whether the byte is text.
    private mutating func take(_ byte: UInt8) -> Bool {
        switch state {
        case .text:
            guard byte == Self.escape else { return true }
            state = .escape
        case .escape: state = next(afterEscape: byte)
        case .intermediate: if !(0x20...0x2F).contains(byte) { state = .text }
        case .control:
            // A line end inside means that the sequence is broken off; it must not swallow the text.
            if byte == 0x0A {
                state = .text
                return true
            }
            if (0x40...0x7E).contains(byte) { state = .text }
        case .command:
            if byte == Self.bell || byte == 0x0A { state = .text }
            if byte == Self.escape { state = .commandEscape }
            return byte == 0x0A
        case .commandEscape: state = .text
        }
        return false
    }

    private func next(afterEscape byte: UInt8) -> State {
        switch byte {
        case UInt8(ascii: "["): .control
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"): .command
        case 0x20...0x2F: .intermediate
        case Self.escape: .escape
        default: .text
        }
    }
}
