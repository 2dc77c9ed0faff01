extension MergedBlock {
    /// What the names of the block's samples add to the family's.
    package var sampleSuffixes: [SampleSuffix] {
        let children = block.descriptor.kind.childSuffixes
        guard !children.isEmpty else { return [.none] }
        return ([.none] + children).filter { suffix in
            block.records.contains { $0.suffixNumber == Int(suffix.rawValue) }
        }
    }

    /// Calls `body` with every sample of this suffix that is served: its escaped label pairs without braces, its value,
    /// and its own time in milliseconds where it has one.
    ///
    /// The bytes are valid during the call only. Nothing is copied.
    package func forEachSample(
        _ suffix: SampleSuffix,
        _ body: (_ labels: UnsafeRawBufferPointer, _ value: Double, _ time: Int64?) -> Void
    ) {
        let wanted = Int(suffix.rawValue)
        block.arena.withUnsafeBytes { arena in
            block.records.withUnsafeBufferPointer { records in
                for number in records.indices where records[number].suffixNumber == wanted {
                    if let skipped, skipped.contains(number) { continue }
                    let span = records[number].labels
                    let labels = UnsafeRawBufferPointer(rebasing: arena[span.start..<span.end])
                    body(labels, records[number].value, block.timestamp(at: number))
                }
            }
        }
    }
}
