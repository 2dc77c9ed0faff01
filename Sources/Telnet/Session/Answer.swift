/// The command that is being answered.
struct Answer: Sendable {
    var command = ""
    var echo = Echo.undecided
    var pages = 0

    /// Where the answer starts, after the echo.
    var start: Int { if case .found(let end) = echo { end } else { 0 } }

    /// The lines as shown, in UTF-8; the last one is the one that is not ended.
    func lines(_ bytes: ArraySlice<UInt8>, _ decoder: TextDecoder) throws(TelnetError) -> [[UInt8]] {
        let text = try decoder.decode(bytes)
        return text.split(separator: 0x0A, omittingEmptySubsequences: false).map(TerminalLine.rendered)
    }

    /// The answer without the prompt that ends it, with wrapped lines joined.
    func text(
        _ bytes: ArraySlice<UInt8>,
        _ decoder: TextDecoder,
        prompt: Prompt,
        columns: Int
    ) throws(TelnetError) -> String {
        var lines = try lines(bytes, decoder)
        if let last = lines.popLast() {
            let rest = last.dropLast(prompt.length(inLastLine: last))
            if !rest.isEmpty { lines.append(Array(rest)) }
            // A prompt that the peer showed twice.
            while !last.isEmpty, lines.last == last { lines.removeLast() }
        }
        let joiner = LineJoiner(columns: columns, pairsAreWide: decoder.countsBytesAsColumns)
        return Self.text(joiner.joined(lines))
    }

    /// Each line ended by LF.
    static func text(_ lines: [[UInt8]]) -> String {
        var text: [UInt8] = []
        for line in lines {
            text += line
            text.append(0x0A)
        }
        return String(decoding: text, as: UTF8.self)
    }
}
