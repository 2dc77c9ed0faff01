/// Labels that every sample of a text gets, by the rule of Prometheus's `honor_labels`.
///
/// Where a sample has a label of that name already: when labels are honoured, its own stays; otherwise its own is
/// renamed `exported_NAME`, with more `exported_` in front until the name is free, and an empty one is replaced.
package struct AddedLabels: Sendable {
    /// What happens where a sample has a label of that name already.
    package enum Presence: Sendable {
        /// Its own stays.
        case keep
        /// Its own is renamed `exported_NAME`.
        case rename
        /// Its own goes.
        case replace
    }

    /// One label to add.
    package struct Rule: Sendable {
        let name: String
        let value: String
        let ifPresent: Presence

        package init(name: String, value: String, ifPresent: Presence) {
            self.name = name
            self.value = value
            self.ifPresent = ifPresent
        }
    }

    struct Label: Sendable {
        /// As it is, without quotes and escapes.
        let name: [UInt8]
        /// `name="value"` or `"my.name"="value"`, escaped.
        let text: [UInt8]
        let ifPresent: Presence
    }

    /// Sorted by name.
    let labels: [Label]
    /// Whether a name is outside the legacy alphabet.
    let hasQuotedNames: Bool

    package var count: Int { labels.count }

    /// Throws for names that are empty, given twice, outside the legacy alphabet or written by the families themselves.
    package init(
        _ labels: [(name: String, value: String)],
        honorsLabels: Bool = false
    ) throws(ExpositionError) {
        for (name, _) in labels where !name.isEmpty && !LabelName.isValidLegacy(name) { throw .invalidLabelName(name) }
        try self.init(labels.map { Rule(name: $0.name, value: $0.value, ifPresent: honorsLabels ? .keep : .rename) })
    }

    /// Takes names of any alphabet; throws for the others that the other initializer throws for.
    package init(_ rules: [Rule]) throws(ExpositionError) {
        let sorted = rules.sorted { $0.name.precedes($1.name) }
        var previous: String?
        for name in sorted.map(\.name) {
            if name.isEmpty { throw .emptyLabelName }
            if LabelName.isReserved(name) || name == "le" || name == "quantile" { throw .reservedLabel(name) }
            if previous?.hasSameBytes(as: name) == true { throw .duplicateLabel(name) }
            previous = name
        }
        hasQuotedNames = sorted.contains { !LabelName.isValidLegacy($0.name) }
        labels = sorted.map { rule in
            var text: [UInt8] = []
            LabelText.appendName(rule.name, to: &text)
            text.append(UInt8(ascii: "="))
            LabelText.appendQuoted(rule.value, to: &text)
            return Label(name: Array(rule.name.utf8), text: text, ifPresent: rule.ifPresent)
        }
    }
}
