/// Reads label pairs as an exposition has them: `a="x",b="y"`, with `\\`, `\"` and `\n` escaped.
enum ExpositionLabels {
    /// What is not whole ends the list.
    static func parse(_ text: UnsafeRawBufferPointer) -> [Label] {
        var labels: [Label] = []
        var place = 0
        while place < text.count {
            let start = place
            while place < text.count, text[place] != UInt8(ascii: "=") { place += 1 }
            let name = String(decoding: text[start..<place], as: UTF8.self)
            // Past the equals sign and the quote.
            place += 2
            var value: [UInt8] = []
            while place < text.count, text[place] != UInt8(ascii: "\"") {
                if text[place] == UInt8(ascii: "\\"), place + 1 < text.count {
                    place += 1
                    value.append(text[place] == UInt8(ascii: "n") ? UInt8(ascii: "\n") : text[place])
                } else {
                    value.append(text[place])
                }
                place += 1
            }
            guard place < text.count else { return labels }
            labels.append(Label(name, String(decoding: value, as: UTF8.self)))
            // Past the quote and the comma.
            place += 2
        }
        return labels
    }
}
