import FoundationEssentials

/// A text that opens something; it prints as `<secret>`.
package struct Token: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let bytes: [UInt8]

    package init(_ text: String) { bytes = Array(text.utf8) }

    package var description: String { "<secret>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// The text itself, for the one place that has to send it.
    package func reveal() -> String { String(decoding: bytes, as: UTF8.self) }

    /// Compares in a time that does not depend on how much of the text is right.
    package func matches(_ other: String) -> Bool {
        let other = Array(other.utf8)
        var difference = other.count ^ bytes.count
        for index in other.indices {
            difference |= Int(other[index] ^ (bytes.isEmpty ? 0 : bytes[index % bytes.count]))
        }
        return difference == 0
    }
}

/// What an `Authorization` header carries (RFC 6750, RFC 7617).
package struct Credentials: Equatable {
    /// Nil for a bearer token.
    package let username: String?
    package let secret: String

    package init?(_ header: String) {
        let words = header.split(separator: " ", maxSplits: 1)
        guard words.count == 2 else { return nil }
        switch words[0].lowercased() {
        case "bearer":
            username = nil
            secret = String(words[1])
        case "basic":
            guard let data = Data(base64Encoded: String(words[1])), let text = String(validating: data, as: UTF8.self),
                let colon = text.firstIndex(of: ":")
            else { return nil }
            username = String(text[..<colon])
            secret = String(text[text.index(after: colon)...])
        default: return nil
        }
    }
}
