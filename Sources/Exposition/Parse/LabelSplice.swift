/// Where the labels to add belong among the labels of one line, found while they are read in their order.
struct LabelSplice {
    private static let skipped = -1
    /// Greater than any byte of a name.
    private static let noByte = UInt8.max

    private let labels: [AddedLabels.Label]
    /// For each label the name in the line that it stands before; `skipped` when the line's own label stays.
    private var places: [Int]
    private var next = 0
    /// The first byte of the next label's name: a name in the line that begins with less stands before it.
    private(set) var firstByte = noByte
    /// Whether a label of the line has to be renamed, which a splice cannot do.
    private(set) var hasConflict = false
    /// How many labels the last line got.
    private(set) var count = 0

    init(_ added: AddedLabels?) {
        labels = added?.labels ?? []
        places = Array(repeating: 0, count: labels.count)
    }

    @inline(__always) var isEmpty: Bool { labels.isEmpty }

    @inline(__always)
    mutating func begin() {
        guard !isEmpty else { return }
        next = 0
        hasConflict = false
        firstByte = labels[0].name[0]
    }

    /// Notes the line's next label, whose name begins at `place`.
    mutating func pass(_ name: UnsafeRawBufferPointer, at place: Int) {
        while next < labels.count {
            let order = labels[next].name.withUnsafeBytes { added -> Int in
                if ByteCompare.precedes(name, added) { return -1 }
                return ByteCompare.isEqual(name, added) ? 0 : 1
            }
            if order < 0 { break }
            if order == 0, labels[next].ifPresent != .keep {
                hasConflict = true
                next = labels.count
                break
            }
            places[next] = order == 0 ? Self.skipped : place
            next &+= 1
            if order == 0 { break }
        }
        firstByte = next < labels.count ? labels[next].name[0] : Self.noByte
    }

    /// Writes the labels in `range` with the others at their places.
    mutating func write(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, to output: inout [UInt8]) {
        output.removeAll(keepingCapacity: true)
        count = labels.count
        var start = range.lowerBound
        for number in 0..<next {
            let place = places[number]
            if place == Self.skipped {
                count &-= 1
                continue
            }
            output.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[start..<place]))
            output.append(contentsOf: labels[number].text)
            output.append(UInt8(ascii: ","))
            start = place
        }
        output.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[start..<range.upperBound]))
        for label in labels[next...] {
            if !output.isEmpty { output.append(UInt8(ascii: ",")) }
            output.append(contentsOf: label.text)
        }
    }
}
