import LuaSandbox

extension JSONReader {
    /// Powers of ten that a `Double` holds exactly.
    private static let exactPowers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]
    /// Up to here every integer is a `Double`.
    private static let largestExactInteger: UInt64 = 1 << 53
    /// So many digits fit in 64 bits whatever they are.
    private static let safeDigits = 19
    /// An exponent above says no more: the number is zero or infinite.
    private static let exponentLimit = 100_000

    /// Reads a number: an integer where it has no fraction and no exponent and fits 64 bits, else the nearest double.
    mutating func readNumber() throws(JSONError) {
        let from = at
        let isNegative = next == UInt8(ascii: "-")
        if isNegative { at += 1 }
        var mantissa: UInt64 = 0
        let integerDigits = try readDigits(into: &mantissa)
        if integerDigits > 1, (at - integerDigits).pointee == UInt8(ascii: "0") {
            at -= integerDigits
            throw error(.leadingZero)
        }
        guard next == UInt8(ascii: ".") || next | 0x20 == UInt8(ascii: "e") else {
            if integerDigits <= Self.safeDigits, let integer = Self.integer(mantissa, isNegative: isNegative) {
                plan.push(integer)
            } else {
                plan.push(slowDouble(from: from))
            }
            return
        }
        var digits = integerDigits
        var exponent = 0
        if next == UInt8(ascii: ".") {
            at += 1
            let places = try readDigits(into: &mantissa)
            digits += places
            exponent = -places
        }
        if next | 0x20 == UInt8(ascii: "e") { exponent += try readExponent() }
        if digits <= Self.safeDigits, let value = Self.double(mantissa, exponent: exponent) {
            plan.push(isNegative ? -value : value)
        } else {
            plan.push(slowDouble(from: from))
        }
    }

    /// Reads at least one digit; `value` is meaningless after more than `safeDigits`.
    @inline(__always)
    private mutating func readDigits(into value: inout UInt64) throws(JSONError) -> Int {
        let from = at
        while at < end {
            let digit = at.pointee &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            value = value &* 10 &+ UInt64(digit)
            at += 1
        }
        guard at > from else { throw error(.expected(.digit)) }
        return at - from
    }

    private mutating func readExponent() throws(JSONError) -> Int {
        at += 1
        let isNegative = next == UInt8(ascii: "-")
        if isNegative || next == UInt8(ascii: "+") { at += 1 }
        var value: UInt64 = 0
        let digits = try readDigits(into: &value)
        let size = digits <= Self.safeDigits ? Int(min(value, UInt64(Self.exponentLimit))) : Self.exponentLimit
        return isNegative ? -size : size
    }

    private static func integer(_ magnitude: UInt64, isNegative: Bool) -> Int? {
        isNegative ? Int(exactly: -Int128(magnitude)) : Int(exactly: magnitude)
    }

    /// One exact operation on two exact numbers rounds once, as it must be (Clinger, 1990); nil outside of that.
    private static func double(_ mantissa: UInt64, exponent: Int) -> Double? {
        guard mantissa <= largestExactInteger, exponent.magnitude < exactPowers.count else { return nil }
        let power = exactPowers[Int(exponent.magnitude)]
        return exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
    }

    /// The text has been checked; what is too large is infinite.
    private func slowDouble(from: UnsafePointer<UInt8>) -> Double {
        Double(String(decoding: UnsafeBufferPointer(start: from, count: at - from), as: UTF8.self)) ?? .infinity
    }
}
