extension ExpositionFormat.Escaping {
    /// The most digits of a code point.
    private static let maximumDigits = 6

    /// The name behind one that was escaped as `values` (`U__my_2e_name`); others are what they are.
    ///
    /// As `UnescapeName` of prometheus/common.
    package static func unescapeValues(_ name: String) -> String {
        guard name.utf8.starts(with: "U__".utf8) else { return name }
        var rest = Substring(name).unicodeScalars.dropFirst(3)
        var result = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            guard scalar == "_" else {
                result.append(scalar)
                continue
            }
            if rest.first == "_" {
                result.append("_")
                rest.removeFirst()
                continue
            }
            let digits = rest.prefix { $0 != "_" }
            guard digits.endIndex < rest.endIndex, digits.count <= maximumDigits,
                let code = codePoint(digits)
            else { return name }
            result.append(code)
            rest = rest[digits.endIndex...].dropFirst()
        }
        return String(result)
    }

    private static func codePoint(_ digits: Substring.UnicodeScalarView) -> Unicode.Scalar? {
        guard digits.allSatisfy({ $0.properties.isASCIIHexDigit }) else { return nil }
        return UInt32(String(Substring(digits)), radix: 16).flatMap(Unicode.Scalar.init)
    }
}
