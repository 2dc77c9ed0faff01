/// Where one emission's label values go: names sorted by bytes, constant labels at their sorted place.
///
/// All text but the values is escaped here, once: `target="x",device="` and `",mode="` and `"`.
package final class LabelLayout: Sendable {
    /// The literal text before one value, as a range of `text`, and which value follows it.
    struct Slot: Sendable {
        let literal: Range<Int>
        let valueIndex: Int
    }

    let slots: [Slot]
    let text: [UInt8]
    /// What follows the last value.
    let tail: Range<Int>
    /// The names of the variable labels in the caller's order.
    let names: [String]
    /// All names in the order in which they are written.
    let sortedNames: [String]
    /// Whether a name needs the quoted form of Prometheus 3.
    let hasQuotedNames: Bool

    /// How many label values an emission gives.
    package var count: Int { names.count }

    /// Lays out `names`, whose values come with each sample, and `constants`.
    ///
    /// Throws for an empty name, a name given twice, and names that begin with `__`.
    package init(names: [String], constants: [(name: String, value: String)]) throws(ExpositionError) {
        var entries: [(name: String, valueIndex: Int?, value: String)] = []
        for (index, name) in names.enumerated() { entries.append((name, index, "")) }
        for constant in constants { entries.append((constant.name, nil, constant.value)) }
        entries.sort { $0.name.precedes($1.name) }
        try Self.check(entries.map(\.name))

        var slots: [Slot] = []
        var text: [UInt8] = []
        var literalStart = 0
        for (position, entry) in entries.enumerated() {
            if position > 0 { text.append(UInt8(ascii: ",")) }
            LabelText.appendName(entry.name, to: &text)
            text.append(contentsOf: "=\"".utf8)
            if let valueIndex = entry.valueIndex {
                slots.append(Slot(literal: literalStart..<text.count, valueIndex: valueIndex))
                literalStart = text.count
            } else {
                LabelText.appendEscaped(entry.value, to: &text)
            }
            text.append(UInt8(ascii: "\""))
        }
        self.slots = slots
        self.text = text
        self.tail = literalStart..<text.count
        self.names = names
        self.sortedNames = entries.map(\.name)
        self.hasQuotedNames = entries.contains { !LabelName.isValidLegacy($0.name) }
    }

    private static func check(_ sortedNames: [String]) throws(ExpositionError) {
        var previous: String?
        for name in sortedNames {
            if name.isEmpty { throw .emptyLabelName }
            if LabelName.isReserved(name) { throw .reservedLabel(name) }
            if previous?.hasSameBytes(as: name) == true { throw .duplicateLabel(name) }
            previous = name
        }
    }

    /// How many labels stand before one of the family's own (`le`, `quantile`); nil when its name is taken.
    func position(of name: String) -> Int? {
        let position = sortedNames.firstIndex { !$0.precedes(name) } ?? sortedNames.count
        guard position < sortedNames.count else { return position }
        return sortedNames[position].hasSameBytes(as: name) ? nil : position
    }
}
