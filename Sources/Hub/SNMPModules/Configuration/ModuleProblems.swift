/// What is wrong with one module file.
///
/// Lives only while the file is read.
final class ModuleProblems {
    /// As many as anybody reads.
    static let limit = 100

    let path: String
    /// What to add to the lines, where only a part of the file is read.
    var lineOffset = 0
    private(set) var problems: [ConfigurationProblem] = []
    private var left = 0

    init(path: String) { self.path = path }

    func report(_ line: Int, _ text: String) {
        guard problems.count < Self.limit else {
            left += 1
            return
        }
        problems.append(ConfigurationProblem(path: path, line: line + lineOffset, text: text))
    }

    func report(_ error: ConfigurationError) {
        for problem in error.problems {
            guard let line = problem.line else {
                problems.append(ConfigurationProblem(path: path, line: nil, text: problem.text))
                continue
            }
            report(line, problem.text)
        }
    }

    /// All of them, and how many were left out.
    var error: ConfigurationError? {
        guard !problems.isEmpty else { return nil }
        var error = ConfigurationError(problems)
        if left > 0 {
            error.problems.append(ConfigurationProblem(path: path, line: nil, text: "\(left) more problems"))
        }
        return error
    }
}
