/// The character classes of patterns, in the C locale.
enum CharacterClass {
    /// Whether `byte` belongs to the class `%letter`; any other character stands for itself.
    @inline(__always)
    static func contains(_ byte: UInt8, class letter: UInt8) -> Bool {
        let isMember: Bool
        switch letter | 0x20 {
        case .init(ascii: "d"): isMember = isDigit(byte)
        case .init(ascii: "s"): isMember = isSpace(byte)
        case .init(ascii: "w"): isMember = isLetter(byte) || isDigit(byte)
        case .init(ascii: "a"): isMember = isLetter(byte)
        case .init(ascii: "l"): isMember = byte &- UInt8(ascii: "a") < 26
        case .init(ascii: "u"): isMember = byte &- UInt8(ascii: "A") < 26
        case .init(ascii: "p"): isMember = isGraphic(byte) && !isLetter(byte) && !isDigit(byte)
        case .init(ascii: "c"): isMember = byte < 0x20 || byte == 0x7F
        case .init(ascii: "x"): isMember = isDigit(byte) || (byte | 0x20) &- UInt8(ascii: "a") < 6
        case .init(ascii: "g"): isMember = isGraphic(byte)
        case .init(ascii: "z"): isMember = byte == 0
        default: return letter == byte
        }
        return (letter & 0x20 != 0) == isMember
    }

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    @inline(__always)
    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte &- 9 < 5 }

    @inline(__always)
    static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }

    /// Whether `byte` may be part of a name or number.
    static func isWord(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "_") }

    @inline(__always)
    static func isGraphic(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F }
}
