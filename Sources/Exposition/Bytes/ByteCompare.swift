import Glibc

/// Comparisons of raw bytes.
enum ByteCompare {
    @inline(__always)
    static func isEqual(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> Bool {
        guard first.count == second.count else { return false }
        guard let left = first.baseAddress, let right = second.baseAddress else { return first.isEmpty }
        return memcmp(left, right, first.count) == 0
    }

    /// Whether `first` stands before `second` by bytes; a beginning stands before what it begins.
    @inline(__always)
    static func precedes(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> Bool {
        guard let left = first.baseAddress, let right = second.baseAddress else { return first.count < second.count }
        let order = memcmp(left, right, min(first.count, second.count))
        return order == 0 ? first.count < second.count : order < 0
    }
}
