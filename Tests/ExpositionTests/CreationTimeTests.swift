import Testing

@testable import Exposition

/// Gauges `x_created`, which clients write beside `x` in text, in OpenMetrics.
@Suite struct CreationTimeTests {
    private func openMetrics(_ exposition: String) throws -> String {
        let blocks = try parse(exposition)
        let merged = merge([Contribution(source: "s", families: blocks)])
        let output = text(merged, .openMetrics)
        // What was written can be read.
        _ = try parse(output, .openMetrics)
        return output
    }

    /// As prometheus_client for Python pushes it.
    @Test func theyStandBehindTheirMetrics() throws {
        let output = try openMetrics(
            """
            # HELP c_total A counter.
            # TYPE c_total counter
            c_total{a="1"} 5
            c_total{a="2"} 6
            # HELP c_created A counter.
            # TYPE c_created gauge
            c_created{a="2"} 1.7956535589e+09
            c_created{a="1"} 1.5
            # TYPE h histogram
            h_bucket{le="+Inf"} 2
            h_count 2
            h_sum 3
            # TYPE h_created gauge
            h_created 2.5
            # TYPE s summary
            s_count{b="1"} 2
            s_sum{b="1"} 3
            s_count{b="2"} 2
            s_sum{b="2"} 3
            # TYPE s_created gauge
            s_created{b="2"} 4.5

            """
        )
        #expect(
            output == """
                # HELP c A counter.
                # TYPE c counter
                c_total{a="1"} 5
                c_created{a="1"} 1.5
                c_total{a="2"} 6
                c_created{a="2"} 1795653558.9
                # TYPE h histogram
                h_bucket{le="+Inf"} 2
                h_sum 3
                h_count 2
                h_created 2.5
                # TYPE s summary
                s_sum{b="1"} 3
                s_count{b="1"} 2
                s_sum{b="2"} 3
                s_count{b="2"} 2
                s_created{b="2"} 4.5
                # EOF

                """
        )
    }

    @Test(arguments: [
        // One has no metric, or another type.
        "# TYPE c_total counter\nc_total{a=\"1\"} 5\n# TYPE c_created gauge\nc_created{a=\"1\"} 1\nc_created{a=\"2\"} 1\n",
        "# TYPE c_total counter\nc_total 5\n# TYPE c_created untyped\nc_created 1\n",
        // It is not clear whose they are.
        "# TYPE c_total counter\nc_total 5\n# TYPE c summary\nc_sum 5\nc_count 5\n# TYPE c_created gauge\nc_created 1\n",
        // The metric's type is one that OpenMetrics cannot have.
        "# TYPE c_total counter\nc_total 5\n# TYPE c gauge\nc 5\n# TYPE c_created gauge\nc_created 1\n",
        "# TYPE c histogram\nc_bucket{le=\"+Inf\"} 5\nc_count 5\n# TYPE c_created gauge\nc_created 1\n",
        "# TYPE c_total counter\nc_total -5\n# TYPE c_created gauge\nc_created 1\n",
    ])
    func whatDoesNotFitStaysAsItIs(exposition: String) throws {
        let output = try openMetrics(exposition)
        let samples = { (text: String) in text.split(separator: "\n").filter { !$0.hasPrefix("#") }.sorted() }
        #expect(samples(output) == samples(exposition))
        #expect(output.contains("# TYPE c_created "))
    }

    @Test func textKeepsThemApart() throws {
        let exposition = "# TYPE c_created gauge\nc_created 1.5\n# TYPE c_total counter\nc_total 5\n"
        #expect(text(merge([Contribution(source: "s", families: try parse(exposition))])) == exposition)
    }

    @Test func timesOfTheirOwnDuplicatesAndOtherSourcesStayRight() throws {
        let first = try parse("# TYPE c_total counter\nc_total{a=\"1\"} 5 100\nc_total{a=\"2\"} 6 200\n")
        let second = try parse("# TYPE c_total counter\nc_total{a=\"2\"} 7\nc_total{a=\"3\"} 8\n")
        let times = try parse("# TYPE c_created gauge\nc_created{a=\"1\"} 1 300\nc_created{a=\"3\"} 3\n")
        let merged = merge([
            Contribution(source: "a", families: first), Contribution(source: "b", families: second),
            Contribution(source: "c", families: times),
        ])
        #expect(
            text(merged, .openMetrics) == """
                # TYPE c counter
                c_total{a="1"} 5 0.1
                c_created{a="1"} 1 0.3
                c_total{a="2"} 6 0.2
                c_total{a="3"} 8
                c_created{a="3"} 3
                # EOF

                """
        )
    }

    @Test func aSecondTimeForAMetricLeavesBothAsTheyAre() throws {
        let own = try parse("# TYPE c counter\nc_total 5\nc_created 1.5\n# EOF\n", .openMetrics)
        let gauge = try block("c_created", .gauge, 2)
        let merged = merge([
            Contribution(source: "a", families: own), Contribution(source: "b", families: [gauge]),
        ])
        #expect(text(merged, .openMetrics).contains("# TYPE c_created gauge\nc_created 2\n"))
    }
}
