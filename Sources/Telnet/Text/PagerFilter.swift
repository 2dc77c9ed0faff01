/// Takes out the pager's markers and what the peer overwrites them with, cut at any place.
///
/// After the answer the peer clears the marker with carriage returns or backspaces and as many blanks as it is wide, and
/// goes on with the line that it had interrupted, even in the middle of a word or of a character. That is why this works
/// on bytes, before anything is decoded.
struct PagerFilter: Sendable {
    /// Blanks after a marker that are held back; more than any terminal is wide.
    private static let blankLimit = 512
    private static let dash = UInt8(ascii: "-")

    private enum State {
        case text
        /// The bytes held so far are the start of a marker.
        case marker
        /// A run of more dashes than a marker starts with.
        case dashes
        case erasing(columns: Int, blanks: Int)
    }

    private var state = State.text
    private var held: [UInt8] = []
    private var isAtLineStart = true
    /// Whether the marker that is being erased stood at the start of a line.
    private var startedLine = false

    /// Whether bytes at the end are kept back that may turn out to be text.
    var isHolding: Bool { !held.isEmpty }

    /// The text, and how many markers were completed in it.
    mutating func filter(_ bytes: [UInt8]) -> (text: [UInt8], markers: Int) {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count + held.count)
        var markers = 0
        for byte in bytes {
            switch state {
            case .text: takeText(byte, &text)
            case .marker: if takeMarker(byte, &text) { markers += 1 }
            case .dashes:
                if byte == Self.dash { emit(byte, &text) } else { restart(byte, &text) }
            case .erasing(let columns, let blanks): erase(byte, columns, blanks, &text)
            }
        }
        return (text, markers)
    }

    private mutating func emit(_ byte: UInt8, _ text: inout [UInt8]) {
        text.append(byte)
        if byte != 0x0D { isAtLineStart = byte == 0x0A }
    }

    private mutating func takeText(_ byte: UInt8, _ text: inout [UInt8]) {
        guard byte == Self.dash else { return emit(byte, &text) }
        held = [byte]
        state = .marker
    }

    private mutating func restart(_ byte: UInt8, _ text: inout [UInt8]) {
        state = .text
        takeText(byte, &text)
    }

    /// Whether the byte completes a marker.
    private mutating func takeMarker(_ byte: UInt8, _ text: inout [UInt8]) -> Bool {
        held.append(byte)
        if let marker = PagerMarker.all.first(where: { $0.bytes == held }) {
            held.removeAll()
            startedLine = isAtLineStart
            state = .erasing(columns: marker.columns, blanks: 0)
            return true
        }
        if PagerMarker.all.contains(where: { $0.bytes.starts(with: held) }) { return false }
        let last = held.removeLast()
        let hasOnlyDashes = held.allSatisfy { $0 == Self.dash }
        for byte in held { emit(byte, &text) }
        held.removeAll()
        if last == Self.dash, hasOnlyDashes {
            emit(last, &text)
            state = .dashes
        } else {
            restart(last, &text)
        }
        return false
    }

    private mutating func erase(_ byte: UInt8, _ columns: Int, _ blanks: Int, _ text: inout [UInt8]) {
        switch byte {
        case 0x20 where blanks < Self.blankLimit: state = .erasing(columns: columns, blanks: blanks + 1)
        case 0x0D, 0x08:
            // Blanks before it were overwriting, whatever their number; those after it are counted afresh.
            state = .erasing(columns: blanks > 0 ? 0 : columns, blanks: 0)
        case 0x0A:
            state = .text
            if !startedLine { emit(byte, &text) }
        default:
            let own = blanks >= columns ? blanks - columns : blanks
            for _ in 0..<own { emit(0x20, &text) }
            restart(byte, &text)
        }
    }
}
