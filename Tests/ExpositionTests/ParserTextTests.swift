import Testing

@testable import Exposition

@Suite struct ParserTextTests {
    private func lines(_ input: String) throws -> [String] {
        text(merge([Contribution(source: "s", families: try parse(input))]))
            .split(separator: "\n").map(String.init)
    }

    private func error(_ input: String, _ options: ParseOptions = ParseOptions()) -> String? {
        do {
            _ = try parse(input, .text, options)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func aFamilyHasHelpTypeAndSamples() throws {
        let blocks = try parse(
            "# HELP x_total Some help.\n# TYPE x_total counter\nx_total{b=\"2\",a=\"1\"} 3 1795364427972\nx_total 4\n"
        )
        #expect(blocks.count == 1)
        #expect(blocks[0].descriptor == FamilyDescriptor(name: "x_total", kind: .counter, help: "Some help."))
        let labels = [Sample.Label(name: "a", value: "1"), Sample.Label(name: "b", value: "2")]
        #expect(
            blocks[0].samples == [
                Sample(suffix: .none, labels: labels, value: 3, timestamp: 1_795_364_427_972),
                Sample(suffix: .none, labels: [], value: 4, timestamp: nil),
            ]
        )
    }

    @Test(arguments: [
        "x 3", "x{} 3", "x {} 3", "x\t3", "  x  3  ", "x{}3", "\n\nx 3\n\n", "# a comment\nx 3", "#\nx 3\n",
        "x +3.0\n", "# UNIT x bytes\nx 3\n", "# EOF\nx 3\n", "# HELP x\nx 3\n",
    ])
    func blanksAndCommentsAreNoMatter(input: String) throws {
        #expect(try lines(input) == ["# TYPE x untyped", "x 3"])
    }

    @Test(arguments: [
        #"x{a="1",b="2"} 1"#, #"x{b="2",a="1"} 1"#, #"x{a="1",b="2",} 1"#, #"x{ a = "1" , b = "2" } 1"#,
        #"{"x",a="1","b"="2"} 1"#, #"{ "x" , "a"="1",b="2", } 1"#, "x{a=\"1\",\tb=\"2\"} 1",
    ])
    func labelsHaveManySpellingsAndOneForm(input: String) throws {
        #expect(try lines(input) == ["# TYPE x untyped", #"x{a="1",b="2"} 1"#])
        #expect(try lines(input + "\n").count == 2)
    }

    @Test func escapesAreUndoneOnce() throws {
        let block = try parse("# HELP x a\\\\b\\nc\\d \"q\"\n" + #"x{a="\\n\"\n"} 1"# + "\n")[0]
        #expect(block.descriptor.help == "a\\b\nc\\d \"q\"")
        #expect(block.samples[0].labels[0].value == "\\n\"\n")
    }

    @Test func namesOfPrometheus3AreRead() throws {
        let block = try parse(
            "# HELP \"my.metric\" Help.\n# TYPE \"my.metric\" gauge\n{\"my.metric\",\"l.x\"=\"v\",a=\"b\"} 1\n"
        )[0]
        #expect(block.descriptor == FamilyDescriptor(name: "my.metric", kind: .gauge, help: "Help."))
        #expect(block.samples[0].labels.map(\.name) == ["a", "l.x"])
        #expect(block.hasQuotedNames)
    }

    @Test func familiesInPiecesAreGathered() throws {
        let input = "# TYPE a gauge\na{n=\"1\"} 1\n# TYPE b gauge\nb 1\na{n=\"2\"} 2\n# TYPE a gauge\na{n=\"3\"} 3\n"
        #expect(
            try lines(input) == [
                "# TYPE a gauge", "a{n=\"1\"} 1", "a{n=\"2\"} 2", "a{n=\"3\"} 3", "# TYPE b gauge", "b 1",
            ]
        )
    }

    @Test func aHistogramsSamplesBelongToIt() throws {
        let input = """
            # TYPE h histogram
            h_count{a="2"} 2
            h_bucket{a="1",le="+Inf"} 3
            h_bucket{a="2",le="+Inf"} 2
            h_bucket{le="1",a="1"} 1
            h_sum{a="2"} 0.5
            h_bucket{a="1",le="10"} 2
            h_sum{a="1"} 9
            h_count{a="1"} 3
            # TYPE s summary
            s{quantile="0.50"} 1
            s_sum 1
            s_count 1
            """
        #expect(
            try lines(input) == [
                "# TYPE h histogram", #"h_bucket{a="2",le="+Inf"} 2"#, #"h_sum{a="2"} 0.5"#, #"h_count{a="2"} 2"#,
                #"h_bucket{a="1",le="1.0"} 1"#, #"h_bucket{a="1",le="10.0"} 2"#, #"h_bucket{a="1",le="+Inf"} 3"#,
                #"h_sum{a="1"} 9"#, #"h_count{a="1"} 3"#, "# TYPE s summary", #"s{quantile="0.5"} 1"#, "s_sum 1",
                "s_count 1",
            ]
        )
    }

