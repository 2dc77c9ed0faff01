/// Well-formed byte sequences of UTF-8 (Unicode, table 3-7).
package enum UTF8Sequence {
    /// U+FFFD.
    package static let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]

    /// The bytes of the character at `at`, whose first one is 0x80 or more; 0 when it is not well-formed.
    @inline(__always)
    package static func length(_ at: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int {
        let (length, second) = shape(at.pointee)
        guard length > 0, end - at >= length, second.contains(at[1]) else { return 0 }
        for index in 2..<max(length, 2) where at[index] & 0xC0 != 0x80 { return 0 }
        return length
    }

    /// The bytes that one replacement character stands for where `length` is 0.
    package static func invalidLength(_ at: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int {
        let (length, second) = shape(at.pointee)
        guard length > 0, end - at >= 2, second.contains(at[1]) else { return 1 }
        var count = 2
        while count < length, at + count < end, at[count] & 0xC0 == 0x80 { count += 1 }
        return count
    }

    package static func isValid(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress else { return true }
            let end = start + bytes.count
            return firstInvalid(start, end) == end
        }
    }

    /// Replaces what is not well-formed by U+FFFD, and stops where the result gets longer than `limit`.
    package static func repair(_ bytes: UnsafeRawBufferPointer, limit: Int) -> [UInt8] {
        guard var at = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return [] }
        let end = at + bytes.count
        var output: [UInt8] = []
        while output.count <= limit {
            let stop = firstInvalid(at, end)
            output.append(contentsOf: UnsafeBufferPointer(start: at, count: stop - at))
            guard stop < end else { break }
            output.append(contentsOf: replacement)
            at = stop + invalidLength(stop, end)
        }
        return output
    }

    private static func firstInvalid(
        _ start: UnsafePointer<UInt8>,
        _ end: UnsafePointer<UInt8>
    ) -> UnsafePointer<UInt8> {
        var at = start
        while at < end {
            let length = at.pointee < 0x80 ? 1 : length(at, end)
            guard length > 0 else { break }
            at += length
        }
        return at
    }

    /// The length that a first byte announces, 0 for none, and the second bytes it may have.
    @inline(__always)
    private static func shape(_ first: UInt8) -> (length: Int, second: ClosedRange<UInt8>) {
        switch first {
        case 0xC2...0xDF: (2, 0x80...0xBF)
        case 0xE0: (3, 0xA0...0xBF)
        case 0xED: (3, 0x80...0x9F)
        case 0xE1...0xEF: (3, 0x80...0xBF)
        case 0xF0: (4, 0x90...0xBF)
        case 0xF1...0xF3: (4, 0x80...0xBF)
        case 0xF4: (4, 0x80...0x8F)
        default: (0, 0x80...0xBF)
        }
    }
}
