extension ExpositionFormat.Escaping {
    /// A name spelled in the legacy alphabet; names that are in it already stay (prometheus/common, `EscapeName`).
    func escape(_ name: String, isLabel: Bool = false) -> String {
        let isLegacy = isLabel ? LabelName.isValidLegacy(name) : MetricName.isValidLegacy(name)
        guard !isLegacy, self != .allowUTF8 else { return name }
        var result = self == .values ? "U__" : ""
        var isFirst = true
        for scalar in name.unicodeScalars {
            let isAllowed = scalar.isASCII && isWordByte(UInt8(scalar.value), colons: !isLabel)
            let isLeadingDigit = isFirst && scalar.isASCII && isDigit(UInt8(scalar.value))
            append(scalar, isAllowed: isAllowed && !isLeadingDigit, to: &result)
            isFirst = false
        }
        return result
    }

    private func append(_ scalar: Unicode.Scalar, isAllowed: Bool, to result: inout String) {
        switch (self, scalar) {
        case (.dots, "_"), (.values, "_"): result += "__"
        case (.dots, "."): result += "_dot_"
        case (_, _) where isAllowed: result.unicodeScalars.append(scalar)
        case (.values, _): result += "_" + String(scalar.value, radix: 16) + "_"
        case (.dots, _): result += "__"
        case (.underscores, _), (.allowUTF8, _): result += "_"
        }
    }
}

extension MergedExposition {
    /// The same with all names in the legacy alphabet, unless the format can quote them.
    ///
    /// Two names may become one. Then the merge decides again, and `conflicts` holds its decisions too.
    package func escapingNames(for format: ExpositionFormat) -> MergedExposition {
        let needsEscaping = families.contains { family in
            !MetricName.isValidLegacy(family.descriptor.name) || family.blocks.contains(where: \.block.hasQuotedNames)
        }
        guard needsEscaping, format.escaping != .allowUTF8 else { return self }
        var contributions: [Contribution] = []
        var lost: [MergeConflict] = []
        for family in families {
            for entry in family.blocks {
                let escaped = EscapedBlock(entry, family.descriptor, format.escaping)
                let comesFirst = entry.comesFirst
                contributions.append(
                    Contribution(
                        source: entry.source,
                        families: [escaped.block],
                        comesFirst: comesFirst,
                        origin: entry.origin
                    )
                )
                guard escaped.droppedSamples > 0 else { continue }
                lost.append(
                    MergeConflict(
                        source: entry.source,
                        keptSource: entry.source,
                        family: family.descriptor.name,
                        reason: .nameCollision,
                        droppedSamples: escaped.droppedSamples
                    )
                )
            }
        }
        let again = merge(contributions)
        let known = Set(conflicts)
        let new = again.conflicts.filter { $0.reason != .help && !known.contains($0) }
        return MergedExposition(families: again.families, conflicts: conflicts + lost + new)
    }
}

/// A block with its names in the legacy alphabet.
private struct EscapedBlock {
    private(set) var block: FamilyBlock
    /// Samples left out because two of their labels, or their label set and another's, became one.
    private(set) var droppedSamples = 0
    private let escaping: ExpositionFormat.Escaping

    init(_ entry: MergedBlock, _ family: FamilyDescriptor, _ escaping: ExpositionFormat.Escaping) {
        self.escaping = escaping
        var descriptor = family
        descriptor.name = escaping.escape(family.name)
        let isLegacy = descriptor.name.hasSameBytes(as: family.name) && !entry.block.hasQuotedNames
        if isLegacy, descriptor == entry.block.descriptor, entry.skipped == nil {
            block = entry.block
            return
        }
        block = FamilyBlock(descriptor)
        block.fitsOpenMetrics = entry.block.fitsOpenMetrics
        if descriptor.kind.isComposite {
            for metric in entry.block.metrics.indices { copy(metric: metric, entry) }
        } else {
            for number in entry.block.records.indices where entry.skipped?.contains(number) != true {
                copy(record: number, entry.block)
            }
        }
    }

    private mutating func copy(record number: Int, _ source: FamilyBlock) {
        let record = source.records[number]
        guard let labels = write(record.labels, source) else {
            droppedSamples += 1
            return
        }
        let copy = SampleRecord(labels: labels, suffix: record.suffix, value: record.value)
        guard block.insertIfNew(copy) else {
            droppedSamples += 1
            return
        }
        block.appendRecord(copy, source.timestamps.isEmpty ? nil : source.timestamps[number])
    }

    private mutating func copy(metric number: Int, _ entry: MergedBlock) {
        let source = entry.block
        let range = source.records(ofMetric: number)
        guard entry.skipped?.contains(range.lowerBound) != true else { return }
        var copies: [SampleRecord] = []
        for record in source.records[range] {
            guard let labels = write(record.labels, source) else { break }
            copies.append(SampleRecord(labels: labels, suffix: record.suffix, value: record.value))
        }
        guard copies.count == range.count, let labels = write(source.metrics[number].labels, source),
            block.insertMetricIfNew(labels)
        else {
            droppedSamples += range.count
            return
        }
        for (copy, original) in zip(copies, range) {
            block.appendRecord(copy, source.timestamps.isEmpty ? nil : source.timestamps[original])
        }
    }

    /// Writes a label set with escaped names, sorted again; nil when two names became one.
    private mutating func write(_ span: LabelSpan, _ source: FamilyBlock) -> LabelSpan? {
        let labels = source.labels(of: span).map { label in
            (name: escaping.escape(label.name, isLabel: true), value: label.value)
        }
        guard let layout = try? LabelLayout(names: [], constants: labels) else { return nil }
        return try? block.write(layout, UnsafeBufferPointer(start: nil, count: 0))
    }
}
