import Foundation
import SQLite
import Testing

@testable import RemoteWrite

@Suite struct SampleQueueTests {
    private let path = FileManager.default.temporaryDirectory.appending(path: "queue-\(UUID().uuidString).db").path

    private func limits(
        bytes: Int = 1 << 24,
        age: Int64 = 1_000_000,
        memory: Int = 1000,
        row: Int = 100
    ) -> SampleQueue.Limits {
        .init(bytes: bytes, age: age, memorySamples: memory, row: RowLimit(samples: row, bytes: 1 << 20))
    }

    private func samples(_ count: Int, at time: Int64, in table: inout SeriesTable) -> Intake {
        table.collect((1...count).map { Given(name: "a\($0)") }, at: time)
        return table.takeIntake()
    }

    private func drain(_ queue: SampleQueue, shard: Int = 0, now: Int64 = 0) -> [SeriesSample] {
        var all: [SeriesSample] = []
        while let parcel = queue.next(shard: shard, now: now) {
            all += parcel.samples
            queue.settle(parcel, now: now)
        }
        return all
    }

    @Test func whatWasQueuedIsThereAfterARestartAndWhatWasSettledIsNot() throws {
        var table = makeTable()
        do {
            let queue = SampleQueue(path: path, shards: 1, limits: limits())
            _ = queue.open(now: 0)
            for time in 1...3 { queue.append(samples(10, at: Int64(time), in: &table), now: 0) }
            let first = try #require(queue.next(shard: 0, now: 0))
            #expect(first.samples.map(\.timestamp) == Array(repeating: 1, count: 10))
            queue.settle(first, now: 0)
            // In flight at the end: nobody knows whether it was delivered.
            #expect(queue.next(shard: 0, now: 0) != nil)
            #expect(queue.pendingSamples == 20)
        }
        let queue = SampleQueue(path: path, shards: 1, limits: limits())
        let restored = queue.open(now: 0)
        #expect(restored.series.count == 10)
        #expect(restored.lastTime == 3)
        #expect(restored.nextSeries == 11)
        #expect(queue.pendingSamples == 20)
        #expect(queue.oldestTime == 2)
        #expect(drain(queue).map(\.timestamp) == Array(repeating: 2, count: 10) + Array(repeating: 3, count: 10))
        #expect(queue.pendingSamples == 0)
        let record = try #require(queue.series(restored.series[0].number))
        #expect(record == restored.series[0].record)
        #expect(queue.metadata(ofFamily: record.family) != nil)
    }

    @Test func afterARestartRowsAreSentAloneUntilNoneOfThemCanHaveBeenDelivered() {
        var table = makeTable()
        do {
            let queue = SampleQueue(path: path, shards: 1, limits: limits(row: 25))
            _ = queue.open(now: 0)
            for time in 1...8 { queue.append(samples(10, at: Int64(time), in: &table), now: 0) }
        }
        let queue = SampleQueue(path: path, shards: 1, limits: limits(row: 25))
        _ = queue.open(now: 0)
        var sizes: [Int] = []
        while let parcel = queue.next(shard: 0, now: 0) {
            sizes.append(parcel.samples.count)
            queue.settle(parcel, now: 0)
        }
        #expect(sizes == [10, 10, 10, 20, 20, 10])
    }

    @Test func seriesThatEndedAreForgottenWithTheirLastSample() throws {
        var table = makeTable()
        let queue = SampleQueue(path: path, shards: 1, limits: limits())
        _ = queue.open(now: 0)
        let intake = samples(3, at: 1, in: &table)
        let number = intake.newSeries[0].number
        queue.append(intake, now: 0)
        table.end(part: "node", time: 2)
        queue.append(table.takeIntake(), now: 0)
        #expect(table.record(number) == nil)
        #expect(queue.series(number) != nil)
        #expect(drain(queue).count == 6)
        #expect(queue.series(number) == nil)
    }

    @Test func whatIsTooOldGoes() {
        var table = makeTable()
        let queue = SampleQueue(path: path, shards: 1, limits: limits(age: 100))
        _ = queue.open(now: 0)
        for time in [100, 200, 300] { queue.append(samples(10, at: Int64(time), in: &table), now: Int64(time)) }
        #expect(queue.takeEvents().dropped == [.age: 10])
        #expect(drain(queue, now: 350).map(\.timestamp) == Array(repeating: 300, count: 10))
        #expect(queue.takeEvents().dropped == [.age: 10])
    }

    @Test func theFileStaysWithinItsLimitAndTheOldestGo() {
        var table = makeTable(row: RowLimit(samples: 100, bytes: 1 << 20))
        let queue = SampleQueue(path: path, shards: 1, limits: limits(bytes: 1 << 20))
        _ = queue.open(now: 0)
        var random = SplitMix(state: 1)
        for time in 1...200 {
            table.collect(
                (1...1000).map { Given(name: "a\($0)", value: Double(bitPattern: random.next() >> 2)) },
                at: Int64(time)
            )
            queue.append(table.takeIntake(), now: 0)
        }
        let dropped = queue.takeEvents().dropped[.size] ?? 0
        #expect(dropped > 0)
        #expect(queue.usedBytes <= 1 << 20)
        let left = drain(queue)
        #expect(left.count + dropped == 200_000)
        #expect(left.last?.timestamp == 200)
        #expect(queue.takeEvents().errors == [])
    }

