/// Labels that every sample of a text gets, by the rule of Prometheus's `honor_labels`.
///
/// Where a sample has a label of that name already: when labels are honoured, its own stays; otherwise its own is
/// renamed `exported_NAME`, with more `exported_` in front until the name is free, and an empty one is replaced.
package struct AddedLabels: Sendable {
    struct Label: Sendable {
        let name: [UInt8]
        /// `name="value"`, escaped.
        let text: [UInt8]
    }

    /// Sorted by name.
    let labels: [Label]
    let honorsLabels: Bool

    package var count: Int { labels.count }

    /// Throws for names that are empty, given twice, outside the legacy alphabet or written by the families themselves.
    package init(
        _ labels: [(name: String, value: String)],
        honorsLabels: Bool = false
    ) throws(ExpositionError) {
        let sorted = labels.sorted { $0.name.precedes($1.name) }
        var previous: String?
        for (name, _) in sorted {
            if name.isEmpty { throw .emptyLabelName }
            guard LabelName.isValidLegacy(name) else { throw .invalidLabelName(name) }
            if LabelName.isReserved(name) || name == "le" || name == "quantile" { throw .reservedLabel(name) }
            if previous == name { throw .duplicateLabel(name) }
            previous = name
        }
        self.labels = sorted.map { name, value in
            var text = Array(name.utf8)
            text.append(UInt8(ascii: "="))
            LabelText.appendQuoted(value, to: &text)
            return Label(name: Array(name.utf8), text: text)
        }
        self.honorsLabels = honorsLabels
    }
}
