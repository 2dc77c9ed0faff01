/// Reads numbers as Go's `strconv.ParseFloat` did before 1.13, which is what Prometheus accepts.
enum NumberScanner {
    private static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]

    /// Decimal digits with an optional point and exponent, or `NaN`, `Inf`, `Infinity` in any case; nil for all else,
    /// and for what is too large for a `Double`.
    static func double(_ bytes: UnsafeRawBufferPointer) -> Double? {
        var scan = Scan(bytes)
        guard scan.readMantissa() else { return special(bytes) }
        guard scan.readExponent(), scan.position == bytes.count else { return nil }
        return scan.exact(powers) ?? rounded(bytes)
    }

    /// A decimal integer that fits 64 bits.
    static func integer(_ bytes: UnsafeRawBufferPointer) -> Int64? {
        guard !bytes.isEmpty, bytes.count <= 20 else { return nil }
        return Int64(String(decoding: bytes, as: UTF8.self))
    }

    /// The right rounding of many digits is the standard library's business.
    private static func rounded(_ bytes: UnsafeRawBufferPointer) -> Double? {
        guard let value = Double(String(decoding: bytes, as: UTF8.self)), value.isFinite else { return nil }
        return value
    }

    private static func special(_ bytes: UnsafeRawBufferPointer) -> Double? {
        guard bytes.count <= 9 else { return nil }
        switch String(decoding: bytes, as: UTF8.self).lowercased() {
        case "nan": return .nan
        case "inf", "+inf", "infinity", "+infinity": return .infinity
        case "-inf", "-infinity": return -.infinity
        default: return nil
        }
    }
}

private struct Scan {
    private let bytes: UnsafeRawBufferPointer
    private(set) var position = 0
    private var isNegative = false
    private var mantissa: UInt64 = 0
    private var digits = 0
    private var exponent = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// Reads sign, digits and point; false when there is no digit.
    @inline(__always)
    mutating func readMantissa() -> Bool {
        if position < bytes.count, bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+") {
            isNegative = bytes[position] == UInt8(ascii: "-")
            position &+= 1
        }
        let start = position
        readDigits()
        var count = position &- start
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position &+= 1
            let fraction = position
            readDigits()
            exponent = fraction &- position
            count &+= position &- fraction
        }
        digits = count
        return count > 0
    }

    @inline(__always)
    private mutating func readDigits() {
        while position < bytes.count, isDigit(bytes[position]) {
            mantissa = mantissa &* 10 &+ UInt64(bytes[position] &- UInt8(ascii: "0"))
            position &+= 1
        }
    }

    /// Reads an exponent if there is one; false when it has no digits.
    @inline(__always)
    mutating func readExponent() -> Bool {
        guard position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") else { return true }
        position &+= 1
        var sign = 1
        if position < bytes.count, bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+") {
            sign = bytes[position] == UInt8(ascii: "-") ? -1 : 1
            position &+= 1
        }
        let start = position
        var size = 0
        while position < bytes.count, isDigit(bytes[position]) {
            size = min(size &* 10 &+ Int(bytes[position] &- UInt8(ascii: "0")), 100_000)
            position &+= 1
        }
        exponent &+= sign * size
        return position > start
    }

    /// The value where mantissa and power of ten are both exact, so that one operation rounds right (Clinger 1990).
    @inline(__always)
    func exact(_ powers: [Double]) -> Double? {
        guard digits <= 19, mantissa <= 1 << 53, exponent >= -22, exponent <= 22 else { return nil }
        let magnitude = Double(mantissa)
        let value = exponent < 0 ? magnitude / powers[-exponent] : magnitude * powers[exponent]
        return isNegative ? -value : value
    }
}
