import Testing

@testable import Exposition

@Suite struct MergeTests {
    private func conflict(
        _ source: String,
        _ kept: String,
        _ family: String,
        _ reason: ConflictReason,
        _ dropped: Int
    ) -> MergeConflict {
        MergeConflict(source: source, keptSource: kept, family: family, reason: reason, droppedSamples: dropped)
    }

    private func families(_ merged: MergedExposition) -> [String] {
        merged.families.map(\.descriptor.name)
    }

    @Test func familiesAreSortedByBytesAndTheEmptyLeftOut() throws {
        let merged = merge([
            Contribution(source: "b", families: [try block("b", .gauge), FamilyBlock("empty", .gauge)]),
            Contribution(source: "a", families: [try block("é", .gauge), try block("Z", .gauge)]),
        ])
        #expect(families(merged) == ["Z", "b", "é"])
        #expect(merged.conflicts == [])
        #expect(merged.sampleCount == 3)
    }

    @Test func samplesOfOneFamilyStandTogetherInTheOrderOfTheirSources() throws {
        let merged = merge([
            Contribution(source: "b", families: [try block("x", .gauge, 2, [("t", "2")])]),
            Contribution(source: "a", families: [try block("x", .gauge, 1, [("t", "1")])]),
        ])
        #expect(text(merged) == "# HELP x Help.\n# TYPE x gauge\nx{t=\"1\"} 1\nx{t=\"2\"} 2\n")
    }

    @Test func theFirstSourceDecidesTheType() throws {
        let merged = merge([
            Contribution(source: "z", families: [try block("x_total", .gauge)]),
            Contribution(source: "a", families: [try block("x_total", .counter, 5)]),
        ])
        #expect(text(merged) == "# HELP x_total Help.\n# TYPE x_total counter\nx_total 5\n")
        #expect(merged.conflicts == [conflict("z", "a", "x_total", .type, 1)])
    }

    @Test func anotherHelpIsReportedAndDropsNothing() throws {
        let merged = merge([
            Contribution(source: "a", families: [try block("x", .gauge, help: "", [("t", "1")])]),
            Contribution(source: "b", families: [try block("x", .gauge, help: "One.", [("t", "2")])]),
            Contribution(source: "c", families: [try block("x", .gauge, help: "Two.", [("t", "3")])]),
        ])
        #expect(merged.families[0].descriptor.help == "One.")
        #expect(merged.sampleCount == 3)
        #expect(merged.conflicts == [conflict("c", "b", "x", .help, 0)])
    }

    @Test func theLaterOfTwoEqualSamplesIsDropped() throws {
        var first = FamilyBlock("x", .gauge)
        var second = FamilyBlock("x", .gauge)
        for number in 0..<100 { try first.append(1, labels: [("n", "\(number)")]) }
        for number in 90..<200 { try second.append(2, labels: [("n", "\(number)")]) }
        let merged = merge([
            Contribution(source: "b", families: [second]), Contribution(source: "a", families: [first]),
        ])
        #expect(merged.conflicts == [conflict("b", "a", "x", .duplicate, 10)])
        #expect(merged.sampleCount == 200)
        let lines = text(merged).split(separator: "\n").dropFirst(2)
        #expect(Set(lines.map { $0.split(separator: " ")[0] }).count == 200)
        #expect(lines.contains(#"x{n="95"} 1"#))
    }

    @Test func aDuplicateHistogramIsDroppedWhole() throws {
        var first = FamilyBlock("h", .histogram)
        var second = FamilyBlock("h", .histogram)
        let layout = try layout("t")
        try first.add(HistogramValue(buckets: [(1, 1)], sum: 1), layout, "a")
        try second.add(HistogramValue(buckets: [(2, 1), (3, 1)], sum: 1), layout, "a")
        try second.add(HistogramValue(buckets: [(2, 1)], sum: 1), layout, "b")
        let merged = merge([
            Contribution(source: "a", families: [first]), Contribution(source: "b", families: [second]),
        ])
        #expect(merged.conflicts == [conflict("b", "a", "h", .duplicate, 5)])
        #expect(!text(merged).contains(#"le="3.0""#))
        #expect(text(merged).contains(#"h_bucket{le="2.0",t="b"} 1"#))
    }

    @Test func blocksOfOneSourceAreMergedToo() throws {
        let merged = merge([
            Contribution(source: "a", families: [try block("x", .gauge, 1), try block("x", .gauge, 2)])
        ])
        #expect(text(merged).hasSuffix("gauge\nx 1\n"))
        #expect(merged.conflicts == [conflict("a", "a", "x", .duplicate, 1)])
    }

