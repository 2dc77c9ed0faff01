import Glibc

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
        package var errors: [QueueError] = []
        /// The file was begun anew: it knows no series any more.
        package var hasLostSeries = false

        fileprivate mutating func drop(_ reason: DropReason, _ count: Int) {
            if count > 0 { dropped[reason, default: 0] += count }
        }
    }

    /// Where rows lie that were written with another number of shards; they go first, in order.
    static let gathered = -1
    /// Milliseconds between two tries to open a file that cannot be opened.
    static let reopenInterval: Int64 = 10_000

    let path: String
    let limits: Limits
    private let shards: Int
    private var store: QueueStore?
    private var nextRow: Int64 = 1
    /// Collections that are not on disk.
    private var unwritten: [Prepared] = []
    /// Rows that are being sent, with their samples.
    private var inFlight: [Int64: Int] = [:]
    /// Rows that were delivered and that the disk could not be told of.
    private var delivered: [Int64] = []
    /// By shard: samples that may have been delivered before a restart; their rows are not joined with others.
    private var doubtful: [Int]
    private var hasGathered = false
    private var nextReopening = Int64.min
    private var events = Events()
    private var diskRows = 0
    private var diskSamples = 0

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
    package private(set) var usedBytes = 0

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
        do throws(QueueError) {
            return try openStore()
        } catch .damaged(let text) {
            note(.damaged(text))
            setAside()
        } catch {
            note(error)
            return unopened(now)
        }
        do throws(QueueError) { return try openStore() } catch { note(error) }
        return unopened(now)
    }

    /// Numbers that no file has which could be opened later: microseconds since 1970.
    private func unopened(_ now: Int64) -> Restored {
        let first = max(1, now * 1000)
        nextRow = first
        return Restored(nextSeries: first, nextFamily: first)
    }

    private func openStore() throws(QueueError) -> Restored {
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
        delivered = []
        for suffix in ["", "-wal"] where rename(path + suffix, path + ".damaged" + suffix) != 0 {
            unlink(path + suffix)
        }
    }

    /// Notes an error; a damaged file is begun anew.
    private func handle(_ error: QueueError) {
        note(error)
        guard case .damaged = error else { return }
        setAside()
        events.hasLostSeries = true
        do throws(QueueError) { _ = try openStore() } catch { note(error) }
    }

    private func note(_ error: QueueError) { events.errors.append(error) }

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
            do throws(QueueError) {
                _ = try openStore()
                events.hasLostSeries = true
            } catch { handle(error) }
        }
        guard !unwritten.isEmpty || !delivered.isEmpty else { return }
        do throws(QueueError) {
            try writeAll()
        } catch .full(let text) {
            note(.full(text))
            makeRoom()
        } catch {
            handle(error)
        }
    }

    private func writeAll() throws(QueueError) {
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
        do throws(QueueError) {
            try store?.emptyLog()
            return try writeAll()
        } catch {
            guard diskRows == 0, case .full = error else { return }
        }
        store = nil
        for suffix in ["", "-wal"] { unlink(path + suffix) }
        (delivered, usedBytes) = ([], 0)
        events.hasLostSeries = true
        do throws(QueueError) {
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

    // MARK: Limits

    private func enforceLimits(now: Int64) {
        dropFromMemory(now: now)
        guard store != nil else { return }
        do throws(QueueError) {
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

    private func expired(before time: Int64) throws(QueueError) -> [QueueStore.RowHead]? {
        let rows = try oldestRows().prefix { $0.time < time }
        return rows.isEmpty ? nil : Array(rows)
    }

    private func oldestRows() throws(QueueError) -> [QueueStore.RowHead] {
        var rows: [QueueStore.RowHead] = []
        try store?.oldest { row in
            if inFlight[row.id] == nil, !delivered.contains(row.id) { rows.append(row) }
            return rows.count < Self.step
        }
        return rows
    }

    /// False when there was nothing to drop.
    private func drop(_ rows: [QueueStore.RowHead], _ reason: DropReason) throws(QueueError) -> Bool {
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

    // MARK: Out

    /// The samples of a shard that waited longest; nil when none waits.
    ///
    /// Rows are joined to one message within the limit. They stay in the queue until they are settled.
    package func next(shard: Int, now: Int64) -> Parcel? {
        enforceLimits(now: now)
        if hasGathered {
            if let parcel = parcel(of: Self.gathered) { return shard == 0 ? parcel : release(parcel) }
            hasGathered = false
        }
        return parcel(of: shard)
    }

    /// Another shard has it in hand, or shard 0 will.
    private func release(_ parcel: Parcel) -> Parcel? {
        for row in parcel.rows { inFlight[row] = nil }
        return nil
    }

    private func parcel(of shard: Int) -> Parcel? {
        var gathering = Gathering(limit: limits.row)
        let isAlone = shard < 0 || doubtful[shard] > 0
        do throws(QueueError) {
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

    private func gather(_ shard: Int, isAlone: Bool, _ gathering: inout Gathering) throws(QueueError) {
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
        note(.damaged("\(path): \(damaged.count) rows are damaged"))
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
        for row in parcel.rows { inFlight[row] = nil }
        guard !onDisk.isEmpty, let store else { return }
        do throws(QueueError) {
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
        for row in parcel.rows { inFlight[row] = nil }
    }
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
