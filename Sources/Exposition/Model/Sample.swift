/// One sample taken out of its block, for people, scripts and tests; the hot paths never make one.
package struct Sample: Sendable, Equatable {
    package struct Label: Sendable, Equatable {
        package let name: String
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package let suffix: SampleSuffix
    /// Sorted by name, unescaped, with `le`, `quantile` or the state among them.
    package let labels: [Label]
    package let value: Double
    /// Milliseconds since 1970.
    package let timestamp: Int64?

    /// Equality that takes a NaN for equal to a NaN and tells -0 from 0.
    package static func == (first: Sample, second: Sample) -> Bool {
        let isSameValue = first.value.isNaN ? second.value.isNaN : first.value.bitPattern == second.value.bitPattern
        return isSameValue && first.suffix == second.suffix && first.labels == second.labels
            && first.timestamp == second.timestamp
    }
}

extension FamilyBlock {
    /// The samples in their order.
    package var samples: [Sample] {
        records.indices.map(sample(at:))
    }

    /// The sample with this number, which is below `sampleCount`.
    package func sample(at number: Int) -> Sample {
        let record = records[number]
        return Sample(
            suffix: record.suffix,
            labels: labels(of: record.labels),
            value: record.value,
            timestamp: timestamp(at: number)
        )
    }

    /// Milliseconds since 1970; nil when the sample has no timestamp.
    func timestamp(at number: Int) -> Int64? {
        timestamps.isEmpty || timestamps[number] == Self.noTimestamp ? nil : timestamps[number]
    }

    func labels(of span: LabelSpan) -> [Sample.Label] {
        arena.withUnsafeBytes { arena in
            var scanner = LabelScanner(UnsafeRawBufferPointer(rebasing: arena[span.start..<span.end]))
            var labels: [Sample.Label] = []
            while let pair = scanner.next() {
                labels.append(
                    Sample.Label(name: scanner.unescaped(pair.name), value: scanner.unescaped(pair.value))
                )
            }
            return labels
        }
    }
}
