import Testing

@testable import RemoteWrite

@Suite struct SeriesTableTests {
    @Test func samplesGetTheirPartsLabelsWhereTheyHaveNone() {
        var table = makeTable()
        var names = Names()
        let labels = [Label("instance", "home"), Label("job", "node")]
        table.collect(
            [Given(name: "a", labels: #"x="1""#), Given(name: "b", labels: #"job="own""#)],
            at: 5,
            labels: labels
        )
        #expect(
            names.read(table.takeIntake()) == [
                Queued("__name__=a,instance=home,job=node,x=1", 5, 1), Queued("__name__=b,instance=home,job=own", 5, 1),
            ]
        )
    }

    @Test func escapedLabelValuesAreUnescaped() {
        var table = makeTable()
        var names = Names()
        table.collect([Given(name: "a", labels: #"x="q\"\\\n,=",y="ü""#)], at: 5)
        #expect(names.read(table.takeIntake()) == [Queued("__name__=a,x=q\"\\\n,=,y=ü", 5, 1)])
    }

    @Test func aSeriesThatVanishesGetsAStaleMarkerOnce() {
        var table = makeTable()
        var names = Names()
        table.collect([Given(name: "a"), Given(name: "b")], at: 10)
        _ = names.read(table.takeIntake())
        table.collect([Given(name: "b")], at: 20)
        let intake = table.takeIntake()
        #expect(Set(names.read(intake)) == [Queued("__name__=b", 20, 1), .stale("__name__=a", 20)])
        #expect(intake.ended.count == 1)
        table.collect([Given(name: "b")], at: 30)
        #expect(names.read(table.takeIntake()) == [Queued("__name__=b", 30, 1)])
        #expect(table.count == 1)
    }

    @Test func aSeriesThatComesBackIsANewOne() {
        var table = makeTable()
        var names = Names()
        for (time, samples) in [(10, [Given(name: "a")]), (20, []), (30, [Given(name: "a")])] {
            table.collect(samples, at: Int64(time))
            let queued = names.read(table.takeIntake())
            #expect(queued == [time == 20 ? .stale("__name__=a", 20) : Queued("__name__=a", Int64(time), 1)])
        }
    }

    @Test func allSeriesOfAPartThatIsGoneEnd() {
        var table = makeTable()
        var names = Names()
        table.collect("one", [Given(name: "a")], at: 10)
        table.collect("two", [Given(name: "b")], at: 10)
        _ = names.read(table.takeIntake())
        table.endParts(except: ["two"], time: 20)
        #expect(names.read(table.takeIntake()) == [.stale("__name__=a", 20)])
        table.end(part: "two", time: 30)
        #expect(names.read(table.takeIntake()) == [.stale("__name__=b", 30)])
        #expect(table.count == 0)
    }

    @Test func aSeriesThatMovesToAnotherPartGoesOnWithoutAStaleMarker() {
        var table = makeTable()
        var names = Names()
        table.collect("one", [Given(name: "a")], at: 10)
        _ = names.read(table.takeIntake())
        table.collect("one", [], at: 20)
        table.collect("two", [Given(name: "a", value: 2)], at: 20)
        #expect(names.read(table.takeIntake()) == [Queued("__name__=a", 20, 2)])
        table.collect("two", [], at: 30)
        #expect(names.read(table.takeIntake()) == [.stale("__name__=a", 30)])
    }

    @Test func ofTwoSourcesWithTheSameLabelsTheFirstIsSentAndTheOtherTakesOver() {
        var table = makeTable { labels in
            labels.removeAll { $0.name == "x" }
            return true
        }
        var names = Names()
        let both = [Given(name: "a", labels: #"x="1""#, value: 1), Given(name: "a", labels: #"x="2""#, value: 2)]
        table.collect(both, at: 10)
        var intake = table.takeIntake()
        #expect(names.read(intake) == [Queued("__name__=a", 10, 1)])
        #expect(intake.dropped == [.duplicate: 1])
        table.collect([both[1]], at: 20)
        intake = table.takeIntake()
        #expect(intake.dropped == [.duplicate: 1])
        #expect(names.read(intake) == [.stale("__name__=a", 20)])
        table.collect([both[1]], at: 30)
        #expect(names.read(table.takeIntake()) == [Queued("__name__=a", 30, 2)])
    }

    @Test func noSampleIsSentThatIsNotYoungerThanTheLast() {
        var table = makeTable()
        var names = Names()
        for time in [10, 9, 10, 11] { table.collect([Given(name: "a")], at: Int64(time)) }
        let intake = table.takeIntake()
        #expect(names.read(intake).map(\.time) == [10, 11])
        #expect(intake.dropped == [.order: 2])
    }

    @Test func samplesWithTheirOwnTimeKeepItAndGetNoStaleMarker() {
        var table = makeTable()
        var names = Names()
        table.collect([Given(name: "a", time: 3)], at: 10)
        table.collect([Given(name: "a", time: 3)], at: 20)
        table.collect([Given(name: "a", time: 4)], at: 30)
        table.collect([], at: 40)
        let intake = table.takeIntake()
        #expect(names.read(intake).map(\.time) == [3, 4])
        #expect(intake.dropped == [:])
        #expect(table.count == 0)
    }

    @Test func relabelledAndInvalidSamplesAreCounted() {
        var table = makeTable { labels in !labels.contains(Label("drop", "yes")) }
        table.collect([Given(name: "a", labels: #"drop="yes""#), Given(name: "0"), Given(name: "b")], at: 10)
        let intake = table.takeIntake()
        #expect(intake.dropped == [.relabel: 1, .labels: 1])
        #expect(intake.sampleCount == 1)
    }

    @Test func seriesBeyondTheLimitAreCounted() {
        var table = makeTable(limit: 2)
        table.collect((1...5).map { Given(name: "a\($0)") }, at: 10)
        #expect(table.takeIntake().dropped == [.series: 3])
        #expect(table.count == 2)
    }

    @Test func afterARestartSeriesGoOnOrEnd() {
        var table = makeTable()
        var names = Names()
        table.collect([Given(name: "a"), Given(name: "b")], at: 10)
        let before = table.takeIntake()
        _ = names.read(before)

        var restarted = makeTable()
        restarted.restore(
            SampleQueue.Restored(
                families: before.newFamilies,
                series: before.newSeries,
                lastTime: 10,
                nextSeries: 3,
                nextFamily: 3
            )
        )
        restarted.collect([Given(name: "b")], at: 20)
        let after = restarted.takeIntake()
        #expect(after.newSeries.isEmpty)
        #expect(Set(names.read(after)) == [Queued("__name__=b", 20, 1), .stale("__name__=a", 20)])
    }

    @Test func rowsAreCutAtTheirLimits() {
        var table = makeTable(row: RowLimit(samples: 3, bytes: 1 << 20))
        table.collect((1...7).map { Given(name: "a\($0)") }, at: 10)
        #expect(table.takeIntake().rows[0].map(\.samples.count) == [3, 3, 1])
        table = makeTable(row: RowLimit(samples: 100, bytes: 60))
        table.collect((1...7).map { Given(name: "a\($0)") }, at: 10)
        #expect(table.takeIntake().rows[0].map(\.samples.count) == [2, 2, 2, 1])
    }

    @Test func aSeriesIsAlwaysInTheSameShard() {
        var first = makeTable(shards: 4)
        var second = makeTable(shards: 4)
        let samples = (1...400).map { Given(name: "a", labels: #"n="\#($0)""#) }
        first.collect(samples, at: 10)
        second.collect(samples.reversed(), at: 10)
        var names = Names()
        func shards(_ intake: Intake) -> [Set<String>] {
            _ = names.read(intake)
            let text = Dictionary(
                uniqueKeysWithValues: intake.newSeries.map { ($0.number, Names.text($0.record.labels)) }
            )
            return intake.rows.map { Set($0.flatMap(\.samples).compactMap { text[$0.series] }) }
        }
        let found = shards(first.takeIntake())
        #expect(found == shards(second.takeIntake()))
        #expect(found.allSatisfy { $0.count > 50 })
    }

    /// Any sequence of collections leaves each series with samples in order, ended once and only when it is gone.
    @Test(arguments: 1...20) func randomCollectionsAgreeWithAModel(seed: UInt64) {
        var random = SplitMix(state: seed)
        var table = makeTable()
        var names = Names()
        var live: [String: Set<String>] = [:]
        for time in 1...60 {
            let part = "part\(random.next() % 3)"
            let now = Set((0..<random.next() % 20).map { _ in "m_\(part)_\(random.next() % 30)" })
            table.collect(part, now.sorted().map { Given(name: $0) }, at: Int64(time))
            let gone = live[part, default: []].subtracting(now)
            live[part] = now
            let expected =
                Set(now.map { Queued("__name__=\($0)", Int64(time), 1) })
                .union(gone.map { .stale("__name__=\($0)", Int64(time)) })
            #expect(Set(names.read(table.takeIntake())) == expected)
            #expect(table.count == live.values.reduce(0) { $0 + $1.count })
            #expect(table.metadata.count == table.count)
        }
    }
}

struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
