import Foundation

/// Compares what two programs say of the same agent, and says where they differ.
struct ExpositionDifference {
    /// Samples whose values are never the same twice.
    private let changing: (String) -> Bool
    private(set) var lines: [String] = []

    /// `only` are families that the second may have in addition.
    init(_ first: String, _ second: String, addition: [String] = [], changing: @escaping (String) -> Bool) throws {
        self.changing = changing
        let (left, right) = (try families(first), try families(second))
        for (name, family) in left.sorted(by: { $0.key < $1.key }) {
            guard let other = right[name] else {
                lines.append("- \(name): missing")
                continue
            }
            if family.metadata != other.metadata { lines.append("~ \(name): \(family.metadata) and \(other.metadata)") }
            for sample in family.samples.subtracting(other.samples).sorted() { lines.append("- \(sample)") }
            for sample in other.samples.subtracting(family.samples).sorted() { lines.append("+ \(sample)") }
        }
        for name in right.keys.sorted() where left[name] == nil && !addition.contains(name) {
            lines.append("+ \(name): not expected")
        }
    }

    private struct Family {
        var metadata: Set<String> = []
        var samples: Set<String> = []
    }

    private func families(_ text: String) throws -> [String: Family] {
        var families: [String: Family] = [:]
        for line in text.split(separator: "\n") where line.hasPrefix("# ") {
            let parts = line.split(separator: " ", maxSplits: 3)
            families[String(parts[2]), default: Family()].metadata.insert(String(line))
        }
        for sample in try Samples(parsing: text).all {
            let labels = sample.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            let value = changing(sample.name) ? "" : " \(sample.value)"
            families[sample.name, default: Family()].samples.insert(
                "\(sample.name){\(labels.joined(separator: ","))}\(value)"
            )
        }
        return families
    }
}
