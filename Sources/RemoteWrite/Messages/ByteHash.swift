/// A hash of bytes that is the same in every run: it decides in which shard a series lies.
enum ByteHash {
    private static let factor: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// Eight bytes at a time; the finalizer is that of SplitMix64.
    @inline(__always)
    static func hash(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) -> UInt64 {
        var hash = seed ^ (UInt64(bytes.count) &* factor)
        guard let base = bytes.baseAddress else { return finish(hash) }
        var place = 0
        while place &+ 8 <= bytes.count {
            let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: place, as: UInt64.self))
            hash = (hash ^ word) &* factor
            hash ^= hash >> 29
            place &+= 8
        }
        var rest: UInt64 = 0
        while place < bytes.count {
            rest = rest << 8 | UInt64(base.load(fromByteOffset: place, as: UInt8.self))
            place &+= 1
        }
        return finish((hash ^ rest) &* factor)
    }

    @inline(__always)
    private static func finish(_ value: UInt64) -> UInt64 {
        var hash = value
        hash = (hash ^ hash >> 30) &* 0xBF58_476D_1CE4_E5B9
        hash = (hash ^ hash >> 27) &* 0x94D0_49BB_1331_11EB
        return hash ^ hash >> 31
    }
}
