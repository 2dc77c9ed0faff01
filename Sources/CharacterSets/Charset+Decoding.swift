import Glibc

extension Charset {
    /// Bytes of the decoded text.
    package static let outputLimit = 8 << 20

    /// Conversions, of up to 4 KiB each, between two looks whether to stop.
    private static let lookInterval = 256

    /// Converts to UTF-8 with glibc's iconv; every invalid sequence becomes U+FFFD.
    ///
    /// `mustStop` is asked now and then.
    package func decode(
        _ bytes: UnsafeRawBufferPointer,
        until mustStop: () -> Bool = { false }
    ) throws(CharsetError) -> [UInt8] {
        guard !isUTF8 else { return try Self.repairUTF8(bytes) }
        let converter = try Converter(from: iconvName)
        var output: [UInt8] = []
        output.reserveCapacity(min(2 * bytes.count, Self.outputLimit))
        var rest = bytes
        var conversions = 0
        while !rest.isEmpty {
            conversions += 1
            if conversions % Self.lookInterval == 0, mustStop() { throw .stopped }
            let stop = converter.convert(&rest, appendingTo: &output)
            if stop == .invalid || stop == .incomplete {
                output.append(contentsOf: UTF8Sequence.replacement)
                let skipped = stop == .incomplete ? rest.count : invalidLength(rest)
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(skipped))
            }
            guard output.count <= Self.outputLimit else { throw .tooLarge(limit: Self.outputLimit) }
        }
        converter.finish(appendingTo: &output)
        return output
    }

    /// A pair is skipped as one only when its second byte cannot be ASCII, which would be lost.
    private func invalidLength(_ rest: UnsafeRawBufferPointer) -> Int {
        if hasPairs, rest.count > 1, (0x81...0xFE).contains(rest[0]), rest[1] >= 0x80 { return 2 }
        return unit
    }

    private static func repairUTF8(_ bytes: UnsafeRawBufferPointer) throws(CharsetError) -> [UInt8] {
        let output = UTF8Sequence.repair(bytes, limit: outputLimit)
        guard output.count <= outputLimit else { throw .tooLarge(limit: outputLimit) }
        return output
    }
}

/// An open iconv descriptor that converts to UTF-8.
private struct Converter: ~Copyable {
    enum Stop {
        case done
        case full
        case incomplete
        case invalid
    }

    private static let chunk = 4096
    private let descriptor: iconv_t

    init(from name: String) throws(CharsetError) {
        let descriptor: iconv_t? = iconv_open("UTF-8", name)
        // iconv_open answers (iconv_t)-1 for an error.
        guard let descriptor, Int(bitPattern: descriptor) != -1 else { throw .notInstalled(name: name, code: errno) }
        self.descriptor = descriptor
    }

    deinit { iconv_close(descriptor) }

    /// Converts up to one chunk of output, and takes what was read from `rest`.
    func convert(_ rest: inout UnsafeRawBufferPointer, appendingTo output: inout [UInt8]) -> Stop {
        var input = UnsafeMutablePointer(mutating: rest.baseAddress?.assumingMemoryBound(to: CChar.self))
        var inputLeft = rest.count
        let code = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Self.chunk) { buffer in
            var target = buffer.baseAddress
            var room = buffer.count
            let result = iconv(descriptor, &input, &inputLeft, &target, &room)
            let code = result == -1 ? errno : 0
            output.append(contentsOf: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer).dropLast(room)))
            return code
        }
        rest = UnsafeRawBufferPointer(rebasing: rest.suffix(inputLeft))
        switch code {
        case 0: return .done
        case E2BIG: return .full
        case EINVAL: return .incomplete
        default: return .invalid
        }
    }

    /// Writes what the converter still holds back to compose it with the next character.
    func finish(appendingTo output: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            var target = buffer.baseAddress
            var room = buffer.count
            _ = iconv(descriptor, nil, nil, &target, &room)
            output.append(contentsOf: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer).dropLast(room)))
        }
    }
}
