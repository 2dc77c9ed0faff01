import SQLite

/// What is sent, in which order, and when it leaves the queue.
extension SampleQueue {
    /// The samples of a shard that waited longest; nil when none waits.
    ///
    /// Rows are joined to one message within the limit. They stay in the queue until they are settled.
    package func next(shard: Int, now: Int64) -> Parcel? {
        enforceLimits(now: now)
        guard hasGathered else { return parcel(of: shard) }
        // One after the other, and before all that came later.
        guard gatheredInFlight.isEmpty else { return nil }
        if let parcel = parcel(of: Self.gathered) {
            guard shard == 0 else {
                giveBack(parcel)
                return nil
            }
            gatheredInFlight = Set(parcel.rows)
            return parcel
        }
        hasGathered = false
        return parcel(of: shard)
    }

    private func parcel(of shard: Int) -> Parcel? {
        var gathering = Gathering(limit: limits.row)
        let isAlone = shard < 0 || doubtful[shard] > 0
        do throws(SQLiteError) {
            try gather(shard, isAlone: isAlone, &gathering)
        } catch {
            handle(error)
            return nil
        }
        if gathering.samples.isEmpty || !isAlone {
            for row in unwritten.lazy.flatMap(\.rows) where row.shard == shard && inFlight[row.id] == nil {
                guard gathering.takes(row.samples.count, row.size, isAlone: isAlone) else { break }
                gathering.add(row.id, row.samples, row.size)
            }
        }
        guard !gathering.samples.isEmpty else { return nil }
        if shard >= 0, isAlone { doubtful[shard] -= gathering.samples.count }
        for (row, count) in gathering.rows { inFlight[row] = count }
        return Parcel(rows: gathering.rows.map(\.id), samples: gathering.samples)
    }

    private func gather(_ shard: Int, isAlone: Bool, _ gathering: inout Gathering) throws(SQLiteError) {
        guard let store else { return }
        var damaged: [Int64] = []
        var lost = 0
        var taken = gathering
        try store.rows(of: shard, after: 0) { row, data in
            guard inFlight[row.id] == nil, !delivered.contains(row.id) else { return true }
            guard taken.takes(row.samples, row.size, isAlone: isAlone) else { return false }
            if let samples = SampleBlock.decode(data()) {
                taken.add(row.id, samples, row.size)
            } else {
                damaged.append(row.id)
                lost += row.samples
            }
            return true
        }
        gathering = taken
        guard !damaged.isEmpty else { return }
        note(SQLiteError(.damaged, "\(damaged.count) rows are damaged", path: path))
        events.drop(.corrupt, lost)
        diskRows -= damaged.count
        diskSamples -= lost
        try store.delete(damaged)
    }

    /// Rows that are joined.
    private struct Gathering {
        let limit: RowLimit
        var rows: [(id: Int64, samples: Int)] = []
        var samples: [SeriesSample] = []
        var size = 0

        init(limit: RowLimit) { self.limit = limit }

        func takes(_ count: Int, _ bytes: Int, isAlone: Bool) -> Bool {
            if samples.isEmpty { return true }
            return !isAlone && samples.count + count <= limit.samples && size + bytes <= limit.bytes
        }

        mutating func add(_ row: Int64, _ more: [SeriesSample], _ bytes: Int) {
            rows.append((row, more.count))
            samples += more
            size += bytes
        }
    }

    /// Takes a parcel's rows out of the queue: they were delivered, or refused for good.
    package func settle(_ parcel: Parcel, now: Int64) {
        var gone = Set(parcel.rows)
        for number in unwritten.indices {
            unwritten[number].rows.removeAll { row in gone.remove(row.id) != nil }
        }
        let onDisk = gone.sorted()
        diskRows -= onDisk.count
        diskSamples -= onDisk.reduce(0) { $0 + (inFlight[$1] ?? 0) }
        release(parcel)
        guard !onDisk.isEmpty, let store else { return }
        do throws(SQLiteError) {
            try store.delete(delivered + onDisk)
            delivered = []
            usedBytes = try store.usedBytes
            if diskRows == 0 { try store.shrink() }
        } catch {
            delivered += onDisk
            handle(error)
        }
    }

    /// Puts a parcel back, for it could not be sent before the end.
    package func giveBack(_ parcel: Parcel) {
        release(parcel)
    }

    private func release(_ parcel: Parcel) {
        for row in parcel.rows { inFlight[row] = nil }
        gatheredInFlight.subtract(parcel.rows)
    }
}
