/// Replaces references to the environment and to files in a text.
///
/// `${NAME}` stands for an environment variable, `$${` for the characters `${`, and a whole text `file:/path` for the
/// content of that file without its final line break. The path may itself hold `${NAME}`.
struct SecretResolver: Sendable {
    /// The largest file a secret is read from, in bytes.
    static let maximumFileSize = 64 << 10

    let environment: [String: String]

    struct Resolved: Equatable {
        var text: String
        /// What the references stood for; the parts a log must blank.
        var secrets: [String] = []
        /// Whether the text holds at least one reference.
        var isSecret = false
    }

    /// Resolves a text; the error names the reference as it was written, never what it stands for, and has no place.
    func resolve(_ text: String) throws(ConfigurationError) -> Resolved {
        let expanded = try expand(text)
        guard text.hasPrefix("file:") else { return expanded }
        let path = expanded.text.dropFirst("file:".count)
        guard path.hasPrefix("/") else {
            throw ConfigurationError("\"\(text)\" must have an absolute path after \"file:\"")
        }
        let content = try read(String(path), reference: text)
        return Resolved(text: content, secrets: [content], isSecret: true)
    }

    private func expand(_ text: String) throws(ConfigurationError) -> Resolved {
        var result = Resolved(text: "")
        var rest = Substring(text)
        while let dollar = rest.firstIndex(of: "$") {
            result.text += rest[..<dollar]
            rest = rest[dollar...]
            if rest.hasPrefix("$${") {
                result.text += "${"
                rest = rest.dropFirst(3)
            } else if rest.hasPrefix("${") {
                let (value, length) = try variable(rest)
                result.text += value
                result.secrets.append(value)
                result.isSecret = true
                rest = rest.dropFirst(length)
            } else {
                result.text += "$"
                rest = rest.dropFirst()
            }
        }
        result.text += rest
        return result
    }

    /// The value of the reference a text starts with, and the length of the reference.
    private func variable(_ text: Substring) throws(ConfigurationError) -> (value: String, length: Int) {
        let name = text.dropFirst(2).prefix { $0 == "_" || ($0.isASCII && ($0.isLetter || $0.isNumber)) }
        guard let first = name.first, !first.isNumber, text.dropFirst(2 + name.count).first == "}" else {
            throw ConfigurationError("\"${\" must start a reference such as ${NAME}, write \"$${\" for the text itself")
        }
        guard let value = environment[String(name)] else {
            throw ConfigurationError("environment variable \"\(name)\" is not set")
        }
        return (value, name.count + 3)
    }

    private func read(_ path: String, reference: String) throws(ConfigurationError) -> String {
        var bytes: [UInt8]
        do {
            bytes = try BoundedFile.read(path, maximum: Self.maximumFileSize)
        } catch {
            throw ConfigurationError("\"\(reference)\" \(error)")
        }
        if bytes.last == UInt8(ascii: "\n") {
            bytes.removeLast()
            if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        }
        guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
            throw ConfigurationError("\"\(reference)\" is not UTF-8 text")
        }
        return text
    }
}
