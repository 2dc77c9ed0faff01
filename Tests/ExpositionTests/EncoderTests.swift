import Testing

@testable import Exposition

@Suite struct EncoderTests {
    private func histogram(_ name: String = "h", _ kind: MetricKind = .histogram) throws -> FamilyBlock {
        var block = FamilyBlock(name, kind)
        try block.add(HistogramValue(buckets: [(1, 2)], sum: 3, count: 4), layout())
        return block
    }

    @Test func helpIsEscapedAsTheFormatSays() throws {
        let merged = exposition(try block("x", .gauge, help: "a\\b \"c\"\nd"))
        #expect(text(merged) == "# HELP x a\\\\b \"c\"\\nd\n# TYPE x gauge\nx 1\n")
        #expect(text(merged, .openMetrics) == "# HELP x a\\\\b \\\"c\\\"\\nd\n# TYPE x gauge\nx 1\n# EOF\n")
    }

    @Test func anEmptyHelpHasNoLine() throws {
        #expect(text(exposition(try block("x", .untyped, help: ""))) == "# TYPE x untyped\nx 1\n")
    }

    @Test(arguments: [
        ("x", MetricKind.gauge, "gauge x", "gauge x"),
        ("x", .untyped, "untyped x", "unknown x"),
        ("x_total", .counter, "counter x_total", "counter x"),
        ("x", .counter, "counter x", "unknown x"),
        ("x_info", .info, "gauge x_info", "info x"),
        ("x", .info, "gauge x", "gauge x"),
    ])
    func typesAreThoseOfTheFormat(name: String, kind: MetricKind, inText: String, inOpenMetrics: String) throws {
        let merged = exposition(try block(name, kind))
        for (syntax, expected) in [(ExpositionFormat.Syntax.text, inText), (.openMetrics, inOpenMetrics)] {
            let words = expected.split(separator: " ")
            let lines = text(merged, syntax).split(separator: "\n")
            #expect(lines[1] == "# TYPE \(words[1]) \(words[0])")
            #expect(lines[2] == "\(name) 1", "a sample keeps its name in every format")
        }
    }

    @Test func aStatesetIsAGaugeInText() throws {
        var block = FamilyBlock("state", .stateset)
        try block.add(states: [("up", true)], layout())
        #expect(text(exposition(block)).contains("# TYPE state gauge\nstate{state=\"up\"} 1\n"))
        #expect(text(exposition(block), .openMetrics).contains("# TYPE state stateset\n"))
    }

