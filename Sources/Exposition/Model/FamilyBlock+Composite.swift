extension FamilyBlock {
    /// Adds a histogram or gauge histogram: its buckets, `+Inf` among them, its sum where given, its count.
    ///
    /// Without a count it is that of `+Inf`; without `+Inf` that is the count, or the highest bucket's.
    package mutating func appendHistogram(
        _ histogram: HistogramValue,
        layout: LabelLayout,
        labelValues: UnsafeBufferPointer<UnsafeRawBufferPointer>
    ) throws(SampleError) {
        let kind = descriptor.kind
        guard kind == .histogram || kind == .gaugehistogram else { throw .wrongShape(kind) }
        let value = try histogram.completed()
        var members = value.buckets.map {
            MetricMember($0.cumulativeCount, .bucket, label: CanonicalNumber.text($0.upperBound))
        }
        if let sum = value.sum { members.append(MetricMember(sum, kind == .histogram ? .sum : .gsum)) }
        if let count = value.count { members.append(MetricMember(count, kind == .histogram ? .count : .gcount)) }
        try appendMetric(members, layout, labelValues)
        if !value.fitsOpenMetrics(kind) { fitsOpenMetrics = false }
    }

    /// Adds a summary: its quantiles, and its sum and count where given.
    package mutating func appendSummary(
        _ summary: SummaryValue,
        layout: LabelLayout,
        labelValues: UnsafeBufferPointer<UnsafeRawBufferPointer>
    ) throws(SampleError) {
        guard descriptor.kind == .summary else { throw .wrongShape(descriptor.kind) }
        let value = try summary.completed()
        var members = value.quantiles.map {
            MetricMember($0.value, .none, label: CanonicalNumber.text($0.quantile))
        }
        if let sum = value.sum { members.append(MetricMember(sum, .sum)) }
        if let count = value.count { members.append(MetricMember(count, .count)) }
        try appendMetric(members, layout, labelValues)
        if !value.fitsOpenMetrics { fitsOpenMetrics = false }
    }

    /// Adds a stateset: a sample of 1 or 0 for each state, in a label named as the family.
    package mutating func appendStates(
        _ states: [(name: String, isActive: Bool)],
        layout: LabelLayout,
        labelValues: UnsafeBufferPointer<UnsafeRawBufferPointer>
    ) throws(SampleError) {
        guard descriptor.kind == .stateset else { throw .wrongShape(descriptor.kind) }
        let sorted = states.sorted { $0.name.precedes($1.name) }
        for (state, next) in zip(sorted, sorted.dropFirst()) where state.name.hasSameBytes(as: next.name) {
            throw .duplicateState(state.name)
        }
        let members = states.map { MetricMember($0.isActive ? 1 : 0, .none, label: $0.name) }
        try appendMetric(members, layout, labelValues)
        if !LabelName.isValidLegacy(descriptor.name) { hasQuotedNames = true }
    }

    /// Adds all samples of one metric or, when one cannot be added, none.
    private mutating func appendMetric(
        _ members: [MetricMember],
        _ layout: LabelLayout,
        _ labelValues: UnsafeBufferPointer<UnsafeRawBufferPointer>
    ) throws(SampleError) {
        let kind = descriptor.kind
        guard let name = kind.memberLabel(family: descriptor.name) else { throw .wrongShape(kind) }
        guard let position = layout.position(of: name) else { throw .reservedLabel(name) }
        guard !members.isEmpty else { return }
        let labels = try write(layout, labelValues)
        do throws(SampleError) {
            guard let hash = hashOfNew(labels) else { throw .duplicate(labels: text(of: labels)) }
            let gap = start(ofLabel: position, in: labels)
            let added = try write(members, name: name, labels: labels, gap: gap)
            insertMetric(labels, hash: hash)
            for record in added { appendRecord(record, nil) }
            if layout.hasQuotedNames { hasQuotedNames = true }
        } catch {
            arena.removeLast(arena.count - labels.start)
            throw error
        }
    }

    /// The hash of a metric's labels; nil when the block has that metric.
    private mutating func hashOfNew(_ labels: LabelSpan) -> UInt32? {
        if index.count != metrics.count { rebuildIndex() }
        let hash = hash(labels)
        return metric(with: labels, hash: hash) == nil ? hash : nil
    }

    private mutating func insertMetric(_ labels: LabelSpan, hash: UInt32) {
        index.insert(metrics.count, hash: hash)
        metrics.append(MetricSpan(labels: labels, firstRecord: UInt32(truncatingIfNeeded: records.count)))
    }

    /// Begins a metric whose records follow; false when the block has it.
    mutating func insertMetricIfNew(_ labels: LabelSpan) -> Bool {
        guard let hash = hashOfNew(labels) else { return false }
        insertMetric(labels, hash: hash)
        return true
    }

    /// The number of the metric with these labels.
    func metric(with labels: LabelSpan, hash: UInt32) -> Int? {
        var probe = index.probe(hash)
        while let other = index.next(&probe) {
            if isSame(metrics[other].labels, labels) { return other }
        }
        return nil
    }

    /// Where the label with this number begins, from the start of `labels`; their end when there are fewer.
    private func start(ofLabel number: Int, in labels: LabelSpan) -> Int {
        arena.withUnsafeBytes { arena in
            var scanner = LabelScanner(UnsafeRawBufferPointer(rebasing: arena[labels.start..<labels.end]))
            for _ in 0..<number { _ = scanner.next() }
            return scanner.position
        }
    }

    /// Writes the labels of the members into the arena; the records are not added yet.
    private mutating func write(
        _ members: [MetricMember],
        name: String,
        labels: LabelSpan,
        gap: Int
    ) throws(SampleError) -> [SampleRecord] {
        let before = Array(arena[labels.start..<labels.start + gap])
        let after = Array(arena[labels.start + gap..<labels.end])
        var added: [SampleRecord] = []
        for member in members {
            guard let label = member.label else {
                added.append(SampleRecord(labels: labels, suffix: member.suffix, value: member.value))
                continue
            }
            let start = arena.count
            arena.append(contentsOf: before)
            if after.isEmpty, !before.isEmpty { arena.append(UInt8(ascii: ",")) }
            LabelText.appendName(name, to: &arena)
            arena.append(UInt8(ascii: "="))
            LabelText.appendQuoted(label, to: &arena)
            if !after.isEmpty { arena.append(UInt8(ascii: ",")) }
            arena.append(contentsOf: after)
            added.append(SampleRecord(labels: try span(from: start), suffix: member.suffix, value: member.value))
        }
        return added
    }
}

/// One sample of a composite metric before its labels are written.
private struct MetricMember {
    let value: Double
    let suffix: SampleSuffix
    /// The value of `le`, `quantile` or the state's label; nil for sums and counts.
    let label: String?

    init(_ value: Double, _ suffix: SampleSuffix, label: String? = nil) {
        self.value = value
        self.suffix = suffix
        self.label = label
    }
}
