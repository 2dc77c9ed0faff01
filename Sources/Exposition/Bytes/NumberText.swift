/// Numbers as the text formats spell them.
enum NumberText {
    /// The most bytes a number takes.
    static let maximumLength = 32

    /// Integers up to this magnitude are exact and printed without exponent.
    private static let largestExactInteger = 9_007_199_254_740_992.0

    /// Up to 15 significant digits name one `Double` each, so a decimal that reads back to the value is the shortest.
    private static let largestShortDecimal = 1e15

    /// Writes the shortest text that reads back to `value`; integers up to 2^53 without exponent; returns its length.
    ///
    /// `output` has room for `maximumLength` bytes. Non-finite values are `NaN`, `+Inf` and `-Inf`.
    @inline(__always)
    static func write(_ value: Double, to output: UnsafeMutablePointer<UInt8>) -> Int {
        guard value.magnitude <= largestExactInteger else { return writeLarge(value, to: output) }
        let truncated = Int64(value)
        guard Double(truncated) == value else { return writeFraction(value, to: output) }
        guard truncated != 0 else { return writeZero(value, to: output) }
        return write(truncated, to: output)
    }

    /// Writes an integer; returns its length, at most 20.
    static func write(_ value: Int64, to output: UnsafeMutablePointer<UInt8>) -> Int {
        guard value < 0 else { return write(magnitude: UInt64(value), to: output) }
        output[0] = UInt8(ascii: "-")
        return 1 &+ write(magnitude: value.magnitude, to: output + 1)
    }

    private static func write(magnitude: UInt64, to output: UnsafeMutablePointer<UInt8>) -> Int {
        var length = 1
        var limit: UInt64 = 10
        while length < 20, magnitude >= limit {
            length &+= 1
            limit = length == 20 ? .max : limit &* 10
        }
        writeDigits(magnitude, count: length, to: output)
        return length
    }

    /// Writes exactly `count` digits, with zeros in front.
    private static func writeDigits(_ value: UInt64, count: Int, to output: UnsafeMutablePointer<UInt8>) {
        var rest = value
        var position = count
        while position > 0 {
            position &-= 1
            output[position] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }

    private static func writeZero(_ value: Double, to output: UnsafeMutablePointer<UInt8>) -> Int {
        guard value.sign == .minus else {
            output[0] = UInt8(ascii: "0")
            return 1
        }
        return copy("-0", to: output)
    }

    private static func writeLarge(_ value: Double, to output: UnsafeMutablePointer<UInt8>) -> Int {
        if value.isNaN { return copy("NaN", to: output) }
        if value == .infinity { return copy("+Inf", to: output) }
        if value == -.infinity { return copy("-Inf", to: output) }
        return writeDescription(value, to: output)
    }

    private static func writeFraction(_ value: Double, to output: UnsafeMutablePointer<UInt8>) -> Int {
        let magnitude = value.magnitude
        if let decimal = shortDecimal(magnitude) {
            let sign = value < 0 ? 1 : 0
            if sign == 1 { output[0] = UInt8(ascii: "-") }
            return sign &+ write(decimal, to: output + sign)
        }
        return writeDescription(value, to: output)
    }

    private typealias Decimal = (scaled: UInt64, divisor: UInt64, places: Int)

    /// Three, six or nine decimal places, where that is exact and within 15 significant digits.
    @inline(__always)
    private static func shortDecimal(_ magnitude: Double) -> Decimal? {
        decimal(magnitude, 1000, 3) ?? decimal(magnitude, 1_000_000, 6) ?? decimal(magnitude, 1_000_000_000, 9)
    }

    @inline(__always)
    private static func decimal(_ magnitude: Double, _ divisor: UInt64, _ places: Int) -> Decimal? {
        let product = magnitude * Double(divisor)
        guard product < largestShortDecimal else { return nil }
        let scaled = UInt64(product + 0.5)
        return Double(scaled) / Double(divisor) == magnitude ? (scaled, divisor, places) : nil
    }

    private static func write(_ decimal: Decimal, to output: UnsafeMutablePointer<UInt8>) -> Int {
        var length = write(magnitude: decimal.scaled / decimal.divisor, to: output)
        output[length] = UInt8(ascii: ".")
        length &+= 1
        writeDigits(decimal.scaled % decimal.divisor, count: decimal.places, to: output + length)
        length &+= decimal.places
        while output[length &- 1] == UInt8(ascii: "0") { length &-= 1 }
        return length
    }

    /// Swift's description is the shortest that reads back, but takes a `String`.
    private static func writeDescription(_ value: Double, to output: UnsafeMutablePointer<UInt8>) -> Int {
        var text = value.description
        return text.withUTF8 { bytes in
            output.update(from: bytes.baseAddress ?? UnsafePointer(output), count: min(bytes.count, maximumLength))
            return bytes.count
        }
    }

    private static func copy(_ text: StaticString, to output: UnsafeMutablePointer<UInt8>) -> Int {
        output.update(from: text.utf8Start, count: text.utf8CodeUnitCount)
        return text.utf8CodeUnitCount
    }

    /// The number as in a sample line.
    static func string(_ value: Double) -> String {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: maximumLength) { buffer in
            guard let base = buffer.baseAddress else { return "" }
            buffer.initialize(repeating: 0)
            let length = write(value, to: base)
            return String(decoding: buffer[..<length], as: UTF8.self)
        }
    }
}
