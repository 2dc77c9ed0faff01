import Testing

@testable import Exposition

@Suite struct CompositeTests {
    private func samples(_ text: String) -> [String] {
        text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
    }

    @Test func bucketsAreSortedAndInfinityIsAdded() throws {
        var block = FamilyBlock("h", .histogram)
        try block.add(HistogramValue(buckets: [(1, 3), (0.1, 1)], sum: 2.5, count: 4), layout("zone"), "a")
        #expect(
            samples(text(exposition(block))) == [
                #"h_bucket{le="0.1",zone="a"} 1"#, #"h_bucket{le="1.0",zone="a"} 3"#,
                #"h_bucket{le="+Inf",zone="a"} 4"#, #"h_sum{zone="a"} 2.5"#, #"h_count{zone="a"} 4"#,
            ]
        )
    }

    @Test func theFamilysOwnLabelStandsAtItsSortedPlace() throws {
        var block = FamilyBlock("h", .histogram)
        let layout = try layout("a", "z", constants: [("m", "\"")])
        try block.add(HistogramValue(buckets: [], sum: 1, count: 2), layout, "x\n", "y")
        try block.add(HistogramValue(buckets: [], sum: 1, count: 2), layout, "x", "y")
        #expect(
            samples(text(exposition(block))).first
                == #"h_bucket{a="x\n",le="+Inf",m="\"",z="y"} 2"#
        )
        var last = FamilyBlock("s", .summary)
        try last.add(SummaryValue(quantiles: [(0.5, 7)]), self.layout("device"), "d")
        #expect(samples(text(exposition(last))) == [#"s{device="d",quantile="0.5"} 7"#])
    }

    private func layout(_ names: String..., constants: [(name: String, value: String)] = []) throws -> LabelLayout {
        try LabelLayout(names: names, constants: constants)
    }

    @Test func aHistogramWithoutCountTakesTheHighestBucket() throws {
        var block = FamilyBlock("h", .histogram)
        try block.add(HistogramValue(buckets: [(1, 3), (2, 5)], sum: 6), layout())
        #expect(
            samples(text(exposition(block))) == [
                #"h_bucket{le="1.0"} 3"#, #"h_bucket{le="2.0"} 5"#, #"h_bucket{le="+Inf"} 5"#, "h_sum 6", "h_count 5",
            ]
        )
    }

    @Test func impossibleHistogramsAreRefused() throws {
        let none = try layout()
        let cases: [(HistogramValue, SampleError, String)] = [
            (HistogramValue(buckets: []), .noBuckets, "histogram has neither buckets nor count"),
            (HistogramValue(buckets: [(.nan, 1)]), .bucketBoundNotANumber, "bucket bound must not be NaN"),
            (
                HistogramValue(buckets: [(1, 1), (1, 2)]), .duplicateBound(label: "le", 1), "le 1 is given twice"
            ),
            (
                HistogramValue(buckets: [(2, 1), (1, 2)]), .bucketsNotAscending(bound: 2, count: 1, previous: 2),
                "bucket le 2 must not be less than the one before it, got 1 after 2"
            ),
            (
                HistogramValue(buckets: [(1, 3)], count: 2),
                .bucketsNotAscending(bound: .infinity, count: 2, previous: 3),
                "bucket le +Inf must not be less than the one before it, got 2 after 3"
            ),
            (
                HistogramValue(buckets: [(.infinity, 3)], count: 4), .countMismatch(count: 4, buckets: 3),
                "count must equal the bucket le +Inf, got 4 and 3"
            ),
            (
                HistogramValue(buckets: [(1, -1)]), .invalidCount(-1),
                "count must be a number of 0 or more, got -1"
            ),
        ]
        for (value, error, text) in cases {
            var block = FamilyBlock("h", .histogram)
            #expect(throws: error) { try block.add(value, none) }
            #expect(error.description == text)
            #expect(block.sampleCount == 0 && block.byteCount == 0)
        }
    }

    @Test func aMetricIsTakenOnceWhateverItsBuckets() throws {
        var block = FamilyBlock("h", .histogram)
        try block.add(HistogramValue(buckets: [(1, 1)], sum: 1), layout("a"), "x")
        let before = (block.byteCount, block.sampleCount)
        #expect(throws: SampleError.duplicate(labels: #"a="x""#)) {
            try block.add(HistogramValue(buckets: [(2, 1)], sum: 1), layout("a"), "x")
        }
        #expect((block.byteCount, block.sampleCount) == before)
    }

    @Test func theFamilysOwnLabelCannotBeGiven() throws {
        var histogram = FamilyBlock("h", .histogram)
        #expect(throws: SampleError.reservedLabel("le")) {
            try histogram.add(HistogramValue(buckets: [(1, 1)]), layout("le"), "1")
        }
        var states = FamilyBlock("state", .stateset)
        #expect(throws: SampleError.reservedLabel("state")) {
            try states.add(states: [("on", true)], layout("state"), "on")
        }
    }

    @Test func quantilesAreSortedAndChecked() throws {
        var block = FamilyBlock("s", .summary)
        let none = try layout()
        #expect(throws: SampleError.quantileOutOfRange(1.5)) {
            try block.add(SummaryValue(quantiles: [(1.5, 1)]), none)
        }
        #expect(throws: SampleError.duplicateBound(label: "quantile", 0.5)) {
            try block.add(SummaryValue(quantiles: [(0.5, 1), (0.5, 2)]), none)
        }
        try block.add(SummaryValue(quantiles: [(0.99, .nan), (0.5, 1)], sum: 3, count: 2), none)
        #expect(
            samples(text(exposition(block)))
                == [#"s{quantile="0.5"} 1"#, #"s{quantile="0.99"} NaN"#, "s_sum 3", "s_count 2"]
        )
    }

    @Test func aStateIsALabelNamedAsTheFamily() throws {
        var block = FamilyBlock("tunnel_state", .stateset)
        try block.add(states: [("up", true), ("down \"x\"", false)], layout("tunnel"), "1")
        #expect(
            samples(text(exposition(block))) == [
                #"tunnel_state{tunnel="1",tunnel_state="up"} 1"#,
                #"tunnel_state{tunnel="1",tunnel_state="down \"x\""} 0"#,
            ]
        )
        #expect(throws: SampleError.duplicateState("a")) {
            try block.add(states: [("a", true), ("b", false), ("a", false)], layout("tunnel"), "2")
        }
    }
}
