/// Gathers the samples of a composite kind into metrics while their lines come in any order.
struct MetricCollector {
    /// What a record of the block is within its metric.
    struct Role {
        let metric: Int
        /// Buckets and quantiles, then the sum, the count and the creation time.
        let rank: Int
        /// The number in `le` or `quantile`; 0 for the others.
        let bound: Double

        func precedes(_ other: Role) -> Bool {
            if metric != other.metric { return metric < other.metric }
            return rank != other.rank ? rank < other.rank : bound < other.bound
        }

        func isSame(as other: Role) -> Bool {
            metric == other.metric && rank == other.rank && bound == other.bound
        }
    }

    private let label: String
    /// The label's name as in the arena, without quotes.
    private let labelBytes: [UInt8]
    private var roles: [Role] = []
    /// The records of a stateset by all their labels.
    private var states = LabelIndex()
    /// The labels of the line at hand without the member's.
    private var rest: [UInt8] = []
    private var lastMetric = 0
    private var bounds = BoundCache()

    init(memberLabel: String) {
        label = memberLabel
        var bytes: [UInt8] = []
        LabelText.appendEscaped(memberLabel, to: &bytes)
        labelBytes = bytes
    }

    /// Adds one sample; false when it is a state that is there already.
    mutating func add(
        _ member: OpenFamily.Line,
        labels: UnsafeRawBufferPointer,
        to block: inout FamilyBlock
    ) throws(OpenFamily.Refusal) -> Bool {
        let found = split(labels)
        let kind = block.descriptor.kind
        let isPart = member.suffix == .none || member.suffix == .bucket
        guard isPart == (found != nil) else {
            throw OpenFamily.Refusal(
                message: isPart
                    ? "sample of \(kind.rawValue) \"\(block.descriptor.name)\" has no label \"\(label)\""
                    : "label \"\(label)\" is reserved"
            )
        }
        let metric = try metric(in: &block)
        var span = block.metrics[metric].labels
        var bound = 0.0
        if found != nil, kind == .stateset {
            span = try block.span(copying: labels)
            guard insertState(span, block) else {
                block.arena.removeLast(labels.count)
                return false
            }
        } else if let found {
            (span, bound) = try copy(labels, value: found, to: &block)
        }
        block.appendRecord(SampleRecord(labels: span, suffix: member.suffix, value: member.value), member.timestamp)
        roles.append(Role(metric: metric, rank: member.suffix.rank, bound: bound))
        return true
    }

    /// Puts the labels without the member's into `rest`; returns where the member's value is, if it has one.
    private mutating func split(_ labels: UnsafeRawBufferPointer) -> Range<Int>? {
        rest.removeAll(keepingCapacity: true)
        var scanner = LabelScanner(labels)
        var start = 0
        while let pair = scanner.next() {
            let name = UnsafeRawBufferPointer(rebasing: labels[pair.name])
            guard labelBytes.withUnsafeBytes({ ByteCompare.isEqual($0, name) }) else {
                start = scanner.position
                continue
            }
            let isLast = scanner.position == labels.count
            let end = isLast ? max(0, start - 1) : start
            rest.append(contentsOf: UnsafeRawBufferPointer(rebasing: labels[..<end]))
            rest.append(contentsOf: UnsafeRawBufferPointer(rebasing: labels[scanner.position...]))
            return pair.value
        }
        rest.append(contentsOf: labels)
        return nil
    }

    /// The number of the metric whose labels are in `rest`, begun when it is new.
    private mutating func metric(in block: inout FamilyBlock) throws(OpenFamily.Refusal) -> Int {
        if lastMetric < block.metrics.count {
            let labels = block.metrics[lastMetric].labels
            let isSame = block.arena.withUnsafeBytes { arena in
                rest.withUnsafeBytes { rest in
                    ByteCompare.isEqual(UnsafeRawBufferPointer(rebasing: arena[labels.start..<labels.end]), rest)
                }
            }
            if isSame { return lastMetric }
        }
        let start = block.arena.count
        block.arena.append(contentsOf: rest)
        let span: LabelSpan
        do { span = try block.span(from: start) } catch { throw OpenFamily.Refusal(message: error.description) }
        if block.insertMetricIfNew(span) {
            lastMetric = block.metrics.count - 1
        } else {
            lastMetric = block.metric(with: span, hash: block.hash(span)) ?? 0
            block.arena.removeLast(rest.count)
        }
        return lastMetric
    }

    private mutating func insertState(_ labels: LabelSpan, _ block: FamilyBlock) -> Bool {
        let hash = block.hash(labels)
        var probe = states.probe(hash)
        while let other = states.next(&probe) {
            if block.isSame(block.records[other].labels, labels) { return false }
        }
        states.insert(block.records.count, hash: hash)
        return true
    }

    /// Copies the labels with the number in `value` in its one spelling.
    private mutating func copy(
        _ labels: UnsafeRawBufferPointer,
        value: Range<Int>,
        to block: inout FamilyBlock
    ) throws(OpenFamily.Refusal) -> (LabelSpan, Double) {
        let text = UnsafeRawBufferPointer(rebasing: labels[value])
        guard let entry = bounds.entry(for: text) else {
            let shown = String(decoding: text, as: UTF8.self).debugDescription
            throw OpenFamily.Refusal(message: "label \"\(label)\" must be a number, got \(shown)")
        }
        let start = block.arena.count
        block.arena.append(contentsOf: UnsafeRawBufferPointer(rebasing: labels[..<value.lowerBound]))
        block.arena.append(contentsOf: entry.canonical)
        block.arena.append(contentsOf: UnsafeRawBufferPointer(rebasing: labels[value.upperBound...]))
        do { return (try block.span(from: start), entry.bound) } catch {
            throw OpenFamily.Refusal(message: error.description)
        }
    }

    /// Brings the records of each metric together, buckets in the order of their bounds.
    mutating func finish(
        _ block: inout FamilyBlock,
        _ duplicates: ParseOptions.Duplicates
    ) throws(OpenFamily.Refusal) {
        let isStateset = block.descriptor.kind == .stateset
        let isOrdered = roles.indices.dropFirst().allSatisfy { number in
            let (last, role) = (roles[number - 1], roles[number])
            return last.precedes(role) || (isStateset && last.isSame(as: role))
        }
        if !isOrdered {
            var order = roles.indices.sorted { roles[$0].precedes(roles[$1]) }
            if !isStateset { try removeRepeated(&order, block, duplicates) }
            block.reorder(order)
            roles = order.map { roles[$0] }
        }
        block.setFirstRecords(metrics: roles.lazy.map(\.metric))
        block.judgeMetrics(bounds: roles.map(\.bound))
    }

    private func removeRepeated(
        _ order: inout [Int],
        _ block: FamilyBlock,
        _ duplicates: ParseOptions.Duplicates
    ) throws(OpenFamily.Refusal) {
        var kept: [Int] = []
        for number in order {
            guard let last = kept.last, roles[last].isSame(as: roles[number]) else {
                kept.append(number)
                continue
            }
            guard duplicates == .keepFirst else {
                let labels = block.text(of: block.records[number].labels)
                throw OpenFamily.Refusal(message: "duplicate sample {\(labels)} of \"\(block.descriptor.name)\"")
            }
        }
        order = kept
    }
}

extension SampleSuffix {
    /// The place of such samples in their metric.
    fileprivate var rank: Int {
        switch self {
        case .none, .bucket, .total, .info: 0
        case .sum, .gsum: 1
        case .count, .gcount: 2
        case .created: 3
        }
    }
}
