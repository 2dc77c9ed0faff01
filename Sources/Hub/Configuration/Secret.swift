/// Text that must not be shown; it prints as `<secret>` however it is printed.
struct Secret: Sendable, Hashable {
    private let text: String

    init(_ text: String) {
        self.text = text
    }

    /// The text itself, for the one place that has to send it.
    func reveal() -> String { text }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    var description: String { "<secret>" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: []) }
}

/// The texts that logs and pages have to blank.
struct SecretRegistry: Sendable, Equatable {
    /// Blanking shorter texts would blank ordinary words and numbers.
    static let minimumLength = 4

    /// What scripts may add to it: texts, and bytes of each.
    static let scriptLimit = (count: 1000, bytes: 1024)

    /// Longest first.
    private var texts: [[UInt8]] = []
    private var scriptCount = 0

    /// Adds a text; one shorter than `minimumLength` characters is left out.
    mutating func insert(_ text: String) {
        let bytes = Array(text.utf8)
        guard text.count >= Self.minimumLength, !texts.contains(bytes) else { return }
        let index = texts.firstIndex { $0.count < bytes.count } ?? texts.endIndex
        texts.insert(bytes, at: index)
    }

    /// Adds a text that a script gave; false, and nothing added, where it goes beyond `scriptLimit`.
    mutating func insertOfScript(_ text: String) -> Bool {
        let before = texts.count
        guard text.utf8.count <= Self.scriptLimit.bytes else { return false }
        guard scriptCount < Self.scriptLimit.count || texts.contains(Array(text.utf8)) else { return false }
        insert(text)
        scriptCount += texts.count - before
        return true
    }

    /// Replaces every secret in a text by `<secret>`; secrets that overlap or touch become one.
    func redact(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let blanked = redact(bytes)
        return blanked == bytes ? text : String(decoding: blanked, as: UTF8.self)
    }

    /// The same in bytes of any character set that has ASCII in it.
    func redact(_ bytes: [UInt8]) -> [UInt8] {
        var isHidden = [Bool](repeating: false, count: bytes.count)
        var found = false
        for secret in texts where secret.count <= bytes.count {
            for start in 0...(bytes.count - secret.count)
            where bytes[start] == secret[0] && bytes[start...].starts(with: secret) {
                found = true
                for index in start..<(start + secret.count) { isHidden[index] = true }
            }
        }
        return found ? Self.blank(bytes, where: isHidden) : bytes
    }

    private static func blank(_ bytes: [UInt8], where isHidden: [Bool]) -> [UInt8] {
        var result: [UInt8] = []
        for index in bytes.indices {
            if !isHidden[index] {
                result.append(bytes[index])
            } else if index == 0 || !isHidden[index - 1] {
                result += Array("<secret>".utf8)
            }
        }
        return result
    }
}

extension SecretRegistry: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    var description: String { "<\(texts.count) secrets>" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: []) }
}
