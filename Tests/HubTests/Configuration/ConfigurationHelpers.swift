import Foundation
import Testing

@testable import Hub

/// Decodes a text as if it stood in `hub.yml`.
func decodeConfiguration(
    _ text: String,
    environment: [String: String] = [:]
) throws(ConfigurationError) -> HubConfiguration {
    try HubConfiguration(YAMLDocument(bytes: Array(text.utf8), path: "hub.yml"), environment: environment)
}

/// The lines of the error that a text leads to; empty when it is valid.
func configurationProblems(_ text: String, environment: [String: String] = [:]) -> [String] {
    do {
        _ = try decodeConfiguration(text, environment: environment)
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

/// The lines of the error that a call throws; empty when it throws none.
func configurationProblems(of body: () throws(ConfigurationError) -> Void) -> [String] {
    do {
        try body()
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

/// A file with this content, removed after the call.
func withTemporaryFile<Result>(_ content: Data, _ body: (String) throws -> Result) throws -> Result {
    let url = FileManager.default.temporaryDirectory.appending(path: "hub-\(UUID().uuidString)")
    try content.write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(url.path)
}

/// Everything Swift prints about a value on its own.
func printedForms(_ value: some Any) -> String {
    var text = "\(value) \(String(describing: value)) \(String(reflecting: value)) "
    dump(value, to: &text)
    return text
}

/// A configuration text with the one message it must lead to.
struct InvalidCase: Sendable, CustomTestStringConvertible {
    var text: String
    var message: String

    init(_ text: String, _ message: String) {
        self.text = text
        self.message = message
    }

    var testDescription: String { message }
}
