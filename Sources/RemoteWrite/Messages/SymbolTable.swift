/// The strings of 2.0's messages: which numbers they have in the message that is being written.
///
/// Strings are found by their bytes once for each series; from then on the series has their numbers here, and what is
/// left for each message is to give them numbers there.
struct SymbolTable {
    /// Strings, and series with their numbers, that are kept; above that all are forgotten.
    static let limit = 200_000

    private var texts: [[UInt8]] = []
    private var numbers: [[UInt8]: UInt32] = [:]
    /// By string: its place in the current message, valid where `stamps` has the message's number.
    private var places: [UInt32] = []
    private var stamps: [UInt32] = []
    private var message: UInt32 = 0
    /// The strings of the current message in their order, without the empty one at the beginning.
    private var used: [UInt32] = []
    /// Of each series its labels, alternately names and values.
    private var labels: [Int64: [UInt32]] = [:]
    private var families: [Int64: (kind: UInt8, help: UInt32?, unit: UInt32?)] = [:]

    mutating func beginMessage() {
        if texts.count > Self.limit || labels.count > Self.limit || families.count > Self.limit { self = SymbolTable() }
        used.removeAll(keepingCapacity: true)
        message &+= 1
        if message == 0 {
            stamps = [UInt32](repeating: 0, count: stamps.count)
            message = 1
        }
    }

    /// Field 1: the references of a series' labels.
    mutating func writeLabels(of record: SeriesRecord, _ series: Int64, to writer: inout WireWriter) {
        if labels[series] == nil { labels[series] = numbers(of: record.labels) }
        guard let own = labels[series] else { return }
        var size = 0
        for number in own { size += WireWriter.size(UInt64(place(of: number))) }
        writer.key(1, .lengthDelimited)
        writer.varint(UInt64(size))
        for number in own { writer.varint(UInt64(places[Int(number)])) }
    }

    /// Field 5: type, help and unit of the family.
    mutating func writeMetadata(
        ofFamily family: Int64,
        to writer: inout WireWriter,
        find: (Int64) -> MetricMetadata?
    ) {
        if families[family] == nil {
            guard let metadata = find(family) else { return }
            let help = metadata.help.isEmpty ? nil : number(of: Array(metadata.help.utf8))
            let unit = metadata.unit.isEmpty ? nil : number(of: Array(metadata.unit.utf8))
            families[family] = (metadata.kind.rawValue, help, unit)
        }
        guard let known = families[family] else { return }
        var one = WireWriter()
        if known.kind != 0 { one.field(1, varint: UInt64(known.kind)) }
        if let help = known.help { one.field(3, varint: UInt64(place(of: help))) }
        if let unit = known.unit { one.field(4, varint: UInt64(place(of: unit))) }
        writer.field(5, bytes: one.bytes)
    }

    /// Field 4 of the message: its strings, the empty one first.
    func write(to writer: inout WireWriter) {
        writer.field(4, bytes: [])
        for number in used { writer.field(4, bytes: texts[Int(number)]) }
    }

    private mutating func numbers(of set: LabelSet) -> [UInt32] {
        var reader = LabelReader(set.bytes)
        var result: [UInt32] = []
        while let pair = reader.next() {
            result.append(number(of: Array(set.bytes[pair.name])))
            result.append(number(of: Array(set.bytes[pair.value])))
        }
        return result
    }

    private mutating func number(of text: [UInt8]) -> UInt32 {
        if let number = numbers[text] { return number }
        let number = UInt32(texts.count)
        texts.append(text)
        places.append(0)
        stamps.append(0)
        numbers[text] = number
        return number
    }

    /// The string's place in the current message; it gets one when it has none.
    @inline(__always)
    private mutating func place(of number: UInt32) -> UInt32 {
        let index = Int(number)
        if stamps[index] == message { return places[index] }
        used.append(number)
        stamps[index] = message
        places[index] = UInt32(used.count)
        return places[index]
    }
}
