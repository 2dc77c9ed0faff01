/// Writes fields of protobuf messages (protobuf.dev, "Encoding").
///
/// By hand rather than by generated code, which takes thirty times as long: most of a request is label sets that were
/// encoded once and are copied here. The tests read everything back with the generated code.
struct WireWriter {
    /// How the bytes of a field are delimited.
    enum WireType: UInt8 {
        case varint = 0
        case fixed64 = 1
        case lengthDelimited = 2
    }

    private(set) var bytes: [UInt8] = []

    mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    @inline(__always)
    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// The key of a field below 16, which takes one byte.
    @inline(__always)
    mutating func key(_ field: UInt8, _ type: WireType) { bytes.append(field << 3 | type.rawValue) }

    @inline(__always)
    mutating func field(_ number: UInt8, varint value: UInt64) {
        key(number, .varint)
        varint(value)
    }

    @inline(__always)
    mutating func field(_ number: UInt8, fixed64 value: UInt64) {
        key(number, .fixed64)
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    @inline(__always)
    mutating func field(_ number: UInt8, bytes content: some Collection<UInt8>) {
        key(number, .lengthDelimited)
        varint(UInt64(content.count))
        bytes.append(contentsOf: content)
    }

    mutating func append(_ content: some Collection<UInt8>) { bytes.append(contentsOf: content) }

    /// Bytes that a varint takes.
    @inline(__always)
    static func size(_ value: UInt64) -> Int { (70 &- (value | 1).leadingZeroBitCount) / 7 }

    /// Bytes of a length-delimited field below 16 with its key.
    @inline(__always)
    static func size(content count: Int) -> Int { 1 &+ size(UInt64(count)) &+ count }
}
