/// Numbers as Go's `strconv.ParseFloat` reads them.
enum GoFloat {
    /// Nil for what is none, and for what no `Double` can hold.
    static func parse(_ text: String) -> Double? {
        let unsigned = text.first == "-" || text.first == "+" ? text.dropFirst() : text[...]
        switch unsigned.lowercased() {
        case "inf", "infinity": return text.first == "-" ? -.infinity : .infinity
        case "nan": return unsigned.count == text.count ? .nan : nil
        default: break
        }
        let isHexadecimal = unsigned.lowercased().hasPrefix("0x")
        // Only hexadecimal numbers may have `_` in them, and they must have an exponent.
        let digits = isHexadecimal ? text.filter { $0 != "_" } : text
        guard unsigned.utf8.allSatisfy(isHexadecimal ? isHexadecimal(_:) : isDecimal) else { return nil }
        guard !isHexadecimal || unsigned.lowercased().contains("p") else { return nil }
        guard let number = Double(digits), number.isFinite else { return nil }
        return number
    }

    private static func isDecimal(_ byte: UInt8) -> Bool { "0123456789.eE+-".utf8.contains(byte) }

    private static func isHexadecimal(_ byte: UInt8) -> Bool { "0123456789abcdefABCDEFxXpP.+-_".utf8.contains(byte) }
}
