/// One thing wrong with the configuration, with the place a person has to look at.
struct ConfigurationProblem: Sendable, Equatable, CustomStringConvertible {
    var path: String?
    /// Counted from 1; nil when the problem is the file as a whole or no file is involved.
    var line: Int?
    var text: String

    var description: String {
        switch (path, line) {
        case (let path?, let line?): "\(path):\(line): \(text)"
        case (let path?, nil): "\(path): \(text)"
        case (nil, _): text
        }
    }
}

/// Everything wrong with a configuration, in the order of the file.
struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    var problems: [ConfigurationProblem]

    /// Sorts by line and keeps the order of problems that share one.
    init(_ problems: [ConfigurationProblem]) {
        let numbered = problems.enumerated().sorted { first, second in
            (first.element.line ?? 0, first.offset) < (second.element.line ?? 0, second.offset)
        }
        self.problems = numbered.map(\.element)
    }

    init(path: String? = nil, line: Int? = nil, _ text: String) {
        problems = [ConfigurationProblem(path: path, line: line, text: text)]
    }

    /// One problem per line.
    var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}
