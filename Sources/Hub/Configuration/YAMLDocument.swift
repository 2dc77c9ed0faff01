/// A parsed configuration file: one YAML document without anchors, aliases and tags.
struct YAMLDocument: Sendable {
    /// The largest file that is read, in bytes.
    static let maximumSize = 1 << 20

    /// As the user wrote it; starts every error.
    let path: String
    /// Nil when the file has no value at all, only comments.
    let root: YAMLNode?
    /// Keys given twice, which do not keep the rest from being checked.
    let duplicates: [ConfigurationProblem]

    /// Reads a file of at most `maximumSize` bytes.
    static func load(path: String) throws(ConfigurationError) -> YAMLDocument {
        let bytes: [UInt8]
        do {
            bytes = try BoundedFile.read(path, maximum: maximumSize)
        } catch {
            throw error.located(in: path)
        }
        return try YAMLDocument(bytes: bytes, path: path)
    }

    init(bytes: [UInt8], path: String) throws(ConfigurationError) {
        guard bytes.count <= Self.maximumSize else {
            throw ConfigurationError(path: path, "is larger than \(ConfigurationText.format(bytes: Self.maximumSize))")
        }
        if let line = ConfigurationText.lineOfInvalidUTF8(bytes) {
            throw ConfigurationError(path: path, line: line, "is not valid UTF-8")
        }
        do {
            let builder = try Self.build(bytes)
            self.path = path
            root = builder.root
            duplicates = ConfigurationError(builder.duplicates).located(in: path).problems
        } catch {
            throw error.located(in: path)
        }
    }

    private static func build(_ bytes: [UInt8]) throws(ConfigurationError) -> YAMLBuilder {
        try bytes.withUnsafeBufferPointer { (buffer) throws(ConfigurationError) in
            guard let reader = YAMLEventReader(bytes: buffer) else {
                throw ConfigurationError("cannot be parsed, out of memory")
            }
            var builder = YAMLBuilder()
            while true {
                let event: YAMLEvent
                do throws(ConfigurationError) {
                    event = try reader.next()
                } catch {
                    throw error.explained(bytes)
                }
                try builder.add(event)
                if case .streamEnd = event.kind { return builder }
            }
        }
    }
}

extension ConfigurationError {
    func located(in path: String) -> ConfigurationError {
        var copy = self
        for index in copy.problems.indices { copy.problems[index].path = path }
        return copy
    }

    /// Says what libyaml only hints at when the line is indented with a tab; the end of the file is its last line.
    fileprivate func explained(_ bytes: [UInt8]) -> ConfigurationError {
        guard var problem = problems.first, let line = problem.line else { return self }
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.count > 1, lines.last?.isEmpty == true { lines.removeLast() }
        problem.line = min(line, lines.count)
        let indentation = lines[min(line, lines.count) - 1].prefix {
            $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t")
        }
        if indentation.contains(UInt8(ascii: "\t")) { problem.text = "is indented with a tab, YAML takes only spaces" }
        return ConfigurationError([problem])
    }
}