    @Test func aGaugeHistogramIsGaugesInText() throws {
        let merged = exposition(try histogram("h", .gaugehistogram))
        #expect(
            text(merged) == """
                # HELP h_bucket Help.
                # TYPE h_bucket gauge
                h_bucket{le="1.0"} 2
                h_bucket{le="+Inf"} 4
                # HELP h_gsum Help.
                # TYPE h_gsum gauge
                h_gsum 3
                # HELP h_gcount Help.
                # TYPE h_gcount gauge
                h_gcount 4

                """
        )
        #expect(text(merged, .openMetrics).contains("# TYPE h gaugehistogram\nh_bucket"))
    }

    @Test func unitsAreInOpenMetricsOnly() throws {
        var block = FamilyBlock("x_seconds_total", .counter, unit: "seconds")
        try block.append(1)
        var other = FamilyBlock("y", .gauge, unit: "bytes")
        try other.append(1)
        let merged = exposition(block, other)
        #expect(!text(merged).contains("UNIT"))
        #expect(
            text(merged, .openMetrics) == """
                # HELP x_seconds Help.
                # TYPE x_seconds counter
                # UNIT x_seconds seconds
                x_seconds_total 1
                # HELP y Help.
                # TYPE y gauge
                y 1
                # EOF

                """
        )
    }

    @Test func timestampsAreMillisecondsOrSeconds() throws {
        var block = FamilyBlock("x", .gauge)
        try block.append(1, labels: [("n", "1")], timestamp: 1_795_364_427_972)
        try block.append(1, labels: [("n", "2")], timestamp: -1500)
        try block.append(1, labels: [("n", "3")])
        #expect(text(exposition(block)).hasSuffix("} 1 1795364427972\nx{n=\"2\"} 1 -1500\nx{n=\"3\"} 1\n"))
        #expect(
            text(exposition(block), .openMetrics)
                .hasSuffix("} 1 1795364427.972\nx{n=\"2\"} 1 -1.5\nx{n=\"3\"} 1\n# EOF\n")
        )
    }

    @Test(arguments: [MetricKind.gauge, .untyped])
    func aCounterYieldsItsShortNameToAnotherFamily(kind: MetricKind) throws {
        let merged = exposition(try block("x_total", .counter), try block("x", kind))
        #expect(text(merged, .openMetrics).contains("# TYPE x_total unknown\nx_total 1\n"))
        #expect(text(merged).contains("# TYPE x_total counter\nx_total 1\n"))
    }

    /// As Prometheus 3 asks.
    private static let both =
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
        + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"

    @Test func textIsServedWhereItHasTypesThatOpenMetricsHasNot() throws {
        let both = AcceptedFormats(accept: Self.both)
        let only = AcceptedFormats(accept: "application/openmetrics-text;version=1.0.0;q=0.6,*/*;q=0.5")
        let fitting = exposition(try block("x_total", .counter), try block("y_info", .info))
        let octets = exposition(try block("ifInOctets", .counter), try block("my.metric", .gauge))
        #expect(encode(fitting, for: both).format.syntax == .openMetrics)
        #expect(encode(octets, for: only).format.syntax == .openMetrics)
        let (format, bytes) = encode(octets, for: both)
        #expect(format == ExpositionFormat(.text1, escaping: .allowUTF8))
        let output = String(decoding: bytes, as: UTF8.self)
        #expect(output.contains("# TYPE ifInOctets counter\n") && output.contains("{\"my.metric\"} 1\n"))
        #expect(!output.contains("# EOF"))
    }

    @Test func textIsNotServedWhereItWouldCostSamples() throws {
        let own = try parse("# TYPE c counter\nc_total 5\nc_created 1.5\n# EOF\n", .openMetrics)
        let merged = merge([Contribution(source: "s", families: own + [try block("ifInOctets", .counter)])])
        #expect(encode(merged, for: AcceptedFormats(accept: Self.both)).format.syntax == .openMetrics)
    }

    @Test func reservedNamesOfOpenMetricsAreNeverBorneTwice() throws {
        let merged = exposition(
            try histogram("h"),
            try block("h_created", .gauge, 1, [("other", "x")]),
            try block("c_total", .counter),
            try block("c_created", .untyped),
            try block("i_info", .info),
            try block("i", .gauge),
            try block("j_info", .info),
            try block("j_total", .counter),
            try block("k_created_total", .counter)
        )
        let output = text(merged, .openMetrics)
        for line in [
            "# TYPE h_bucket unknown", "# TYPE h_sum unknown", "# TYPE h_count unknown", "# TYPE h_created gauge",
            "# TYPE c_total unknown", "# TYPE i_info gauge", "# TYPE j info", "# TYPE j_total unknown",
            "# TYPE k_created_total unknown",
        ] {
            #expect(output.contains(line + "\n"), "\(line)")
        }
    }

    @Test func whatOpenMetricsForbidsInAHistogramIsServedInParts() throws {
        let none = try layout()
        for value in [
            HistogramValue(buckets: [(1, 2)], count: 4), HistogramValue(buckets: [(-1, 2)], sum: -4, count: 4),
            HistogramValue(buckets: [(1, 1.5)], sum: 3, count: 4), HistogramValue(buckets: [], sum: .nan, count: 1),
        ] {
            var block = FamilyBlock("h", .histogram)
            try block.add(value, none)
            #expect(text(exposition(block), .openMetrics).contains("# TYPE h_bucket unknown\n"))
            #expect(text(exposition(block)).contains("# TYPE h histogram\n"))
        }
        var summary = FamilyBlock("s", .summary)
        try summary.add(SummaryValue(quantiles: [(0.5, -1)], sum: 1, count: 1), none)
        #expect(
            text(exposition(summary), .openMetrics).contains("# TYPE s unknown\ns{quantile=\"0.5\"} -1\n")
        )
    }

    @Test func namesOfPrometheus3AreQuotedWhereTheFormatCan() throws {
        let merged = exposition(
            try block("my.metric", .gauge, 1, [("l.x", "v"), ("a", "\"")]),
            try block("my.other", .gauge, 2)
        )
        let format = ExpositionFormat(.text1, escaping: .allowUTF8)
        #expect(
            String(decoding: encode(merged, as: format), as: UTF8.self) == """
                # HELP "my.metric" Help.
                # TYPE "my.metric" gauge
                {"my.metric",a="\\"","l.x"="v"} 1
                # HELP "my.other" Help.
                # TYPE "my.other" gauge
                {"my.other"} 2

                """
        )
    }

    @Test func thousandsOfSamplesFitTheReckonedSize() throws {
        var random = FixedGenerator(seed: 3)
        var block = FamilyBlock("x_total", .counter)
        for number in 0..<5000 {
            let value = Double(bitPattern: random.next() >> 2)
            try block.append(value, labels: [("n", "\(number)")], timestamp: Int64(bitPattern: random.next() >> 3))
        }
        for syntax in [ExpositionFormat.Syntax.text, .openMetrics] {
            #expect(
                text(exposition(block), syntax).split(separator: "\n").filter { $0.hasPrefix("x_total{") }.count == 5000
            )
        }
    }
}
