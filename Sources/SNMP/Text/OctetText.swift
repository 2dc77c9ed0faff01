/// Octets as text.
package enum OctetText {
    private static let lowercase = Array("0123456789abcdef".utf8)
    private static let uppercase = Array("0123456789ABCDEF".utf8)

    /// Appends two digits.
    package static func append(_ byte: UInt8, isUppercase: Bool, to text: inout [UInt8]) {
        let digits = isUppercase ? uppercase : lowercase
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }

    /// `00:a0:de:12:34:56`, of any length.
    package static func pairs(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        for byte in bytes {
            if !text.isEmpty { text.append(UInt8(ascii: ":")) }
            append(byte, isUppercase: false, to: &text)
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// `192.0.2.1`, of any length.
    package static func dotted(_ numbers: some Sequence<some FixedWidthInteger>) -> String {
        numbers.map { String($0) }.joined(separator: ".")
    }
}
