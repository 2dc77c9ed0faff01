import CSnappy

/// Undoes Snappy's framing format, which is what Go's snappy.NewReader reads (google/snappy, framing_format.txt).
enum SnappyStream {
    /// Why bytes are no such stream, or one that grows too large.
    enum Failure: Error, Equatable {
        case corrupt
        case tooLarge
    }

    /// The most bytes that one chunk stands for.
    private static let chunkLimit = 65_536
    private static let identifier = Array("sNaPpY".utf8)

    /// The bytes behind a stream; at most `limit`.
    static func decode(_ bytes: UnsafeRawBufferPointer, limit: Int) throws(Failure) -> [UInt8] {
        var output: [UInt8] = []
        var position = 0
        while position < bytes.count {
            guard bytes.count - position >= 4 else { throw .corrupt }
            let kind = bytes[position]
            let length =
                Int(bytes[position + 1]) | Int(bytes[position + 2]) << 8 | Int(bytes[position + 3]) << 16
            let start = position + 4
            guard bytes.count - start >= length else { throw .corrupt }
            let isFirst = position == 0
            position = start + length
            let chunk = UnsafeRawBufferPointer(rebasing: bytes[start..<position])
            if kind == 0xff {
                guard chunk.elementsEqual(identifier) else { throw .corrupt }
            } else if isFirst {
                throw .corrupt
            } else if kind <= 1 {
                try append(chunk, isCompressed: kind == 0, to: &output)
                guard output.count <= limit else { throw .tooLarge }
            } else if kind < 0x80 {
                // Chunks of these kinds must not be skipped.
                throw .corrupt
            }
        }
        return output
    }

    private static func append(
        _ chunk: UnsafeRawBufferPointer,
        isCompressed: Bool,
        to output: inout [UInt8]
    ) throws(Failure) {
        guard chunk.count >= 4 else { throw .corrupt }
        let sum = UInt32(littleEndian: chunk.loadUnaligned(as: UInt32.self))
        let content = UnsafeRawBufferPointer(rebasing: chunk[4...])
        let start = output.count
        if isCompressed {
            try append(compressed: content, to: &output)
        } else {
            guard content.count <= chunkLimit else { throw .corrupt }
            output.append(contentsOf: content)
        }
        guard CRC32C.masked(output[start...]) == sum else { throw .corrupt }
    }

    private static func append(compressed content: UnsafeRawBufferPointer, to output: inout [UInt8]) throws(Failure) {
        guard let base = content.bindMemory(to: CChar.self).baseAddress else { throw .corrupt }
        var length = 0
        guard snappy_uncompressed_length(base, content.count, &length) == SNAPPY_OK, length <= chunkLimit else {
            throw .corrupt
        }
        let block = [UInt8](unsafeUninitializedCapacity: max(1, length)) { buffer, count in
            let isGood = buffer.withMemoryRebound(to: CChar.self) { buffer in
                snappy_uncompress(base, content.count, buffer.baseAddress, &length) == SNAPPY_OK
            }
            count = isGood ? length : 0
        }
        guard block.count == length else { throw .corrupt }
        output.append(contentsOf: block)
    }
}

/// The cyclic redundancy check by Castagnoli's polynomial (RFC 3720, appendix B.4).
enum CRC32C {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0x82f6_3b78 : sum >> 1 }
    }

    static func sum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { sum, byte in table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] ^ sum >> 8 }
    }

    /// As the framing format stores it, since sums of texts that hold sums are unlucky.
    static func masked(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        let sum = sum(bytes)
        return (sum >> 15 | sum << 17) &+ 0xa282_ead8
    }
}
