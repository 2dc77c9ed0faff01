/// Writes into memory whose size was reckoned beforehand; what would not fit is left out, never written past the end.
struct ByteWriter: ~Copyable {
    private let buffer: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0

    init(_ buffer: UnsafeMutableBufferPointer<UInt8>) {
        self.buffer = buffer
    }

    @inline(__always)
    private func room(for length: Int) -> UnsafeMutablePointer<UInt8>? {
        guard let base = buffer.baseAddress, buffer.count &- count >= length else {
            assertionFailure("the size was reckoned too small")
            return nil
        }
        return base + count
    }

    @inline(__always)
    mutating func write(_ byte: UInt8) {
        guard let place = room(for: 1) else { return }
        place.pointee = byte
        count &+= 1
    }

    @inline(__always)
    mutating func write(_ start: UnsafePointer<UInt8>, count length: Int) {
        guard let place = room(for: length) else { return }
        place.update(from: start, count: length)
        count &+= length
    }

    mutating func write(_ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return }
            write(base, count: bytes.count)
        }
    }

    @inline(__always)
    mutating func write(_ number: Double) {
        guard let place = room(for: NumberText.maximumLength) else { return }
        count &+= NumberText.write(number, to: place)
    }

    @inline(__always)
    mutating func write(_ number: Int64) {
        guard let place = room(for: NumberText.maximumLength) else { return }
        count &+= NumberText.write(number, to: place)
    }
}
