import Glibc
package import SQLite

/// What waits to be sent to one endpoint, on disk; in memory, within bounds, while the disk does not take it.
///
/// Used by one thread at a time. Nothing here waits for anything but the disk.
package final class SampleQueue {
    package struct Limits: Sendable, Equatable {
        /// Of the file.
        package var bytes: Int
        /// Milliseconds that a sample may wait.
        package var age: Int64
        /// Samples kept in memory while the disk does not take them.
        package var memorySamples: Int
        package var row: RowLimit

        package init(bytes: Int, age: Int64, memorySamples: Int, row: RowLimit) {
            self.bytes = bytes
            self.age = age
            self.memorySamples = memorySamples
            self.row = row
        }
    }

    /// Samples that are sent in one message, and the rows they come from.
    package struct Parcel: Sendable {
        package let rows: [Int64]
        package let samples: [SeriesSample]
    }

    /// What a queue had to give up or to complain about.
    package struct Events {
        package var dropped: [DropReason: Int] = [:]
        package var errors: [SQLiteError] = []
        /// The file was begun anew: it knows no series any more.
        package var hasLostSeries = false

        mutating func drop(_ reason: DropReason, _ count: Int) {
            if count > 0 { dropped[reason, default: 0] += count }
        }
    }

    /// Where rows lie that were written with another number of shards; they go first, in order.
    static let gathered = -1
    /// Milliseconds between two tries to open a file that cannot be opened.
    static let reopenInterval: Int64 = 10_000

    let path: String
    let limits: Limits
    let shards: Int
    var store: QueueStore?
    var nextRow: Int64 = 1
    /// Collections that are not on disk.
    var unwritten: [Prepared] = []
    /// Rows that are being sent, with their samples.
    var inFlight: [Int64: Int] = [:]
    /// Rows that were delivered and that the disk could not be told of.
    var delivered: [Int64] = []
    /// By shard: samples that may have been delivered before a restart; their rows are not joined with others.
    var doubtful: [Int]
    var hasGathered = false
    var gatheredInFlight: Set<Int64> = []
    var nextReopening = Int64.min
    var events = Events()
    var diskRows = 0
    var diskSamples = 0

    /// Nothing is opened yet.
    package init(path: String, shards: Int, limits: Limits) {
        self.path = path
        self.shards = shards
        self.limits = limits
        doubtful = Array(repeating: limits.row.samples, count: shards)
    }

    // MARK: State

    package var pendingSamples: Int {
        diskSamples + unwritten.reduce(0) { $0 + $1.rows.reduce(0) { $0 + $1.samples.count } }
    }
    package var isOnDisk: Bool { store != nil && unwritten.isEmpty }
    package internal(set) var usedBytes = 0

    /// Milliseconds since 1970 of the row that waits longest; nil when none does.
    package var oldestTime: Int64? {
        var time: Int64?
        try? store?.oldest { row in
            time = row.time
            return false
        }
        return time ?? unwritten.lazy.flatMap(\.rows).first?.time
    }

    /// What happened since the last call.
    package func takeEvents() -> Events {
        defer { events = Events() }
        return events
    }

    // MARK: Opening

    /// What the file knows from before.
    package struct Restored {
        package var families: [(number: Int64, metadata: MetricMetadata)] = []
        package var series: [Intake.NewSeries] = []
        /// Milliseconds, of the youngest sample that was ever queued.
        package var lastTime = Int64.min
        package var nextSeries: Int64 = 1
        package var nextFamily: Int64 = 1
    }

    /// Opens the file, which is made when it is not there and begun anew when it is damaged.
    package func open(now: Int64) -> Restored {
        nextReopening = now + Self.reopenInterval
        do throws(SQLiteError) {
            return try openStore()
        } catch {
            note(error)
            guard error.kind == .damaged else { return unopened(now) }
            setAside()
        }
        do throws(SQLiteError) { return try openStore() } catch { note(error) }
        return unopened(now)
    }

    /// Numbers that no file has which could be opened later: microseconds since 1970.
    private func unopened(_ now: Int64) -> Restored {
        let first = max(1, now * 1000)
        nextRow = first
        return Restored(nextSeries: first, nextFamily: first)
    }

    private func openStore() throws(SQLiteError) -> Restored {
        let store = try QueueStore(path: path)
        let totals = try store.totals()
        var restored = Restored(nextSeries: totals.lastSeries + 1, nextFamily: totals.lastFamily + 1)
        let live = try store.liveSeries()
        restored.families = live.families.map { ($0.0, $0.1) }
        restored.series = live.series
        let lastTime = try store.setting("last_time")
        if lastTime > 0 { restored.lastTime = lastTime }
        if try store.setting("shards") != shards {
            try store.gatherRows(in: Self.gathered)
            try store.set("shards", Int64(shards))
        }
        usedBytes = try store.usedBytes
        hasGathered = true
        nextRow = max(nextRow, totals.lastRow + 1)
        (diskRows, diskSamples) = (totals.rows, totals.samples)
        self.store = store
        return restored
    }

    /// Moves the damaged file out of the way; the one before it is replaced.
    private func setAside() {
        events.drop(.corrupt, diskSamples)
        store = nil
        (diskRows, diskSamples, usedBytes) = (0, 0, 0)
        inFlight = [:]
        gatheredInFlight = []
        delivered = []
        Database.setAside(path, as: path + ".damaged")
    }

    /// Notes an error; a damaged file is begun anew.
    func handle(_ error: SQLiteError) {
        note(error)
        guard error.kind == .damaged else { return }
        setAside()
        events.hasLostSeries = true
        do throws(SQLiteError) { _ = try openStore() } catch { note(error) }
    }

    func note(_ error: SQLiteError) { events.errors.append(error) }

    // MARK: In

    /// Queues what was collected; it is on disk when this returns, unless the disk does not take it.
    package func append(_ intake: consuming Intake, now: Int64) {
        let prepared = prepare(intake)
        if !prepared.isEmpty { unwritten.append(prepared) }
        write(now: now)
        enforceLimits(now: now)
    }

    private func prepare(_ intake: Intake) -> Prepared {
        var prepared = Prepared()
        prepared.families = intake.newFamilies.map { ($0.number, $0.metadata) }
        prepared.series = intake.newSeries
        prepared.ended = intake.ended
        for (shard, rows) in intake.rows.enumerated() {
            for row in rows {
                prepared.rows.append(
                    .init(id: nextRow, shard: shard, time: row.time, size: row.size, samples: row.samples)
                )
                nextRow += 1
            }
        }
        prepared.lastRow = nextRow - 1
        return prepared
    }

    private func write(now: Int64) {
        if store == nil, now >= nextReopening {
            nextReopening = now + Self.reopenInterval
            do throws(SQLiteError) {
                _ = try openStore()
                events.hasLostSeries = true
            } catch { handle(error) }
        }
        guard !unwritten.isEmpty || !delivered.isEmpty else { return }
        do throws(SQLiteError) {
            try writeAll()
        } catch  where error.kind == .full {
            note(error)
            makeRoom()
        } catch {
            handle(error)
        }
    }

    private func writeAll() throws(SQLiteError) {
        guard let store else { return }
        if !delivered.isEmpty {
            try store.delete(delivered)
            delivered = []
        }
        if !unwritten.isEmpty {
            try store.write(unwritten)
            let rows = unwritten.flatMap(\.rows)
            diskRows += rows.count
            diskSamples += rows.reduce(0) { $0 + $1.samples.count }
            unwritten = []
        }
        usedBytes = try store.usedBytes
    }

    /// The file system is full, also for taking away what was delivered: that needs room in the log.
    ///
    /// The log is emptied where it can be; a file with nothing in it that still has to be sent is begun anew.
    private func makeRoom() {
        do throws(SQLiteError) {
            try store?.emptyLog()
            return try writeAll()
        } catch {
            guard diskRows == 0, error.kind == .full else { return }
        }
        store = nil
        for suffix in ["", "-wal"] { unlink(path + suffix) }
        (delivered, usedBytes) = ([], 0)
        events.hasLostSeries = true
        do throws(SQLiteError) {
            _ = try openStore()
            try writeAll()
        } catch { note(error) }
    }

    /// Writes what could not be written before, and drops what has waited too long.
    package func tidy(now: Int64) {
        write(now: now)
        enforceLimits(now: now)
    }

    /// Milliseconds that samples may wait.
    package var maxAge: Int64 { limits.age }
}

extension Prepared {
    fileprivate var isEmpty: Bool { families.isEmpty && series.isEmpty && rows.isEmpty && ended.isEmpty }
}

extension SampleQueue: SeriesCatalog {
    package func series(_ number: Int64) -> SeriesRecord? {
        for part in unwritten {
            if let found = part.series.first(where: { $0.number == number }) { return found.record }
        }
        return (try? store?.series(number)) ?? nil
    }

    package func metadata(ofFamily number: Int64) -> MetricMetadata? {
        for part in unwritten {
            if let found = part.families.first(where: { $0.0 == number }) { return found.1 }
        }
        return (try? store?.family(number)) ?? nil
    }
}
