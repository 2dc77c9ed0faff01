/// A set of bytes, one bit for each.
struct ByteSet {
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    init() {}

    init(where isMember: (UInt8) -> Bool) {
        for byte in UInt8.min ... .max where isMember(byte) { insert(byte) }
    }

    @inline(__always)
    mutating func contains(_ byte: UInt8) -> Bool {
        withUnsafeBytes(of: &words) { words in
            words.loadUnaligned(fromByteOffset: Int(byte >> 6) &* 8, as: UInt64.self) >> UInt64(byte & 63) & 1 != 0
        }
    }

    mutating func insert(_ byte: UInt8) {
        withUnsafeMutableBytes(of: &words) { words in
            words[Int(byte >> 3)] |= 1 << (byte & 7)
        }
    }

    mutating func insert(_ first: UInt8, through last: UInt8) {
        guard first <= last else { return }
        for byte in first...last { insert(byte) }
    }

    mutating func formUnion(_ other: ByteSet) {
        words.0 |= other.words.0
        words.1 |= other.words.1
        words.2 |= other.words.2
        words.3 |= other.words.3
    }

    mutating func invert() {
        words = (~words.0, ~words.1, ~words.2, ~words.3)
    }
}

extension ByteSet {
    /// The members of the class `%letter`.
    init(class letter: UInt8) {
        switch letter | 0x20 {
        case .init(ascii: "a"): self = Self.letters
        case .init(ascii: "d"): self = Self.digits
        case .init(ascii: "s"): self = Self.spaces
        case .init(ascii: "w"): self = Self.alphanumerics
        default:
            self.init { CharacterClass.contains($0, class: letter) }
            return
        }
        if letter & 0x20 == 0 { invert() }
    }

    private static let letters = ByteSet(where: CharacterClass.isLetter)
    private static let digits = ByteSet(where: CharacterClass.isDigit)
    private static let spaces = ByteSet(where: CharacterClass.isSpace)
    private static let alphanumerics = ByteSet { CharacterClass.isLetter($0) || CharacterClass.isDigit($0) }
}
