/// A family while its lines are read.
struct OpenFamily {
    /// Why a line cannot belong to the family.
    struct Refusal: Error {
        let message: String
    }

    private(set) var block: FamilyBlock
    private(set) var hasType = false
    private var hasHelp = false
    /// OpenMetrics: whether the family's counter samples have `_total` on their names; nil before the first.
    private var hasTotals: Bool?
    private var collector: MetricCollector?

    init(name: String) {
        block = FamilyBlock(FamilyDescriptor(name: name, kind: .untyped, help: ""))
    }

    private var name: String { block.descriptor.name }
    private var kind: MetricKind { block.descriptor.kind }

    // MARK: Metadata

    /// Takes the first help; Prometheus does not mind others.
    mutating func setHelp(_ help: String) {
        guard !hasHelp else { return }
        hasHelp = true
        block.descriptor.help = help
    }

    mutating func setUnit(_ unit: String) throws(Refusal) {
        guard unit.isEmpty || name.hasSuffix("_" + unit) else {
            throw Refusal(message: "unit \"\(unit)\" is not a suffix of metric \"\(name)\"")
        }
        block.descriptor.unit = unit
    }

    /// A type may be repeated, but neither changed nor given after samples.
    mutating func setType(_ kind: MetricKind) throws(Refusal) {
        if hasType {
            guard kind == self.kind else { throw Refusal(message: "second type of \"\(name)\"") }
            return
        }
        guard block.sampleCount == 0 else { throw Refusal(message: "type of \"\(name)\" is given after its samples") }
        hasType = true
        block.descriptor.kind = kind
        collector = kind.memberLabel(family: name).map { MetricCollector(memberLabel: $0) }
    }

    /// Whether samples with this suffix belong to a family of this kind.
    func accepts(_ suffix: SampleSuffix, _ format: ParseFormat) -> Bool {
        let isOpenMetrics = format == .openMetrics
        switch suffix {
        case .none: return ![.histogram, .gaugehistogram, .info].contains(kind)
        case .total: return isOpenMetrics && kind == .counter
        case .info: return isOpenMetrics && kind == .info
        case .created: return isOpenMetrics && [.counter, .histogram, .summary].contains(kind)
        case .bucket, .sum, .count, .gsum, .gcount: return kind.childSuffixes.contains(suffix)
        }
    }

    // MARK: Samples

    /// What a line says beside its name and labels.
    struct Line {
        let value: Double
        let suffix: SampleSuffix
        let timestamp: Int64?
    }

    private static let recordSize = MemoryLayout<SampleRecord>.stride

    /// Adds a sample whose labels have the form of the arena; the number of bytes it takes, 0 for a duplicate.
    @inline(__always)
    mutating func add(_ line: Line, labels: UnsafeRawBufferPointer) throws(Refusal) -> Int {
        guard collector == nil else { return try addMember(line, labels: labels) }
        if kind == .counter { try check(counter: line.value, line.suffix) }
        if kind == .info, line.value != 1 { block.fitsOpenMetrics = false }
        let stored: SampleSuffix = line.suffix == .created ? .created : .none
        let record = SampleRecord(labels: try block.span(copying: labels), suffix: stored, value: line.value)
        guard block.insertIfNew(record) else {
            block.arena.removeLast(labels.count)
            return 0
        }
        block.appendRecord(record, line.timestamp)
        return labels.count &+ Self.recordSize &+ (line.timestamp == nil ? 0 : 8)
    }

    /// A counter below zero is served, but OpenMetrics has no room for it.
    private mutating func check(counter value: Double, _ suffix: SampleSuffix) throws(Refusal) {
        if !(value >= 0) { block.fitsOpenMetrics = false }
        guard suffix != .created else { return }
        let hasTotal = suffix == .total
        guard hasTotals == nil || hasTotals == hasTotal else {
            throw Refusal(message: "counter \"\(name)\" has samples with and without _total")
        }
        hasTotals = hasTotal
    }

    private mutating func addMember(_ line: Line, labels: UnsafeRawBufferPointer) throws(Refusal) -> Int {
        // Both are taken out for the call, so that neither is copied.
        guard var collector = collector.take() else { return 0 }
        defer { self.collector = collector }
        let bytes = block.arena.count
        guard try collector.add(line, labels: labels, to: &block) else { return 0 }
        return block.arena.count - bytes + Self.recordSize + (line.timestamp == nil ? 0 : 8)
    }

    mutating func noteQuotedNames() {
        block.hasQuotedNames = true
    }

    /// The block in its final form: metrics together and in order, the name as declared.
    mutating func finish(_ format: ParseFormat, _ options: ParseOptions) throws(Refusal) -> FamilyBlock {
        try collector?.finish(&block, options.duplicates)
        if format == .openMetrics {
            if kind == .counter, hasTotals != false { block.descriptor.name += "_total" }
            if kind == .info { block.descriptor.name += "_info" }
        }
        block.seal()
        return block
    }
}

extension FamilyBlock {
    /// Copies labels in the arena's form to its end.
    @inline(__always)
    mutating func span(copying labels: UnsafeRawBufferPointer) throws(OpenFamily.Refusal) -> LabelSpan {
        let start = arena.count
        arena.append(contentsOf: labels)
        do { return try span(from: start) } catch { throw OpenFamily.Refusal(message: error.description) }
    }
}
