/// Writes a merged exposition in a format.
///
/// Families stand in the order of their names with all samples together; numbers are the shortest that read back to the
/// same value, and integers up to 2^53 have no exponent. Names outside the legacy alphabet are quoted or escaped as the
/// format says (`escapingNames(for:)`).
package func encode(_ merged: MergedExposition, as format: ExpositionFormat) -> [UInt8] {
    encode(PresentedExposition(merged, format))
}

/// Writes a merged exposition in the best of the accepted formats.
///
/// That is a text format where OpenMetrics comes first but has no room for the type of a counter, histogram or summary,
/// such as that of a counter without `_total`.
package func encode(
    _ merged: MergedExposition,
    for accepted: AcceptedFormats
) -> (format: ExpositionFormat, bytes: [UInt8]) {
    let best = PresentedExposition(merged, accepted.best)
    guard let text = accepted.text, best.losesTypes, !merged.hasCreationTimes else {
        return (accepted.best, encode(best))
    }
    return (text, encode(merged, as: text))
}

private func encode(_ presented: PresentedExposition) -> [UInt8] {
    let (families, format) = (presented.families, presented.format)
    var sections: [Section] = []
    sections.reserveCapacity(families.count)
    // Where the sections of each family end.
    var ends: [Int] = []
    ends.reserveCapacity(families.count)
    var capacity = end.utf8CodeUnitCount
    for (family, shown) in zip(families, presented.presentations) {
        let start = sections.count
        Section.append(family, as: shown, format, to: &sections)
        ends.append(sections.count)
        for section in sections[start...] { capacity += size(of: family, in: section) }
    }
    return [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
        var writer = ByteWriter(buffer)
        var start = 0
        for (family, end) in zip(families, ends) {
            for section in sections[start..<end] { writer.write(family, section, isOpenMetrics: format.isOpenMetrics) }
            start = end
        }
        if format.isOpenMetrics { writer.write(end.utf8Start, count: end.utf8CodeUnitCount) }
        count = writer.count
    }
}

/// The last line of OpenMetrics.
private let end: StaticString = "# EOF\n"

/// The most bytes a family can take in one section.
private func size(of family: MergedFamily, in section: Section) -> Int {
    // Braces, blanks and the line feed; a value; a timestamp.
    let line = section.longestBeginning + 6 + NumberText.maximumLength
    return family.blocks.reduce(section.headerLength + NumberText.maximumLength) { size, entry in
        let times = entry.block.timestamps.isEmpty ? 0 : NumberText.maximumLength
        let labels = entry.block.records.reduce(0) { $0 &+ Int($1.labels.length) }
        return size + labels + entry.block.records.count * (line + times)
    }
}

extension ByteWriter {
    /// Writes one family of the output.
    fileprivate mutating func write(_ family: MergedFamily, _ section: borrowing Section, isOpenMetrics: Bool) {
        section.text.withUnsafeBufferPointer { text in
            guard let base = text.baseAddress else { return }
            write(base, count: section.headerLength)
            for entry in family.blocks { write(entry, section, isOpenMetrics: isOpenMetrics) }
        }
    }

    /// Writes the sample lines of one block.
    private mutating func write(_ entry: MergedBlock, _ section: borrowing Section, isOpenMetrics: Bool) {
        let block = entry.block
        block.arena.withUnsafeBufferPointer { arena in
            block.records.withUnsafeBufferPointer { records in
                section.text.withUnsafeBufferPointer { text in
                    let source = LineSource(arena: arena, text: text, isQuoted: section.isQuoted)
                    for number in records.indices {
                        let record = records[number]
                        let suffix = record.suffixNumber
                        guard section.written & (1 << UInt16(truncatingIfNeeded: suffix)) != 0 else { continue }
                        if let skipped = entry.skipped, skipped.contains(number) { continue }
                        write(source, section.starts[suffix]..<section.starts[suffix &+ 1], record.labels)
                        write(record.value)
                        if !block.timestamps.isEmpty {
                            write(timestamp: block.timestamps[number], isOpenMetrics: isOpenMetrics)
                        }
                        write(UInt8(ascii: "\n"))
                    }
                }
            }
        }
    }

    /// Writes name and labels with the blank after them.
    @inline(__always)
    private mutating func write(_ source: LineSource, _ name: Range<Int>, _ labels: LabelSpan) {
        guard let text = source.text.baseAddress else { return }
        guard labels.length > 0, let arena = source.arena.baseAddress else {
            write(text + name.lowerBound, count: name.count &- 1)
            if source.isQuoted { write(UInt8(ascii: "}")) }
            write(UInt8(ascii: " "))
            return
        }
        write(text + name.lowerBound, count: name.count)
        write(arena + labels.start, count: Int(labels.length))
        write(UInt8(ascii: "}"))
        write(UInt8(ascii: " "))
    }

    /// Milliseconds in the Prometheus formats, seconds in OpenMetrics.
    private mutating func write(timestamp: Int64, isOpenMetrics: Bool) {
        guard timestamp != FamilyBlock.noTimestamp else { return }
        write(UInt8(ascii: " "))
        if isOpenMetrics { write(Double(timestamp) / 1000) } else { write(timestamp) }
    }
}

/// The memory a line's name and labels are copied from.
private struct LineSource {
    let arena: UnsafeBufferPointer<UInt8>
    let text: UnsafeBufferPointer<UInt8>
    let isQuoted: Bool
}