    @Test(arguments: ["garbage", "header", "page"]) func aDamagedFileIsSetAsideAndBegunAnew(damage: String) throws {
        var table = makeTable()
        do {
            let queue = SampleQueue(path: path, shards: 1, limits: limits())
            _ = queue.open(now: 0)
            for time in 1...50 { queue.append(samples(100, at: Int64(time), in: &table), now: 0) }
        }
        var bytes = try Data(contentsOf: URL(filePath: path))
        switch damage {
        case "garbage": bytes = Data("this is no database, but it is long enough to be one of them".utf8)
        case "header": bytes.replaceSubrange(0..<16, with: Data(repeating: 0, count: 16))
        default: bytes.replaceSubrange(4096..<bytes.count, with: Data(repeating: 0xA5, count: bytes.count - 4096))
        }
        try bytes.write(to: URL(filePath: path))
        let queue = SampleQueue(path: path, shards: 1, limits: limits())
        _ = queue.open(now: 0)
        queue.append(samples(5, at: 100, in: &table), now: 0)
        _ = drain(queue)
        var events = queue.takeEvents()
        #expect(events.errors.contains { $0.kind == .damaged })
        #expect(FileManager.default.fileExists(atPath: path + ".damaged"))
        if events.hasLostSeries { queue.append(table.everything, now: 0) }
        queue.append(samples(5, at: 200, in: &table), now: 0)
        #expect(drain(queue).filter { $0.timestamp == 200 && $0.bits != SeriesSample.staleMarker }.count == 5)
        events = queue.takeEvents()
        #expect(events.errors == [])
        #expect(queue.isOnDisk)
    }

    @Test func aDamagedRowIsCountedAndTheOthersAreSent() throws {
        var table = makeTable()
        do {
            let queue = SampleQueue(path: path, shards: 1, limits: limits())
            _ = queue.open(now: 0)
            for time in 1...3 { queue.append(samples(10, at: Int64(time), in: &table), now: 0) }
        }
        try Database(path: path, .init(logLimit: 0)).execute("UPDATE rows SET data = zeroblob(40) WHERE id = 2")
        let queue = SampleQueue(path: path, shards: 1, limits: limits())
        _ = queue.open(now: 0)
        #expect(drain(queue).map(\.timestamp) == Array(repeating: 1, count: 10) + Array(repeating: 3, count: 10))
        #expect(queue.takeEvents().dropped == [.corrupt: 10])
        #expect(queue.pendingSamples == 0)
    }

    @Test func withoutADiskSamplesWaitInMemoryUpToTheirLimit() throws {
        let path = "/nonexistent/\(UUID().uuidString).db"
        var table = makeTable()
        let queue = SampleQueue(path: path, shards: 1, limits: limits(memory: 50))
        let restored = queue.open(now: 5)
        table.restore(restored)
        #expect(restored.nextSeries == 5000)
        for time in 1...8 { queue.append(samples(10, at: Int64(time), in: &table), now: Int64(time)) }
        #expect(queue.takeEvents().dropped == [.disk: 30])
        #expect(!queue.isOnDisk)
        let number = try #require(queue.next(shard: 0, now: 0)).samples[0].series
        #expect(queue.series(number) != nil)
    }

    @Test func whatWaitedInMemoryIsWrittenOnceTheDiskTakesIt() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        var table = makeTable()
        let queue = SampleQueue(path: folder.appending(path: "q.db").path, shards: 1, limits: limits())
        table.restore(queue.open(now: 0))
        for time in 1...3 { queue.append(samples(10, at: Int64(time), in: &table), now: 0) }
        #expect(!queue.isOnDisk)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        queue.tidy(now: SampleQueue.reopenInterval)
        #expect(queue.isOnDisk)
        #expect(queue.takeEvents().hasLostSeries)
        queue.append(table.everything, now: 0)
        let again = SampleQueue(path: folder.appending(path: "q.db").path, shards: 1, limits: limits())
        _ = again.open(now: 0)
        // The file belongs to the first.
        #expect(again.takeEvents().errors.contains { $0.kind == .busy })
        #expect(drain(queue).map(\.timestamp) == [1, 2, 3].flatMap { Array(repeating: $0, count: 10) })
    }

    @Test func anotherNumberOfShardsKeepsTheOrderOfEachSeries() {
        do {
            var table = makeTable(shards: 4)
            let queue = SampleQueue(path: path, shards: 4, limits: limits())
            _ = queue.open(now: 0)
            for time in 1...3 { queue.append(samples(40, at: Int64(time), in: &table), now: 0) }
        }
        var table = makeTable(shards: 2)
        let queue = SampleQueue(path: path, shards: 2, limits: limits())
        table.restore(queue.open(now: 0))
        queue.append(samples(40, at: 4, in: &table), now: 0)
        #expect(queue.next(shard: 1, now: 0) == nil)
        let first = queue.next(shard: 0, now: 0)
        // While it is under way nothing else is.
        #expect(queue.next(shard: 0, now: 0) == nil)
        #expect(queue.next(shard: 1, now: 0) == nil)
        if let first { queue.giveBack(first) }
        var last: [Int64: Int64] = [:]
        for sample in drain(queue) + drain(queue, shard: 1) {
            #expect(last[sample.series, default: 0] < sample.timestamp)
            last[sample.series] = sample.timestamp
        }
        #expect(last.count == 40)
        #expect(last.values.allSatisfy { $0 == 4 })
    }
}
