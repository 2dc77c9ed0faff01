/// Writes a merged exposition in a format.
///
/// Families stand in the order of their names with all samples together; numbers are the shortest that read back to the
/// same value, and integers up to 2^53 have no exponent. Names outside the legacy alphabet are quoted or escaped as the
/// format says (`escapingNames(for:)`).
package func encode(_ merged: MergedExposition, as format: ExpositionFormat) -> [UInt8] {
    let families = merged.escapingNames(for: format).families
    let plan = OpenMetricsPlan(families)
    var parts: [(section: Section, family: MergedFamily)] = []
    parts.reserveCapacity(families.count)
    for family in families {
        let shown = format.isOpenMetrics ? plan.presentation(of: family) : .text(family.descriptor)
        for section in Section.sections(of: family, as: shown, format) { parts.append((section, family)) }
    }
    let capacity = parts.reduce(end.utf8CodeUnitCount) { $0 + size(of: $1.family, in: $1.section) }
    return [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
        var writer = ByteWriter(buffer)
        for (section, family) in parts {
            writer.write(section.header)
            for entry in family.blocks {
                writer.write(entry, section.names, isOpenMetrics: format.isOpenMetrics)
            }
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
    let line = section.names.longest + 6 + NumberText.maximumLength
    return family.blocks.reduce(section.header.count + NumberText.maximumLength) { size, entry in
        let times = entry.block.timestamps.isEmpty ? 0 : NumberText.maximumLength
        let labels = entry.block.records.reduce(0) { $0 &+ $1.labels.end &- $1.labels.start }
        return size + labels + entry.block.records.count * (line + times)
    }
}

extension ByteWriter {
    /// Writes the sample lines of one block.
    fileprivate mutating func write(_ entry: MergedBlock, _ names: SampleNames, isOpenMetrics: Bool) {
        let block = entry.block
        block.arena.withUnsafeBufferPointer { arena in
            block.records.withUnsafeBufferPointer { records in
                names.text.withUnsafeBufferPointer { text in
                    let source = LineSource(arena: arena, text: text, isQuoted: names.isQuoted)
                    for number in records.indices {
                        let record = records[number]
                        let suffix = record.suffixNumber
                        guard names.written & (1 << UInt16(truncatingIfNeeded: suffix)) != 0 else { continue }
                        if let skipped = entry.skipped, skipped.contains(number) { continue }
                        write(source, names.starts[suffix]..<names.starts[suffix &+ 1], record.labels)
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
