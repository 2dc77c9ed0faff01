import SQLite

/// Samples that waited too long, or do not fit, give way; the oldest first.
extension SampleQueue {
    func enforceLimits(now: Int64) {
        dropFromMemory(now: now)
        guard store != nil else { return }
        do throws(SQLiteError) {
            while let oldest = try expired(before: now - limits.age), try drop(oldest, .age) {}
            while usedBytes > limits.bytes {
                guard try drop(try oldestRows(), .size) else { return }
            }
        } catch {
            handle(error)
        }
    }

    /// Rows dropped at a time.
    private static let step = 64

    private func expired(before time: Int64) throws(SQLiteError) -> [QueueStore.RowHead]? {
        let rows = try oldestRows().prefix { $0.time < time }
        return rows.isEmpty ? nil : Array(rows)
    }

    private func oldestRows() throws(SQLiteError) -> [QueueStore.RowHead] {
        var rows: [QueueStore.RowHead] = []
        try store?.oldest { row in
            if inFlight[row.id] == nil, !delivered.contains(row.id) { rows.append(row) }
            return rows.count < Self.step
        }
        return rows
    }

    /// False when there was nothing to drop.
    private func drop(_ rows: [QueueStore.RowHead], _ reason: DropReason) throws(SQLiteError) -> Bool {
        guard !rows.isEmpty, let store else { return false }
        try store.delete(rows.map(\.id))
        let samples = rows.reduce(0) { $0 + $1.samples }
        diskRows -= rows.count
        diskSamples -= samples
        events.drop(reason, samples)
        usedBytes = try store.usedBytes
        return true
    }

    private func dropFromMemory(now: Int64) {
        var count = unwritten.reduce(0) { $0 + $1.rows.reduce(0) { $0 + $1.samples.count } }
        for number in unwritten.indices {
            unwritten[number].rows.removeAll { row in
                guard inFlight[row.id] == nil else { return false }
                let isOld = row.time < now - limits.age
                guard isOld || count > limits.memorySamples else { return false }
                count -= row.samples.count
                events.drop(isOld ? .age : .disk, row.samples.count)
                return true
            }
        }
        forgetEnded()
    }

    /// Series that began and ended while nothing could be written, and of which no row speaks, are forgotten.
    private func forgetEnded() {
        guard unwritten.count > 1 else { return }
        let oldest = unwritten.firstIndex { !$0.rows.isEmpty } ?? unwritten.count - 1
        guard oldest > 0 else { return }
        let ended = Set(unwritten[..<oldest].flatMap(\.ended))
        var first = unwritten[oldest]
        for old in unwritten[..<oldest].reversed() {
            first.families = old.families + first.families
            first.series = old.series.filter { !ended.contains($0.number) } + first.series
            // Those that are on disk still have to be told that they ended.
            let begun = Set(old.series.map(\.number))
            first.ended = old.ended.filter { !begun.contains($0) } + first.ended
        }
        unwritten.removeSubrange(..<oldest)
        unwritten[0] = first
    }
}
