/// The text of `le` and `quantile`, one for each number, whatever format is asked for.
///
/// OpenMetrics 1.0 ("Considerations: Canonical Numbers") wants Go's `%g` with `.0` after an integer (`0.5`, `1.0`,
/// `1e+06`); text 0.0.4 allows it, and a series must not change its name with the format.
enum CanonicalNumber {
    static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        let sign = value.sign == .minus && value != 0 ? "-" : ""
        if value == 0 { return "0.0" }
        let (digits, point) = decompose(value.magnitude)
        return sign + layOut(digits, point: point)
    }

    /// Whether the text is certainly what `text` would give: few digits, and no zero that says nothing.
    static func isCanonical(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if bytes.elementsEqual("+Inf".utf8) { return true }
        guard let point = bytes.firstIndex(of: UInt8(ascii: ".")), (1...6).contains(point), bytes.count <= 15 else {
            return false
        }
        let whole = bytes[..<point]
        let fraction = bytes[(point + 1)...]
        let zero = UInt8(ascii: "0")
        guard whole.allSatisfy(isDigit), fraction.allSatisfy(isDigit), let last = fraction.last else { return false }
        if last == zero, fraction.count > 1 { return false }
        // Below 0.0001 an exponent is due; three zeros are never below.
        return bytes[0] != zero || (point == 1 && fraction.prefix(3).count { $0 == zero } < 3)
    }

    /// The shortest digits and where the decimal point is: `point` digits stand before it.
    private static func decompose(_ magnitude: Double) -> (digits: [UInt8], point: Int) {
        let parts = magnitude.description.split(separator: "e")
        let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        var digits: [UInt8] = []
        var point: Int?
        for byte in parts[0].utf8 {
            if byte == UInt8(ascii: ".") { point = digits.count } else { digits.append(byte) }
        }
        let before = (point ?? digits.count) + exponent
        let zeros = digits.prefix { $0 == UInt8(ascii: "0") }.count
        digits.removeFirst(zeros)
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        return (digits, before - zeros)
    }

    /// Go's rule for `strconv.FormatFloat(v, 'g', -1, 64)`: an exponent below -4 or from 6 on is written out.
    private static func layOut(_ digits: [UInt8], point: Int) -> String {
        let text = String(decoding: digits, as: UTF8.self)
        let exponent = point - 1
        if exponent < -4 || exponent >= 6 {
            let fraction = digits.count > 1 ? "." + text.dropFirst() : ""
            let size = exponent.magnitude < 10 ? "0\(exponent.magnitude)" : "\(exponent.magnitude)"
            return "\(text.prefix(1))\(fraction)e\(exponent < 0 ? "-" : "+")\(size)"
        }
        if point <= 0 { return "0." + String(repeating: "0", count: -point) + text }
        if digits.count <= point { return text + String(repeating: "0", count: point - digits.count) + ".0" }
        return text.prefix(point) + "." + text.dropFirst(point)
    }
}

/// Numbers as Go prints them: `%g` with the fewest digits that read back, as in `1.58e+09`.
package enum GoNumber {
    package static func text(_ value: Double) -> String {
        let text = CanonicalNumber.text(value)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
