/// Samples as they lie on disk: numbers of series and times as differences, values in full, all of it compressed.
///
/// About ten bytes a sample before compression; label sets are stored once, apart.
enum SampleBlock {
    private static let version: UInt8 = 1
    /// Above what the largest block of the largest configuration takes.
    private static let sizeLimit = 64 << 20

    /// `version`, checksum (4 bytes), then Snappy: count, series, times, values.
    static func encode(_ samples: ArraySlice<SeriesSample>) -> [UInt8] {
        var writer = WireWriter()
        writer.reserve(16 + samples.count * 12)
        writer.varint(UInt64(samples.count))
        var last: Int64 = 0
        for sample in samples {
            writer.varint(zigzag(sample.series &- last))
            last = sample.series
        }
        last = 0
        for sample in samples {
            writer.varint(zigzag(sample.timestamp &- last))
            last = sample.timestamp
        }
        for sample in samples { withUnsafeBytes(of: sample.bits.littleEndian) { writer.append($0) } }
        let packed = Snappy.compress(writer.bytes)
        var block: [UInt8] = [version]
        withUnsafeBytes(of: checksum(packed[...]).littleEndian) { block.append(contentsOf: $0) }
        return block + packed
    }

    /// Nil for what is damaged.
    static func decode(_ block: [UInt8]) -> [SeriesSample]? {
        guard block.count > 5, block[0] == version else { return nil }
        let sum = block[1..<5].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard sum == checksum(block[5...]), let plain = Snappy.decompress(Array(block[5...]), limit: sizeLimit) else {
            return nil
        }
        var reader = VarintReader(plain)
        guard let count = reader.next(), count <= UInt64(plain.count / 8) else { return nil }
        guard let series = reader.differences(Int(count)), let times = reader.differences(Int(count)),
            plain.count - reader.place == Int(count) * 8
        else { return nil }
        var samples: [SeriesSample] = []
        samples.reserveCapacity(Int(count))
        plain.withUnsafeBytes { bytes in
            for number in 0..<Int(count) {
                let bits = bytes.loadUnaligned(fromByteOffset: reader.place + 8 * number, as: UInt64.self)
                let value = UInt64(littleEndian: bits)
                samples.append(SeriesSample(series: series[number], timestamp: times[number], bits: value))
            }
        }
        return samples
    }

    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        UInt32(truncatingIfNeeded: bytes.withUnsafeBytes { ByteHash.hash($0) })
    }

    @inline(__always)
    static func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: value << 1 ^ value >> 63) }
}

private struct VarintReader {
    private let bytes: [UInt8]
    private(set) var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while place < bytes.count, shift < 64 {
            let byte = bytes[place]
            place += 1
            value |= UInt64(byte & 0x7F) << shift
            shift += 7
            if byte & 0x80 == 0 { return value }
        }
        return nil
    }

    /// Numbers that are written as zigzag differences from the one before.
    mutating func differences(_ count: Int) -> [Int64]? {
        var numbers: [Int64] = []
        numbers.reserveCapacity(count)
        var last: Int64 = 0
        for _ in 0..<count {
            guard let coded = next() else { return nil }
            last = last &+ (Int64(bitPattern: coded >> 1) ^ -Int64(bitPattern: coded & 1))
            numbers.append(last)
        }
        return numbers
    }
}
