import CSnappy

/// Snappy's block format, the only one remote write takes.
package enum Snappy {
    package static func compress(_ bytes: [UInt8]) -> [UInt8] {
        var length = snappy_max_compressed_length(bytes.count)
        return [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            bytes.withUnsafeBytes { input in
                buffer.withMemoryRebound(to: CChar.self) { output in
                    let source = input.bindMemory(to: CChar.self)
                    let status = withUnsafePointer(to: CChar(0)) { nothing in
                        snappy_compress(source.baseAddress ?? nothing, source.count, output.baseAddress, &length)
                    }
                    count = status == SNAPPY_OK ? length : 0
                }
            }
        }
    }

    /// Nil for what is not Snappy, or would be longer than `limit`.
    package static func decompress(_ bytes: [UInt8], limit: Int) -> [UInt8]? {
        bytes.withUnsafeBytes { raw -> [UInt8]? in
            let input = raw.bindMemory(to: CChar.self)
            var length = 0
            guard let base = input.baseAddress,
                snappy_uncompressed_length(base, input.count, &length) == SNAPPY_OK, length <= limit
            else { return nil }
            var isGood = false
            let output = [UInt8](unsafeUninitializedCapacity: max(1, length)) { buffer, count in
                buffer.withMemoryRebound(to: CChar.self) { output in
                    isGood = snappy_uncompress(base, input.count, output.baseAddress, &length) == SNAPPY_OK
                    count = isGood ? length : 0
                }
            }
            return isGood ? output : nil
        }
    }
}
