/// Which of the two grammars a text is read by.
package enum ParseFormat: Sendable {
    /// Prometheus text 0.0.4, and 1.0.0 with its quoted names.
    case text
    /// OpenMetrics 1.0.0 and the draft 0.0.1.
    case openMetrics
}

/// What a parser takes, and what it makes of it.
package struct ParseOptions: Sendable {
    package enum Duplicates: Sendable {
        /// As Prometheus does with what it scrapes.
        case keepFirst
        case reject
    }

    package enum Timestamps: String, Sendable, CaseIterable {
        case keep
        case drop
        /// A sample with a timestamp is an error.
        case refuse
    }

    /// Samples that are kept; those left out by `names` and duplicates do not count.
    package var maximumSamples = 1_000_000
    /// Bytes of the samples that are kept, as `FamilyBlock.byteCount` counts them.
    package var maximumBytes = Int.max
    /// Bytes of names and help texts, and about what a family takes beside its samples.
    package var maximumMetadataBytes = 256 << 20
    /// In bytes, without the line feed.
    package var maximumLineLength = 1 << 20
    /// Whether the last line of the text format must end, as the format's definition has it and nobody checks.
    package var requiresFinalNewline = false
    package var duplicates = Duplicates.keepFirst
    package var timestamps = Timestamps.keep
    package var names = NameFilter()
    /// What every sample gets.
    package var labels: AddedLabels?
    /// Samples whose names begin so are an error unless a label of `labels` tells them from the reader's own.
    package var reservedPrefix = ""

    package init() {}
}
