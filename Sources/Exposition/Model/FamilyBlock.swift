/// The samples of one family from one source: an arena of escaped label pairs and a record for each sample.
///
/// Everything is copied, checked and escaped on the way in, so that merging and encoding only copy bytes. No two
/// samples of a block have the same name and labels. An append that throws leaves the block as it was.
package struct FamilyBlock: Sendable {
    /// Copied when it is written to while another block shares it, so that a block is cheap to hand on.
    private var storage: FamilyStorage

    static let noTimestamp = Int64.min
    private static let recordSize = MemoryLayout<SampleRecord>.stride

    package init(_ descriptor: FamilyDescriptor) {
        storage = FamilyStorage(.init(descriptor: descriptor))
    }

    /// The parts of the block, for reading or for writing in place.
    var contents: FamilyStorage.Contents {
        @inline(__always) _read { yield storage.contents }
        @inline(__always) _modify {
            if !isKnownUniquelyReferenced(&storage) { storage = FamilyStorage(storage.contents) }
            yield &storage.contents
        }
    }

    package var sampleCount: Int { records.count }

    /// Whether any sample has a timestamp.
    package var hasTimestamps: Bool { timestamps.contains { $0 != Self.noTimestamp } }

    /// Bytes of labels and records, for limits; the table that finds duplicates is not counted.
    package var byteCount: Int {
        arena.count + records.count * Self.recordSize + timestamps.count * 8
    }

    /// Adds one sample of a counter, gauge, untyped or info.
    ///
    /// `labelValues` are as many as `layout.count`, in the order of its names. `timestamp` is in milliseconds.
    package mutating func append(
        _ value: Double,
        layout: LabelLayout,
        labelValues: UnsafeBufferPointer<UnsafeRawBufferPointer>,
        timestamp: Int64? = nil
    ) throws(SampleError) {
        try check(value)
        let labels = try write(layout, labelValues)
        try appendUnique(SampleRecord(labels: labels, suffix: .none, value: value), timestamp)
        if layout.hasQuotedNames { hasQuotedNames = true }
    }

    /// Adds one sample with labels in any order, for the few that are not worth a layout of their own.
    package mutating func append(
        _ value: Double,
        labels: [(name: String, value: String)] = [],
        timestamp: Int64? = nil
    ) throws(SampleError) {
        let layout: LabelLayout
        do { layout = try LabelLayout(names: [], constants: labels) } catch { throw .invalidLabels(error) }
        try append(value, layout: layout, labelValues: UnsafeBufferPointer(start: nil, count: 0), timestamp: timestamp)
    }

    package mutating func removeAll(keepingCapacity: Bool) {
        arena.removeAll(keepingCapacity: keepingCapacity)
        records.removeAll(keepingCapacity: keepingCapacity)
        timestamps.removeAll(keepingCapacity: keepingCapacity)
        metrics.removeAll(keepingCapacity: keepingCapacity)
        index.removeAll(keepingCapacity: keepingCapacity)
        hasQuotedNames = false
        fitsOpenMetrics = true
    }

    /// Gives back the table that finds duplicates; a later append builds it again.
    package mutating func seal() {
        index.removeAll(keepingCapacity: false)
    }

    @inline(__always)
    private func check(_ value: Double) throws(SampleError) {
        switch descriptor.kind {
        case .gauge, .untyped: return
        case .counter:
            if value.isNaN { throw .counterNotANumber }
            if value < 0 { throw .negativeCounter(value) }
        case .info:
            if value != 1 { throw .infoValue(value) }
        case .histogram, .summary, .stateset, .gaugehistogram: throw .wrongShape(descriptor.kind)
        }
    }
}

// MARK: - Records

extension FamilyBlock {
    /// Adds the record of a simple kind, whose labels end the arena; takes them off again when they are a duplicate.
    @inline(__always)
    private mutating func appendUnique(_ record: SampleRecord, _ timestamp: Int64?) throws(SampleError) {
        guard insertIfNew(record) else {
            let text = text(of: record.labels)
            arena.removeLast(arena.count - record.labels.start)
            throw .duplicate(labels: text)
        }
        appendRecord(record, timestamp)
    }

