import CharacterSets

/// Finds out which Japanese character set a peer uses.
///
/// Everything a session brings is read in all three; the one with the fewest faults is it, so that a damaged byte does not
/// change the verdict. Text in one of them is soon invalid in the others, except that EUC-JP is mostly half-width
/// katakana in Shift_JIS, which therefore counts a little.
struct CharsetDetector: Sendable {
    private static let invalid = 10
    private static let unlikely = 1

    private var faultsInUTF8 = 0
    private var faultsInEUC = 0
    private var faultsInShiftJIS = 0

    /// UTF-8 while there is no reason for another one.
    var name: String {
        let least = min(faultsInUTF8, faultsInEUC, faultsInShiftJIS)
        if faultsInUTF8 == least { return "utf-8" }
        return faultsInEUC == least ? "euc-jp" : "shift_jis"
    }

    /// Takes whole lines; a character that is cut off counts as a fault.
    mutating func observe(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.contains(where: { $0 >= 0x80 }) else { return }
        faultsInUTF8 += Self.faults(bytes, Self.utf8)
        faultsInEUC += Self.faults(bytes, Self.euc)
        faultsInShiftJIS += Self.faults(bytes, Self.shiftJIS)
    }

    /// Reads one character that starts with a byte of 0x80 or more: its length and its fault.
    private typealias Reader = (_ rest: Slice<UnsafeRawBufferPointer>) -> (length: Int, fault: Int)

    private static func faults(_ bytes: UnsafeRawBufferPointer, _ read: Reader) -> Int {
        var faults = 0
        var at = bytes.startIndex
        while at < bytes.endIndex {
            guard bytes[at] >= 0x80 else {
                at += 1
                continue
            }
            let (length, fault) = read(bytes[at...])
            at += length
            faults += fault
        }
        return faults
    }

    private static func utf8(_ rest: Slice<UnsafeRawBufferPointer>) -> (length: Int, fault: Int) {
        let rest = UnsafeRawBufferPointer(rebasing: rest)
        guard let start = rest.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return (1, invalid) }
        let length = UTF8Sequence.length(start, start + rest.count)
        return length > 0 ? (length, 0) : (UTF8Sequence.invalidLength(start, start + rest.count), invalid)
    }

    /// Rows 9 to 12, 14 and 15 of JIS X 0208 are empty; 0x8E and 0x8F announce half-width and JIS X 0212.
    private static func euc(_ rest: Slice<UnsafeRawBufferPointer>) -> (length: Int, fault: Int) {
        let high: ClosedRange<UInt8> = 0xA1...0xFE
        let second = rest.dropFirst().first ?? 0
        switch rest.first ?? 0 {
        case 0x8E where (0xA1...0xDF).contains(second): return (2, unlikely)
        case 0x8F where high.contains(second) && high.contains(rest.dropFirst(2).first ?? 0): return (3, unlikely)
        case 0xA9...0xAC where high.contains(second), 0xAE...0xAF where high.contains(second): return (2, unlikely)
        case high where high.contains(second): return (2, 0)
        default: return (1, invalid)
        }
    }

    private static func shiftJIS(_ rest: Slice<UnsafeRawBufferPointer>) -> (length: Int, fault: Int) {
        let second = rest.dropFirst().first ?? 0
        switch rest.first ?? 0 {
        case 0xA1...0xDF: return (1, unlikely)
        case 0x81...0x9F, 0xE0...0xFC:
            return (0x40...0xFC).contains(second) && second != 0x7F ? (2, 0) : (1, invalid)
        default: return (1, invalid)
        }
    }
}
