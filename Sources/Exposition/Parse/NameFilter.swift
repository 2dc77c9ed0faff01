/// Globs of metric names: `*` is any text, `?` one character, all else itself.
package struct NameFilter: Sendable {
    private let kept: [[UInt8]]
    private let dropped: [[UInt8]]

    /// Keeps what `keep` names, or all where it is empty, without what `drop` names.
    package init(keep: [String] = [], drop: [String] = []) {
        kept = keep.map { Array($0.utf8) }
        dropped = drop.map { Array($0.utf8) }
    }

    /// Bytes of a name that globs are held against; longer ones are not kept by any filter.
    static let nameLimit = 4096

    /// Whether everything is kept.
    package var isEmpty: Bool { kept.isEmpty && dropped.isEmpty }

    /// Whether samples of a name are kept; a glob may name them or their family.
    func keeps(sample: UnsafeRawBufferPointer, family: UnsafeRawBufferPointer) -> Bool {
        if isEmpty { return true }
        guard sample.count <= Self.nameLimit else { return false }
        func isNamed(by globs: [[UInt8]]) -> Bool {
            globs.contains { Self.matches($0, sample) || Self.matches($0, family) }
        }
        return (kept.isEmpty || isNamed(by: kept)) && !isNamed(by: dropped)
    }

    /// Goes back to the last `*` only, so that the time is at most the product of both lengths.
    static func matches(_ glob: [UInt8], _ name: UnsafeRawBufferPointer) -> Bool {
        var (place, position) = (0, 0)
        var star: (place: Int, position: Int)?
        while position < name.count {
            if place < glob.count, glob[place] == UInt8(ascii: "*") {
                place += 1
                star = (place, position)
            } else if place < glob.count, glob[place] == UInt8(ascii: "?") {
                place += 1
                position = characterEnd(name, position)
            } else if place < glob.count, glob[place] == name[position] {
                place += 1
                position += 1
            } else if let last = star {
                place = last.place
                position = last.position + 1
                star = (place, position)
            } else {
                return false
            }
        }
        return glob[place...].allSatisfy { $0 == UInt8(ascii: "*") }
    }

    /// Where the character at `position` ends, which UTF-8 writes in up to four bytes.
    private static func characterEnd(_ name: UnsafeRawBufferPointer, _ position: Int) -> Int {
        var end = position + 1
        while end < name.count, name[end] & 0xc0 == 0x80 { end += 1 }
        return end
    }
}
