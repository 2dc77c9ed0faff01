import Testing

@testable import Exposition

@Suite struct ParserOpenMetricsTests {
    private func error(_ input: String) -> String? {
        do {
            _ = try parse(input, .openMetrics)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func everyKindIsRead() throws {
        let input = """
            # TYPE c_seconds counter
            # UNIT c_seconds seconds
            # HELP c_seconds A \\"counter\\".
            c_seconds_total{a="1"} 5 1795364427.972
            c_seconds_created{a="1"} 1795364000.5
            # TYPE g gauge
            g -1.5
            # TYPE i info
            i_info{version="1"} 1
            # TYPE s stateset
            s{s="up"} 1
            s{s="down"} 0
            # TYPE h histogram
            h_bucket{le="1.0"} 1
            h_bucket{le="+Inf"} 2
            h_count 2
            h_sum 3
            h_created 1.5
            # TYPE gh gaugehistogram
            gh_bucket{le="+Inf"} 2
            gh_gcount 2
            gh_gsum 3
            # TYPE q summary
            q{quantile="0.5"} 1
            q_sum 2
            q_count 1
            # TYPE u unknown
            u 1
            bare_total 1
            # EOF

            """
        let blocks = try parse(input, .openMetrics)
        #expect(
            blocks.map { "\($0.descriptor.name) \($0.descriptor.kind.rawValue) \($0.sampleCount)" } == [
                "c_seconds_total counter 2", "g gauge 1", "i_info info 1", "s stateset 2", "h histogram 5",
                "gh gaugehistogram 3", "q summary 3", "u untyped 1", "bare_total untyped 1",
            ]
        )
        #expect(blocks[0].descriptor.unit == "seconds")
        #expect(blocks[0].descriptor.help == "A \"counter\".")
        #expect(blocks[0].samples[0].timestamp == 1_795_364_427_972)
        #expect(blocks[0].samples[1].suffix == .created)
        #expect(blocks.allSatisfy { $0.fitsOpenMetrics })
    }

    @Test func createdTimesStayInOpenMetrics() throws {
        let input =
            "# TYPE c counter\nc_total 5\nc_created 1.5\n# TYPE h histogram\nh_bucket{le=\"+Inf\"} 2\nh_sum 3\nh_count 2\nh_created 1.5\n# EOF\n"
        let merged = merge([Contribution(source: "s", families: try parse(input, .openMetrics))])
        #expect(text(merged, .openMetrics) == input)
        #expect(!text(merged).contains("created"))
    }

    @Test(arguments: [
        "x_total 1 # {trace_id=\"a\"} 0.5", "x_total 1 1.5 # {} 0.5 1795364427.972",
        "x_total 1 # {a=\"1\",b=\"\\\"\"} 3",
    ])
    func exemplarsAreReadAndDropped(line: String) throws {
        let block = try parse("# TYPE x counter\n\(line)\n# EOF", .openMetrics)[0]
        #expect(block.samples.map(\.value) == [1])
    }

    // As observed with Prometheus 2.42.
    @Test func aScrapesTolerancesAreOurs() throws {
        let bare = try parse("# TYPE x counter\nx 1\n# EOF\n", .openMetrics)[0]
        #expect(bare.descriptor.name == "x" && bare.descriptor.kind == .counter)
        let pieces = try parse("# TYPE x gauge\nx{a=\"1\"} 1\n# TYPE y gauge\ny 1\nx{a=\"2\"} 1\n# EOF\n", .openMetrics)
        #expect(pieces.map(\.sampleCount) == [2, 1])
    }

    @Test(arguments: [
        ("x 1\n", "2:1: data does not end with # EOF"),
        ("", "1:1: data does not end with # EOF"),
        ("x 1\n# EOF\nx 1\n", "3:1: unexpected data after # EOF"),
        ("x 1\n# EOF\n\n", "3:1: unexpected data after # EOF"),
        ("x 1\n# EOF \n", "2:6: unexpected data after # EOF"),
        ("x 1\n\n# EOF\n", "2:1: unexpected blank line"),
        ("# a comment\n# EOF\n", "1:1: OpenMetrics has no comments"),
        ("#TYPE x gauge\n# EOF\n", "1:2: expected a blank"),
        ("x  1\n# EOF\n", #"1:3: expected a number, got """#),
        (" x 1\n# EOF\n", #"1:1: expected a metric name, got " x 1""#),
        ("x 1 \n# EOF\n", #"1:5: expected a timestamp, got """#),
        ("x 1 nan\n# EOF\n", #"1:5: expected a timestamp, got "nan""#),
        ("x{ a=\"1\"} 1\n# EOF\n", "1:3: expected a label name"),
        ("x{a=\"1\"}1\n# EOF\n", "1:9: expected a blank before the value"),
        ("x 1 #\n# EOF\n", "1:4: expected the end of the line or an exemplar"),
        ("x 1 # {a=\"1\"}\n# EOF\n", "1:14: expected a blank before the value"),
        ("x 1 # {a=\"1\"} y\n# EOF\n", #"1:15: expected a number, got "y""#),
        ("x 1 2 3\n# EOF\n", "1:6: expected the end of the line or an exemplar"),
        ("# TYPE x untyped\n# EOF\n", #"1:10: invalid metric type "untyped""#),
        ("# TYPE x info\nx 1\n# EOF\n", #"2:1: "x" is the name of a family, not of its samples"#),
        ("# UNIT x seconds\n# EOF\n", #"1:1: unit "seconds" is not a suffix of metric "x""#),
        ("# TYPE x counter\nx_total 1\nx 2\n# EOF\n", #"3:1: counter "x" has samples with and without _total"#),
        ("# TYPE x stateset\nx 1\n# EOF\n", #"2:1: sample of stateset "x" has no label "x""#),
        ("x 1\r\n# EOF\n", #"1:3: expected a number, got "1\r""#),
    ])
    func whatIsNoOpenMetricsIsRefusedWithItsPlace(input: String, expected: String) {
        #expect(error(input) == expected)
    }

    @Test(arguments: [
        "# TYPE h histogram\nh_bucket{le=\"1.0\"} 1\nh_sum 1\nh_count 1\n# EOF\n",
        "# TYPE h histogram\nh_sum 1\nh_count 1\n# EOF\n",
        "# TYPE h histogram\nh_bucket{le=\"+Inf\"} 2\nh_sum 1\nh_count 1\n# EOF\n",
        "# TYPE c counter\nc_total -1\n# EOF\n", "# TYPE i info\ni_info 2\n# EOF\n",
        "# TYPE s stateset\ns{s=\"a\"} 2\n# EOF\n", "# TYPE q summary\nq{quantile=\"2.0\"} 1\n# EOF\n",
    ])
    func whatBreaksItsKindIsServedUnderAnother(input: String) throws {
        let blocks = try parse(input, .openMetrics)
        #expect(blocks.allSatisfy { !$0.fitsOpenMetrics })
        let output = text(merge([Contribution(source: "s", families: blocks)]), .openMetrics)
        #expect(output.contains(" unknown\n") || output.contains(" gauge\n"))
    }

    @Test func aRepeatedStateIsKeptOnce() throws {
        let block = try parse("# TYPE s stateset\ns{s=\"a\"} 1\ns{s=\"b\"} 0\ns{s=\"a\"} 0\n# EOF\n", .openMetrics)[0]
        #expect(block.samples.map(\.value) == [1, 0])
    }
}
