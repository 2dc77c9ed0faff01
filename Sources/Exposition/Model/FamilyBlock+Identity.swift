extension FamilyBlock {
    /// A number for each metric's name and labels: the same for the same, in one process, and otherwise different.
    ///
    /// Sixty-four bits with a key of the process: that two of a million metrics share one has odds of 1 to 30 million.
    package func identities(_ body: (Int) -> Void) {
        let spans = descriptor.kind.isComposite ? metrics.map(\.labels) : records.map(\.labels)
        let suffixes = descriptor.kind.isComposite ? [] : records.map(\.suffixNumber)
        arena.withUnsafeBytes { arena in
            for (number, span) in spans.enumerated() {
                var hasher = Hasher()
                descriptor.name.withBytes { hasher.combine(bytes: $0) }
                hasher.combine(suffixes.isEmpty ? 0 : suffixes[number])
                hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: arena[span.start..<span.end]))
                body(hasher.finalize())
            }
        }
    }

    /// The names that samples of the family have beside its own.
    package var childNames: [String] { descriptor.kind.childSuffixes.map { descriptor.name + $0.text } }

    /// Whether text 1.0.0 has room for all that the block says.
    package var fitsText: Bool {
        switch descriptor.kind {
        case .counter, .gauge, .histogram, .summary, .untyped:
            descriptor.unit.isEmpty && !records.contains { $0.suffix == .created }
        case .info, .stateset, .gaugehistogram: false
        }
    }
}
