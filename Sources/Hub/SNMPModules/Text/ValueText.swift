import SNMP

/// Writes values as snmp_exporter writes them into labels.
enum ValueText {
    /// Appends the text of a value, made valid UTF-8.
    ///
    /// `format` nil is text as it comes, which is hexadecimal for bytes; `hint` is an RFC 2579 DISPLAY-HINT.
    static func append(_ value: PlainValue, _ format: ValueFormat?, hint: String, to text: inout [UInt8]) {
        switch value {
        case .integer(let number): text.append(contentsOf: String(number).utf8)
        case .unsigned(let number), .counter64(let number): text.append(contentsOf: String(number).utf8)
        case .float(let number): text.append(contentsOf: PlainNumber.text(number.description).utf8)
        case .double(let number): text.append(contentsOf: PlainNumber.text(number.description).utf8)
        case .text(let string): text.append(contentsOf: string.utf8)
        case .none: return
        case .octets(let bytes): append(bytes, format, hint: hint, to: &text)
        }
    }

    private static func append(_ bytes: [UInt8], _ format: ValueFormat?, hint: String, to text: inout [UInt8]) {
        let format = format ?? .octetString
        if !hint.isEmpty, format == .octetString, let hinted = DisplayHint.apply(hint, to: bytes) {
            return appendValid(hinted[...], to: &text)
        }
        switch format {
        case .displayString: appendValid(bytes[...], to: &text)
        case .octetString: appendHexadecimal(bytes, to: &text)
        default:
            // As bytes of an index, which is how snmp_exporter reads them.
            var reader = IndexReader(rest: bytes.map(UInt32.init)[...])
            reader.read(format, to: &text)
        }
    }

    /// `0x` and two digits for each byte; nothing at all for no bytes.
    static func appendHexadecimal(_ bytes: some Swift.Collection<UInt8>, to text: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        text.append(contentsOf: "0x".utf8)
        for byte in bytes { OctetText.append(byte, isUppercase: true, to: &text) }
    }

    /// Appends bytes with each run of what is not UTF-8 replaced by one U+FFFD, as Go's `ToValidUTF8` does.
    static func appendValid(_ bytes: ArraySlice<UInt8>, to text: inout [UInt8]) {
        if bytes.allSatisfy({ $0 < 0x80 }) { return text.append(contentsOf: bytes) }
        var place = bytes.startIndex
        var isBroken = false
        while place < bytes.endIndex {
            let length = sequenceLength(bytes[place...])
            if length > 0 {
                text.append(contentsOf: bytes[place..<place + length])
                isBroken = false
            } else if !isBroken {
                text.append(contentsOf: "\u{FFFD}".utf8)
                isBroken = true
            }
            place += max(1, length)
        }
    }

    /// Bytes of the character at the start (RFC 3629 §4); 0 where there is none.
    private static func sequenceLength(_ bytes: ArraySlice<UInt8>) -> Int {
        let start = bytes.startIndex
        func byte(_ offset: Int) -> UInt8 { start + offset < bytes.endIndex ? bytes[start + offset] : 0 }
        func areTails(_ range: ClosedRange<Int>) -> Bool { range.allSatisfy { byte($0) & 0xC0 == 0x80 } }
        switch byte(0) {
        case 0..<0x80: return 1
        case 0xC2...0xDF: return areTails(1...1) ? 2 : 0
        case 0xE0: return byte(1) >= 0xA0 && areTails(1...2) ? 3 : 0
        case 0xED: return byte(1) < 0xA0 && areTails(1...2) ? 3 : 0
        case 0xE1...0xEF: return areTails(1...2) ? 3 : 0
        case 0xF0: return byte(1) >= 0x90 && areTails(1...3) ? 4 : 0
        case 0xF1...0xF3: return areTails(1...3) ? 4 : 0
        case 0xF4: return byte(1) < 0x90 && areTails(1...3) ? 4 : 0
        default: return 0
        }
    }
}

/// Numbers without an exponent.
enum PlainNumber {
    /// The shortest digits that Swift writes, with the exponent worked in: `1e-05` becomes `0.00001`, `3.0` becomes `3`.
    static func text(_ description: String) -> String {
        switch description {
        case "inf": return "+Inf"
        case "-inf": return "-Inf"
        case "nan", "-nan", "snan": return "NaN"
        default: break
        }
        let isNegative = description.hasPrefix("-")
        let parts = description.drop { $0 == "-" }.split(separator: "e")
        let point = parts[0].firstIndex(of: ".") ?? parts[0].endIndex
        var digits = parts[0].filter { $0 != "." }
        var whole = parts[0].distance(from: parts[0].startIndex, to: point)
        whole += parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        if whole <= 0 { digits = String(repeating: "0", count: 1 - whole) + digits }
        whole = max(1, whole)
        if digits.count < whole { digits += String(repeating: "0", count: whole - digits.count) }
        var fraction = digits.dropFirst(whole)
        while fraction.last == "0" { fraction = fraction.dropLast() }
        return (isNegative ? "-" : "") + digits.prefix(whole) + (fraction.isEmpty ? "" : "." + fraction)
    }
}
