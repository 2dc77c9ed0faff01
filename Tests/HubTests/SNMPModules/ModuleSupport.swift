import Exposition
import Foundation
import SNMP
import Testing

@testable import Hub

/// A module file given as text.
struct ModuleText {
    let contents: ModuleScanner.Contents
    let problems: [String]

    init(_ text: String, keeping wanted: String? = nil) {
        let problems = ModuleProblems(path: "snmp.yml")
        contents = Array(text.utf8).withUnsafeBufferPointer { ModuleScanner.scan($0, keeping: wanted, problems) }
        self.problems = problems.error?.problems.map(\.description) ?? []
    }
}

/// The module `m` of a file in the new format, of which only the lines of the module are given.
func module(_ lines: String) throws -> CompiledModule {
    let indented = lines.split(separator: "\n", omittingEmptySubsequences: false).map { "    " + $0 }
    let text = ModuleText("modules:\n  m:\n" + indented.joined(separator: "\n"), keeping: "m")
    try #require(text.problems == [])
    return CompiledModule(try #require(text.contents.kept))
}

/// Samples as lines of text, sorted: name, labels and value as an exposition has them.
func lines(_ translation: Translation) -> [String] {
    translation.families.flatMap { family in
        family.samples.map { sample in
            let labels = sample.labels.map { "\($0.name)=\"\($0.value)\"" }.joined(separator: ",")
            let value = sample.value == sample.value.rounded() ? "\(Int(sample.value))" : "\(sample.value)"
            return family.descriptor.name + (labels.isEmpty ? "" : "{\(labels)}") + " " + value
        }
    }.sorted()
}

func binding(_ name: String, _ value: SNMPValue) throws -> VariableBinding {
    VariableBinding(try #require(ObjectIdentifier(name)), value)
}

func octets(_ text: String) -> SNMPValue { .octets(Array(text.utf8)) }
