/// One entry of an `Accept` header (RFC 9110 §12.5.1).
struct AcceptEntry {
    let type: Substring
    let subtype: Substring
    let parameters: [(name: String, value: String)]
    let quality: Double

    /// Nil for what is no media range with a usable weight.
    init?(_ text: Substring) {
        let parts = Self.split(text, on: ";")
        guard let range = parts.first?.split(separator: "/", omittingEmptySubsequences: false), range.count == 2,
            range.allSatisfy({ !$0.isEmpty })
        else { return nil }
        type = Substring(range[0].lowercased())
        subtype = Substring(range[1].lowercased())
        var parameters: [(name: String, value: String)] = []
        for part in parts.dropFirst() {
            guard let sign = part.firstIndex(of: "=") else { continue }
            let value = Self.trim(part[part.index(after: sign)...])
            parameters.append((Self.trim(part[..<sign]).lowercased(), Self.unquote(value)))
        }
        self.parameters = parameters
        guard let weight = parameters.first(where: { $0.name == "q" })?.value else {
            quality = 1
            return
        }
        guard let number = Double(weight), (0...1).contains(number) else { return nil }
        quality = number
    }

    func parameter(_ name: String) -> String? {
        parameters.first { $0.name == name }?.value
    }

    /// 2 for a media type, 1 for `type/*`, 0 for `*/*`.
    var specificity: Int { (type == "*" ? 0 : 1) + (subtype == "*" ? 0 : 1) }

    /// The entries of a header, the most wanted first; equals in the order of the header.
    static func parse(_ header: String) -> [AcceptEntry] {
        let entries = split(header[...], on: ",").compactMap { AcceptEntry($0) }
        return entries.sorted {
            $0.quality != $1.quality ? $0.quality > $1.quality : $0.specificity > $1.specificity
        }
    }

    /// The trimmed parts between separators outside quotes.
    private static func split(_ text: Substring, on separator: Character) -> [Substring] {
        var isQuoted = false
        let parts = text.split(omittingEmptySubsequences: false) { character in
            if character == "\"" { isQuoted.toggle() }
            return character == separator && !isQuoted
        }
        return parts.map(trim)
    }

    private static func trim(_ text: Substring) -> Substring {
        let start = text.drop { $0 == " " || $0 == "\t" }
        guard let last = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return start }
        return start[...last]
    }

    private static func unquote(_ text: Substring) -> String {
        guard text.count >= 2, text.first == "\"", text.last == "\"" else { return String(text) }
        return String(text.dropFirst().dropLast())
    }
}

/// The formats that an `Accept` header takes.
package struct AcceptedFormats: Sendable, Hashable {
    /// The one it wants most; text 0.0.4 when nothing in it is offered.
    ///
    /// Protobuf is not offered. An escaping that is not known is as if it were not named (prometheus/docs, content
    /// negotiation).
    package let best: ExpositionFormat
    /// The text format it wants most; nil where it names none.
    package let text: ExpositionFormat?

    package init(accept: String?) {
        let entries = accept.map { AcceptEntry.parse($0).filter { $0.quality > 0 } } ?? []
        best = entries.lazy.compactMap { ExpositionFormat(for: $0) }.first ?? .text
        text = entries.lazy.filter { $0.type == "text" }.compactMap { ExpositionFormat(for: $0) }.first
    }
}

extension ExpositionFormat {
    /// The format that an `Accept` header wants most.
    package static func negotiate(accept: String?) -> ExpositionFormat { AcceptedFormats(accept: accept).best }

    fileprivate init?(for entry: AcceptEntry) {
        let escaping = entry.parameter("escaping").flatMap(Escaping.init(rawValue:)) ?? .underscores
        switch (entry.type, entry.subtype, entry.parameter("version")) {
        case ("application", "openmetrics-text", nil), ("application", "openmetrics-text", "1.0.0"):
            self.init(.openMetrics, escaping: escaping)
        case ("application", "openmetrics-text", "0.0.1"):
            self.init(.openMetricsDraft, escaping: escaping)
        case ("text", "plain", "1.0.0"):
            self.init(.text1, escaping: escaping)
        case ("text", "plain", nil), ("text", "plain", "0.0.4"):
            self.init(.text, escaping: escaping)
        case ("text", "*", _), ("*", "*", _):
            self = .text
        default:
            return nil
        }
    }
}