    /// Enters the labels in the index under the number of the next record; false when another record has them.
    @inline(__always)
    mutating func insertIfNew(_ record: SampleRecord) -> Bool {
        if index.count != records.count { rebuildIndex() }
        let hash = hash(record)
        var probe = index.probe(hash)
        while let other = index.next(&probe) {
            if records[other].suffixNumber == record.suffixNumber, isSame(records[other].labels, record.labels) {
                return false
            }
        }
        index.insert(records.count, hash: hash)
        return true
    }

    @inline(__always)
    func hash(_ record: SampleRecord) -> UInt32 {
        hash(record.labels, salt: UInt8(truncatingIfNeeded: record.suffixNumber))
    }

    @inline(__always)
    func hash(_ labels: LabelSpan, salt: UInt8 = 0) -> UInt32 {
        arena.withUnsafeBytes { arena in
            LabelIndex.hash(UnsafeRawBufferPointer(rebasing: arena[labels.start..<labels.end]), salt: salt)
        }
    }

    /// Makes the index of a sealed block anew.
    mutating func rebuildIndex() {
        index.removeAll(keepingCapacity: false)
        if descriptor.kind.isComposite {
            index.reserve(metrics.count)
            for (number, metric) in metrics.enumerated() { index.insert(number, hash: hash(metric.labels)) }
        } else {
            index.reserve(records.count)
            for (number, record) in records.enumerated() { index.insert(number, hash: hash(record)) }
        }
    }

    @inline(__always)
    mutating func appendRecord(_ record: SampleRecord, _ timestamp: Int64?) {
        if let timestamp {
            if timestamps.isEmpty { timestamps = Array(repeating: Self.noTimestamp, count: records.count) }
            timestamps.append(timestamp)
        } else if !timestamps.isEmpty {
            timestamps.append(Self.noTimestamp)
        }
        records.append(record)
    }

    @inline(__always)
    func isSame(_ first: LabelSpan, _ second: LabelSpan) -> Bool {
        guard first.length == second.length else { return false }
        return arena.withUnsafeBytes { arena in
            ByteCompare.isEqual(
                UnsafeRawBufferPointer(rebasing: arena[first.start..<first.end]),
                UnsafeRawBufferPointer(rebasing: arena[second.start..<second.end])
            )
        }
    }

    func text(of labels: LabelSpan) -> String {
        String(decoding: arena[labels.start..<labels.end], as: UTF8.self)
    }

    /// Ends a piece of the arena that began at `start`; throws, with the piece taken off, when it is too long.
    @inline(__always)
    mutating func span(from start: Int) throws(SampleError) -> LabelSpan {
        let length = arena.count &- start
        guard length <= LabelSpan.maximumLength, arena.count <= Int(UInt32.max) else {
            arena.removeLast(length)
            if length > LabelSpan.maximumLength { throw .tooLong(bytes: length) }
            throw .full
        }
        return LabelSpan(offset: UInt32(truncatingIfNeeded: start), length: UInt32(truncatingIfNeeded: length))
    }

    /// Writes the label pairs of one emission to the end of the arena.
    @inline(__always)
    mutating func write(
        _ layout: LabelLayout,
        _ values: UnsafeBufferPointer<UnsafeRawBufferPointer>
    ) throws(SampleError) -> LabelSpan {
        guard values.count == layout.count else { throw .labelCount(got: values.count, expected: layout.count) }
        let start = arena.count
        let failed = layout.text.withUnsafeBytes { text -> Int? in
            for slot in layout.slots {
                arena.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[slot.literal]))
                guard LabelText.append(values[slot.valueIndex], to: &arena) else { return slot.valueIndex }
            }
            arena.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[layout.tail]))
            return nil
        }
        if let failed {
            arena.removeLast(arena.count - start)
            throw .invalidUTF8(label: layout.names[failed])
        }
        return try span(from: start)
    }
}
