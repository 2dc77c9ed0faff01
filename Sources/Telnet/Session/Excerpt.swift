/// Makes a line that was received fit for an error text.
struct Excerpt: Sendable {
    /// Bytes.
    static let limit = 80
    let secrets: [[UInt8]]

    init(_ options: TelnetOptions) {
        let secrets = [options.password, options.administratorPassword ?? ""].filter { !$0.isEmpty }
        // The longer one first: one may be the start of the other.
        self.secrets = secrets.map { Array($0.utf8) }.sorted { $0.count > $1.count }
    }

    /// The line (UTF-8) without blanks around it, with secrets blanked, and cut.
    func text(of line: [UInt8]) -> String {
        var line = TerminalLine.rendered(line[...]).trimmed
        for secret in secrets { blank(secret, in: &line) }
        let text = String(decoding: line, as: UTF8.self)
        return line.count > Self.limit ? Self.cut(text) : text
    }

    static func cut(_ text: String) -> String {
        guard text.utf8.count > limit else { return text }
        var length = 0
        let kept = text.prefix { character in
            length += character.utf8.count
            return length <= limit
        }
        return kept + "..."
    }

    private func blank(_ secret: [UInt8], in line: inout [UInt8]) {
        var start = 0
        let mark = Array("<secret>".utf8)
        while let range = line.firstRange(of: secret, from: start) {
            line.replaceSubrange(range, with: mark)
            start = range.lowerBound + mark.count
        }
    }
}
