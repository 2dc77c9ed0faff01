/// The labels of one series, encoded once: sorted by the bytes of their names, none twice, none empty.
///
/// The bytes are the `labels` fields of 1.0's `TimeSeries`, `0A len 0A len name 12 len value` for each label.
package struct LabelSet: Sendable, Hashable {
    package let bytes: [UInt8]

    /// Encodes labels in any order; nil where one name is given twice or the metric's name is no valid one.
    ///
    /// A label with an empty value is no label (Prometheus, "Data model"), and names that begin with `__` are for
    /// relabelling only; both are left out.
    package init?(_ labels: [Label]) {
        let sorted = labels.filter { !$0.value.isEmpty && ($0.name == Label.metricName || !$0.name.hasPrefix("__")) }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        for (first, second) in zip(sorted, sorted.dropFirst()) where first.name == second.name { return nil }
        guard let name = sorted.first(where: { $0.name == Label.metricName }), Label.isValidMetricName(name.value),
            sorted.allSatisfy({ Label.isValidName($0.name) })
        else { return nil }
        var writer = WireWriter()
        for label in sorted {
            let size =
                WireWriter.size(content: label.name.utf8.count) + WireWriter.size(content: label.value.utf8.count)
            writer.key(1, .lengthDelimited)
            writer.varint(UInt64(size))
            writer.field(1, bytes: label.name.utf8)
            writer.field(2, bytes: label.value.utf8)
        }
        bytes = writer.bytes
    }

    /// Takes what was encoded before; nil when it is not whole.
    package init?(encoded bytes: [UInt8]) {
        self.bytes = bytes
        var reader = LabelReader(bytes)
        while reader.next() != nil {}
        guard reader.isAtEnd, !bytes.isEmpty else { return nil }
    }

    /// The labels in their order.
    package var labels: [Label] {
        var reader = LabelReader(bytes)
        var labels: [Label] = []
        while let pair = reader.next() {
            labels.append(
                Label(
                    String(decoding: bytes[pair.name], as: UTF8.self),
                    String(decoding: bytes[pair.value], as: UTF8.self)
                )
            )
        }
        return labels
    }

    /// Spreads series over shards and tables; the same in every run of the program.
    package var hash: UInt64 { bytes.withUnsafeBytes { ByteHash.hash($0) } }
}

/// Walks over encoded labels; stops where they are not whole.
struct LabelReader {
    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { place == bytes.count }

    mutating func next() -> (name: Range<Int>, value: Range<Int>)? {
        let start = place
        guard let pair = field(1, below: bytes.count), let name = field(1, in: pair),
            let value = field(2, from: name, to: pair)
        else {
            place = start
            return nil
        }
        place = pair.upperBound
        return (name, value)
    }

    private mutating func field(_ number: UInt8, below end: Int) -> Range<Int>? {
        guard place < end, bytes[place] == number << 3 | WireWriter.WireType.lengthDelimited.rawValue else {
            return nil
        }
        place += 1
        var length = 0
        var shift = 0
        while place < end, shift < 35 {
            let byte = bytes[place]
            place += 1
            length |= Int(byte & 0x7F) << shift
            shift += 7
            guard byte & 0x80 != 0 else {
                guard length <= end - place else { return nil }
                return place..<place + length
            }
        }
        return nil
    }

    private mutating func field(_ number: UInt8, in range: Range<Int>) -> Range<Int>? {
        place = range.lowerBound
        return field(number, below: range.upperBound)
    }

    private mutating func field(_ number: UInt8, from before: Range<Int>, to pair: Range<Int>) -> Range<Int>? {
        place = before.upperBound
        guard let found = field(number, below: pair.upperBound), found.upperBound == pair.upperBound else { return nil }
        return found
    }
}
