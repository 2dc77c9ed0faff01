import Foundation
import Testing

/// One file of Lua's test suite, and what is left out of it.
struct SuiteFile: Sendable, CustomTestStringConvertible {
    let name: String
    var differences: [Difference] = []

    static let folder = ProcessInfo.processInfo.environment["LUA_TESTS"].map { URL(filePath: $0) }

    var testDescription: String { name }

    /// A part of a file that does not hold in the sandbox.
    struct Difference: Sendable {
        let reason: Reason
        /// The first and the last line of what is left out, without the blanks around them.
        let first: String
        let last: String
        /// What stands there instead.
        var replacement = ""
    }

    struct NoSuchLines: Error, CustomStringConvertible {
        let description: String
    }

    /// The source without the parts that differ; all other lines keep their numbers.
    ///
    /// The files are ISO 8859-1.
    func changed(_ source: [UInt8]) throws -> [UInt8] {
        var lines = source.split(separator: .init(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
        var start = 0
        for difference in differences {
            guard let first = lines[start...].firstIndex(where: { Self.text(of: $0) == difference.first }),
                let last = lines[first...].firstIndex(where: { Self.text(of: $0) == difference.last })
            else {
                throw NoSuchLines(description: "\(name): \(difference.first) ... \(difference.last)")
            }
            for index in first...last { lines[index] = [] }
            lines[first] = Array(difference.replacement.utf8)
            start = last + 1
        }
        return Array(lines.joined(separator: [UInt8(ascii: "\n")]))
    }

    private static func text(of line: [UInt8]) -> String {
        String(String.UnicodeScalarView(line.map { UnicodeScalar($0) })).trimmingCharacters(in: .whitespaces)
    }
}