    @Test func aFamilyNamedAsAnothersSampleIsDropped() throws {
        var histogram = FamilyBlock("x", .histogram)
        try histogram.add(HistogramValue(buckets: [], sum: 1, count: 2), layout())
        let gauge = try block("x_count", .gauge)
        let histogramFirst = merge([
            Contribution(source: "a", families: [histogram]), Contribution(source: "b", families: [gauge]),
        ])
        #expect(families(histogramFirst) == ["x"])
        #expect(histogramFirst.conflicts == [conflict("b", "a", "x_count", .nameCollision, 1)])
        let gaugeFirst = merge([
            Contribution(source: "b", families: [histogram]), Contribution(source: "a", families: [gauge]),
        ])
        #expect(families(gaugeFirst) == ["x_count"])
        #expect(gaugeFirst.conflicts == [conflict("b", "a", "x", .nameCollision, 3)])
        let oneSource = merge([Contribution(source: "a", families: [gauge, histogram])])
        #expect(families(oneSource) == ["x"])
    }

    @Test func namesThatOnlyLookAlikeDoNotCollide() throws {
        var summary = FamilyBlock("s", .summary)
        try summary.add(SummaryValue(quantiles: [], sum: 1, count: 1), layout())
        let merged = exposition(
            summary,
            try block("s_bucket", .gauge),
            try block("s_total", .counter),
            try block("g", .gauge),
            try block("g_count", .gauge)
        )
        #expect(families(merged) == ["g", "g_count", "s", "s_bucket", "s_total"])
    }

    @Test func aFamilyDroppedForItsTypeCollidesWithNothing() throws {
        var histogram = FamilyBlock("x", .histogram)
        try histogram.add(HistogramValue(buckets: [], sum: 1, count: 2), layout())
        let merged = merge([
            Contribution(source: "a", families: [try block("x", .gauge)]),
            Contribution(source: "b", families: [histogram]),
            Contribution(source: "c", families: [try block("x_count", .gauge)]),
        ])
        #expect(families(merged) == ["x", "x_count"])
        #expect(merged.conflicts == [conflict("b", "a", "x", .type, 3)])
    }

    @Test func theOrderOfContributionsMakesNoDifference() throws {
        var random = FixedGenerator(seed: 7)
        var contributions: [Contribution] = []
        for source in 0..<12 {
            var blocks: [FamilyBlock] = []
            for name in ["x", "x_count", "y_total", "h", "h_sum"] {
                let kind = [MetricKind.gauge, .untyped].randomElement(using: &random) ?? .gauge
                var block = FamilyBlock(name, kind, help: "Help \(Int.random(in: 0...1, using: &random)).")
                for number in 0..<20 where Bool.random(using: &random) {
                    try block.append(Double(source), labels: [("n", "\(number)")])
                }
                blocks.append(block)
            }
            if source % 3 == 0 {
                var histogram = FamilyBlock("h", .histogram)
                try histogram.add(HistogramValue(buckets: [], sum: 1, count: 2), layout("n"), "\(source % 2)")
                blocks[3] = histogram
            }
            contributions.append(Contribution(source: "plugin\(source)", families: blocks))
        }
        let expected = merge(contributions)
        #expect(!expected.conflicts.isEmpty)
        for _ in 0..<20 {
            contributions.shuffle(using: &random)
            let merged = merge(contributions)
            #expect(encode(merged, as: .text) == encode(expected, as: .text))
            #expect(
                encode(merged, as: ExpositionFormat(.openMetrics))
                    == encode(expected, as: ExpositionFormat(.openMetrics))
            )
            #expect(merged.conflicts == expected.conflicts)
        }
    }

    @Test func nothingMergesToNothing() {
        #expect(text(merge([])) == "")
        #expect(text(merge([]), .openMetrics) == "# EOF\n")
    }

    @Test func aSourceThatComesFirstDecidesWhateverItsName() throws {
        let merged = merge([
            Contribution(source: "a", families: [try block("x", .gauge, 1), try block("y", .gauge, 1)]),
            Contribution(
                source: "hub",
                families: [try block("x", .counter, 2), try block("y", .gauge, 2)],
                comesFirst: true
            ),
        ])
        #expect(text(merged) == "# HELP x Help.\n# TYPE x counter\nx 2\n# HELP y Help.\n# TYPE y gauge\ny 2\n")
        #expect(merged.conflicts == [conflict("a", "hub", "x", .type, 1), conflict("a", "hub", "y", .duplicate, 1)])
    }

    @Test func aFamilyThatComesLateGoesBeforeWhatOthersHaveOfItsName() throws {
        let other = FamilyBlock("x", .gauge)
        var merged = exposition(try block("w", .gauge), try block("x", .gauge, 1, [("t", "1")]), other)
        merged.insert(try block("x", .gauge, 2), source: "hub")
        #expect(merged.families[1].blocks.map(\.source) == ["hub", "plugin"])
        merged = exposition(try block("x", .gauge, 1))
        merged.insert(try block("x", .gauge, 2), source: "hub")
        #expect(text(merged) == "# HELP x Help.\n# TYPE x gauge\nx 2\n")
        merged = exposition(try block("x", .counter, 1, [("t", "1")]))
        merged.insert(try block("x", .gauge, 2), source: "hub")
        #expect(text(merged) == "# HELP x Help.\n# TYPE x gauge\nx 2\n")
    }
}