    @Test func aSumWithoutHistogramIsAFamilyOfItsOwn() throws {
        #expect(try parse("x_sum 1\nx_count 2\n").map(\.descriptor.name) == ["x_sum", "x_count"])
    }

    // What a scrape tolerates, as observed with Prometheus 2.42.
    @Test(arguments: [
        "x{a=\"1\"} 1\nx{a=\"1\"} 2\n", "# TYPE x gauge\n# TYPE x gauge\nx{a=\"1\"} 1\n", "x{a=\"1\"} 1",
        "x{a=\"1\"} 1\n# TYPE b gauge\nb 1\nx{a=\"2\"} 1\n", "x{a=\"1\"} 1 -100000000000\n",
    ])
    func aScrapesTolerancesAreOurs(input: String) throws {
        let block = try #require(try parse(input).first { $0.descriptor.name == "x" })
        #expect(block.samples[0].value == 1)
    }

    @Test func theFirstOfTwoEqualSamplesIsKeptUnlessRefused() throws {
        let input = "x{a=\"1\"} 1\nx{a=\"1\"} 2\n"
        #expect(try parse(input)[0].sampleCount == 1)
        var options = ParseOptions()
        options.duplicates = .reject
        #expect(error(input, options) == "2:1: duplicate sample")
        let buckets = "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"1.0\"} 2\n"
        #expect(try parse(buckets)[0].samples.map(\.value) == [1])
        #expect(error(buckets, options) == #"4:1: duplicate sample {le="1.0"} of "h""#)
    }

