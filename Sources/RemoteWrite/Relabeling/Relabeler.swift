import Crypto

/// Applies rules to the labels of a series.
package struct Relabeler: Sendable {
    private let rules: [RelabelRule]

    package init(_ rules: [RelabelRule]) { self.rules = rules }

    /// False when the series is not to be sent.
    package func apply(to labels: inout [Label]) -> Bool {
        for rule in rules {
            var set = LabelEditor(labels)
            guard rule.apply(to: &set) else { return false }
            labels = set.labels
        }
        return true
    }
}

/// Labels that are being changed; a label without a value is none.
struct LabelEditor {
    private(set) var labels: [Label]

    init(_ labels: [Label]) { self.labels = labels }

    subscript(name: String) -> String {
        get { labels.first { $0.name == name }?.value ?? "" }
        set {
            labels.removeAll { $0.name == name }
            if !newValue.isEmpty { labels.append(Label(name, newValue)) }
        }
    }

    mutating func removeAll(where isUnwanted: (String) -> Bool) { labels.removeAll { isUnwanted($0.name) } }
}

extension RelabelRule {
    /// False when the series is not to be sent.
    func apply(to labels: inout LabelEditor) -> Bool {
        let value = sourceLabels.map { labels[$0] }.joined(separator: separator)
        switch action {
        case .keep: return match(value) != nil
        case .drop: return match(value) == nil
        case .keepequal: return labels[targetLabel] == value
        case .dropequal: return labels[targetLabel] != value
        case .replace: replace(value, in: &labels)
        case .lowercase: labels[targetLabel] = value.lowercased()
        case .uppercase: labels[targetLabel] = value.uppercased()
        case .hashmod: labels[targetLabel] = "\(Self.hash(value) % max(1, modulus))"
        case .labelmap: map(&labels)
        case .labeldrop: labels.removeAll { match($0) != nil }
        case .labelkeep: labels.removeAll { match($0) == nil }
        }
        return true
    }

    private func match(_ text: String) -> [Substring?]? {
        expression.map { $0.match(text) } ?? [text[...], text[...]]
    }

    private func replace(_ value: String, in labels: inout LabelEditor) {
        guard let groups = match(value) else { return }
        let target = expand(targetLabel, groups)
        guard Label.isValidName(target) else { return }
        labels[target] = expand(replacement, groups)
    }

    private func map(_ labels: inout LabelEditor) {
        for label in labels.labels {
            guard let groups = match(label.name) else { continue }
            let name = expand(replacement, groups)
            if Label.isValidName(name) { labels[name] = label.value }
        }
    }

    /// The last eight bytes of the text's MD5 as a number, as Prometheus takes them.
    private static func hash(_ text: String) -> UInt64 {
        Insecure.MD5.hash(data: Array(text.utf8)).suffix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Replaces `$1`, `${1}`, `$name`, `${name}` and `$$` (Go, `regexp.Expand`); an unknown group is nothing.
    private func expand(_ template: String, _ groups: [Substring?]) -> String {
        guard template.contains("$") else { return template }
        var result = ""
        var rest = template[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            if rest.first == "$" {
                result += "$"
                rest = rest.dropFirst()
            } else if let reference = Self.reference(rest) {
                result += group(reference.name, groups)
                rest = rest[reference.end...]
            } else {
                result += "$"
            }
        }
        return result + rest
    }

    private static func reference(_ text: Substring) -> (name: Substring, end: Substring.Index)? {
        let isBraced = text.first == "{"
        let start = isBraced ? text.dropFirst() : text
        let name = start.prefix { $0 == "_" || $0.isLetter || $0.isNumber }
        guard !name.isEmpty else { return nil }
        guard isBraced else { return (name, name.endIndex) }
        guard name.endIndex < text.endIndex, text[name.endIndex] == "}" else { return nil }
        return (name, text.index(after: name.endIndex))
    }

    private func group(_ name: Substring, _ groups: [Substring?]) -> String {
        let number = Int(name) ?? expression?.group(named: String(name)) ?? -1
        guard groups.indices.contains(number) else { return "" }
        return groups[number].map(String.init) ?? ""
    }
}
