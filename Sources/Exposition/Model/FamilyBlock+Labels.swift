import Glibc

extension FamilyBlock {
    /// The same samples without one label.
    ///
    /// Where the label alone told samples or metrics apart, the first stays. What the family writes itself (`le`,
    /// `quantile`, the states) is never taken off. Without the label in any sample the block is handed on as it is, which
    /// takes one search through its bytes.
    package func removingLabel(_ name: String) -> FamilyBlock {
        guard !LabelName.isReserved(name, in: descriptor) else { return self }
        var text: [UInt8] = []
        LabelText.appendName(name, to: &text)
        guard contains(text + Array("=\"".utf8)) else { return self }
        var copy = FamilyBlock(descriptor)
        copy.hasQuotedNames = hasQuotedNames
        copy.fitsOpenMetrics = fitsOpenMetrics
        if descriptor.kind.isComposite {
            for metric in metrics.indices { copy.append(metric, of: self, without: text) }
        } else {
            for record in records.indices { copy.append(record: record, of: self, without: text) }
        }
        copy.seal()
        return copy
    }

    private func contains(_ text: [UInt8]) -> Bool {
        arena.withUnsafeBytes { arena in
            text.withUnsafeBytes { text in
                guard let base = arena.baseAddress, let sought = text.baseAddress else { return false }
                var place = 0
                // The Glibc module has no memmem.
                while arena.count - place >= text.count,
                    let found = memchr(base + place, Int32(text[0]), arena.count - place - text.count + 1)
                {
                    if memcmp(found, sought, text.count) == 0 { return true }
                    place = base.distance(to: UnsafeRawPointer(found)) + 1
                }
                return false
            }
        }
    }

    private mutating func append(record number: Int, of other: FamilyBlock, without name: [UInt8]) {
        let old = other.records[number]
        let labels = append(old.labels, of: other, without: name)
        let record = SampleRecord(labels: labels, suffix: old.suffix, value: old.value)
        if insertIfNew(record) {
            appendRecord(record, other.timestamp(at: number))
        } else {
            arena.removeLast(Int(labels.length))
        }
    }

    private mutating func append(_ number: Int, of other: FamilyBlock, without name: [UInt8]) {
        let old = other.metrics[number].labels
        let labels = append(old, of: other, without: name)
        guard insertMetricIfNew(labels) else {
            arena.removeLast(Int(labels.length))
            return
        }
        for number in other.records(ofMetric: number) {
            let record = other.records[number]
            // Sums and counts share the labels of their metric.
            let isShared = record.labels.offset == old.offset && record.labels.length == old.length
            let own = isShared ? labels : append(record.labels, of: other, without: name)
            appendRecord(
                SampleRecord(labels: own, suffix: record.suffix, value: record.value),
                other.timestamp(at: number)
            )
        }
    }

    /// Copies label pairs to the end of the arena, all but those of one name as it is written there.
    private mutating func append(_ labels: LabelSpan, of other: FamilyBlock, without name: [UInt8]) -> LabelSpan {
        let start = arena.count
        other.arena.withUnsafeBytes { bytes in
            let labels = UnsafeRawBufferPointer(rebasing: bytes[labels.start..<labels.end])
            var scanner = LabelScanner(labels)
            var place = 0
            while let pair = scanner.next() {
                let quote = pair.isQuoted ? 1 : 0
                let isNamed = labels[pair.name.lowerBound - quote..<pair.name.upperBound + quote].elementsEqual(name)
                if !isNamed {
                    if arena.count > start { arena.append(UInt8(ascii: ",")) }
                    arena.append(contentsOf: UnsafeRawBufferPointer(rebasing: labels[place...pair.value.upperBound]))
                }
                place = scanner.position
            }
        }
        return LabelSpan(
            offset: UInt32(truncatingIfNeeded: start),
            length: UInt32(truncatingIfNeeded: arena.count - start)
        )
    }
}