    @Test(arguments: [
        ("b nil\n", #"1:3: expected a number, got "nil""#),
        ("a 1\nb 1\r\n", #"2:3: expected a number, got "1\r""#),
        ("# TYPE x gauge\r\nx 1\n", #"1:10: invalid metric type "gauge\r""#),
        ("x{b=\"1\",b=\"2\"} 1\n", #"1:2: label name "b" is not unique"#),
        ("x{b=\"1\",a=\"0\",b=\"2\"} 1\n", #"1:2: label name "b" is not unique"#),
        ("x\n", #"1:2: expected a number, got """#),
        ("x{a=\"1\"}\n", #"1:9: expected a number, got """#),
        ("x 1 2 3\n", #"1:7: unexpected text "3" after the sample"#),
        ("x 1 1.5\n", #"1:5: expected a timestamp, got "1.5""#),
        ("x 1 99999999999999999999\n", #"1:5: expected a timestamp, got "99999999999999999999""#),
        ("1x 1\n", #"1:1: expected a metric name, got "1x 1""#),
        ("x{a=\"1} 1\n", "1:5: text in quotes is not closed"),
        ("x{a=\"1", "1:5: text in quotes is not closed"),
        ("x{a=1} 1\n", "1:5: expected a text in quotes"),
        ("x{a} 1\n", #"1:4: expected "=" after a label name"#),
        ("x{a=\"1\" b=\"2\"} 1\n", #"1:9: expected "," or "}" after a label"#),
        ("x{a=\"1\",,} 1\n", "1:9: expected a label name"),
        ("x{,} 1\n", "1:3: expected a label name"),
        ("x{1=\"a\"} 1\n", "1:3: expected a label name"),
        ("x{\"\"=\"a\"} 1\n", "1:3: expected a label name"),
        ("x{__name__=\"y\"} 1\n", #"1:3: label name "__name__" is reserved"#),
        ("x{a=\"\\t\"} 1\n", "1:6: invalid escape sequence"),
        ("x{\"y\"} 1\n", "1:1: metric name is given twice"),
        ("{a=\"1\"} 1\n", "1:1: expected a metric name"),
        ("x 1\n# TYPE x gauge\n", #"2:1: type of "x" is given after its samples"#),
        ("# TYPE x gauge\n# TYPE x counter\n", #"2:1: second type of "x""#),
        ("# TYPE x info\n", #"1:10: invalid metric type "info""#),
        ("# TYPE x\n", #"1:9: invalid metric type """#),
        ("# TYPE 1x gauge\n", "1:8: invalid metric name in comment"),
        ("# HELP x.y help\n", "1:8: invalid metric name in comment"),
        ("# TYPE h histogram\nh 1\n", #"2:1: "h" is the name of a family, not of its samples"#),
        ("# TYPE h histogram\nh_bucket 1\n", #"2:1: sample of histogram "h" has no label "le""#),
        ("# TYPE h histogram\nh_sum{le=\"1\"} 1\n", #"2:1: label "le" is reserved"#),
        ("# TYPE h histogram\nh_bucket{le=\"x\"} 1\n", #"2:1: label "le" must be a number, got "x""#),
        ("# TYPE s summary\ns 1\n", #"2:1: sample of summary "s" has no label "quantile""#),
    ])
    func whatIsNoExpositionIsRefusedWithItsPlace(input: String, expected: String) {
        #expect(error(input) == expected)
    }

    @Test func invalidUTF8IsRefusedWithItsPlace() {
        let input = Array("a 1\nx{b=\"".utf8) + [0xff] + Array("\"} 1\n".utf8)
        #expect(throws: ParseError(line: 2, column: 6, message: "text is not valid UTF-8")) {
            try input.withUnsafeBytes { try ExpositionParser.parse($0, format: .text) }
        }
    }

    @Test func limitsHold() {
        var options = ParseOptions()
        options.maximumSamples = 2
        options.maximumLineLength = 10
        options.requiresFinalNewline = true
        #expect(error("a 1\nb 1\nc 1\n", options) == "3:1: more than 2 samples")
        #expect(error("a 1\na{b=\"ccc\"} 1\n", options) == "2:1: line is longer than 10 bytes")
        #expect(error("a 1", options) == "1:4: last line has no line feed")
        #expect(error("a 1\nb 1\n", options) == nil)
    }

    @Test func nothingIsNothing() throws {
        #expect(try parse("").isEmpty)
        #expect(try parse("# TYPE x gauge\n").isEmpty)
    }

    @Test func everyTruncationEndsInAnAnswer() throws {
        let input = Array(
            "# HELP h He\\lp é\n# TYPE h histogram\nh_bucket{a=\"q\\\"\\\\\",le=\"1\"} 1 12\n{\"é.x\",\"ü\"=\"\\n\"} NaN\n"
                .utf8
        )
        for end in 0...input.count {
            // A copy of exact size, so that a read past the end is found by a sanitizer.
            let copy = Array(input[..<end])
            for format in [ParseFormat.text, .openMetrics] {
                _ = try? copy.withUnsafeBytes { try ExpositionParser.parse($0, format: format) }
            }
        }
    }
}
