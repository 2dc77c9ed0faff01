/// The percent-encoding of URLs (RFC 3986 §2.1).
enum PercentEncoding {
    private static let percent = UInt8(ascii: "%")
    private static let plus = UInt8(ascii: "+")

    /// The bytes that a text stands for; nil when a `%` is not followed by two hexadecimal digits.
    ///
    /// With `isForm` a `+` is a space, as forms have it.
    static func decode(_ text: some StringProtocol, isForm: Bool = false) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case percent:
                guard let high = digit(rest.popFirst()), let low = digit(rest.popFirst()) else { return nil }
                bytes.append(high << 4 | low)
            case plus where isForm: bytes.append(UInt8(ascii: " "))
            default: bytes.append(byte)
            }
        }
        return bytes
    }

    private static func digit(_ byte: UInt8?) -> UInt8? {
        byte.flatMap { Character(UnicodeScalar($0)).hexDigitValue }.map { UInt8($0) }
    }
}
