import Testing

@testable import Exposition

@Suite struct ParseOptionTests {
    private func names(_ text: String, _ options: ParseOptions, _ format: ParseFormat = .text) throws -> [String] {
        try parse(text, format, options).flatMap { block in
            block.samples.map { block.descriptor.sampleName($0.suffix) }
        }
    }

    private func error(_ text: String, _ options: ParseOptions) -> String? {
        do {
            _ = try parse(text, .text, options)
            return nil
        } catch {
            return "\(error)"
        }
    }

    // MARK: Names

    @Test(arguments: [
        ("a", "a", true), ("a", "ab", false), ("a*", "a", true), ("a*", "abc", true), ("*c", "abc", true),
        ("*", "", true),
        ("a?c", "abc", true), ("a?c", "ac", false), ("a?", "aé", true), ("a??", "aé", false),
        ("*a*b*c*", "xaxbxcx", true),
        ("*a*b*c*", "xaxcxbx", false), ("", "", true), ("", "a", false), ("a**", "a", true), ("a*?", "a", false),
        ("[a]", "a", false),
    ])
    func aGlobNamesWhatItSays(glob: String, name: String, expected: Bool) {
        #expect(Array(name.utf8).withUnsafeBytes { NameFilter.matches(Array(glob.utf8), $0) } == expected)
    }

    @Test func aHostileGlobEndsSoon() {
        let glob = Array((String(repeating: "a*", count: 200) + "b").utf8)
        let name = Array(String(repeating: "a", count: 20_000).utf8)
        #expect(!name.withUnsafeBytes { NameFilter.matches(glob, $0) })
    }

    private static let text = """
        # HELP h Help.
        # TYPE h histogram
        h_bucket{le="+Inf"} 2
        h_sum 3
        h_count 2
        # TYPE go_a gauge
        go_a 1
        go_b 1
        up 1

        """

    @Test(arguments: [
        ([], ["go_*"], ["h_bucket", "h_sum", "h_count", "up"]), (["go_*", "up"], [], ["go_a", "go_b", "up"]),
        (["h"], [], ["h_bucket", "h_sum", "h_count"]), ([], ["h"], ["go_a", "go_b", "up"]),
        (["h_*"], ["*_sum"], ["h_bucket", "h_count"]), (["*"], ["*"], []), (["nothing"], [], []),
    ])
    func samplesAreKeptByTheirNameOrTheirFamilys(keep: [String], drop: [String], expected: [String]) throws {
        var options = ParseOptions()
        options.names = NameFilter(keep: keep, drop: drop)
        #expect(try names(Self.text, options) == expected)
    }

    @Test func openMetricsNamesAreThoseOfTheSamples() throws {
        var options = ParseOptions()
        options.names = NameFilter(keep: ["c_total"])
        let text = "# TYPE c counter\nc_total 1\nc_created 1\n# TYPE d counter\nd_total 1\n# EOF\n"
        #expect(try names(text, options, .openMetrics) == ["c_total"])
    }

    @Test func whatIsLeftOutCountsForNothingAndIsStillChecked() throws {
        var options = ParseOptions()
        options.names = NameFilter(drop: ["x*"])
        options.maximumSamples = 1
        options.maximumBytes = 16
        options.maximumMetadataBytes = 1000
        let dropped = (0..<10_000).map { "x\($0){a=\"b\"} 1\n" }.joined()
        #expect(try names(dropped + "a 1\n", options) == ["a"])
        #expect(error("x{a=\"b\"} nil\n", options) == "1:10: expected a number, got \"nil\"")
    }

    // MARK: Limits

    @Test func duplicatesDoNotCount() throws {
        var options = ParseOptions()
        options.maximumSamples = 1
        #expect(try names("a 1\na 2\na 3\n", options) == ["a"])
        #expect(error("a 1\na 2\nb 3\n", options) == "3:1: more than 1 samples")
    }

    @Test func bytesAreThoseOfTheBlocks() throws {
        let text = "# TYPE h histogram\nh_bucket{a=\"1\",le=\"1\"} 1\nh_sum{a=\"1\"} 1\na{b=\"c\"} 1\na 1 5\nb 1\n"
        var parser = ExpositionParser(format: .text)
        try Array(text.utf8).withUnsafeBytes { try parser.feed($0) }
        let counted = parser.byteCount
        #expect(parser.sampleCount == 5)
        // The first timestamp gives the sample before it a place for one.
        #expect(try parser.finish().reduce(0) { $0 + $1.byteCount } == counted + 8)
        var options = ParseOptions()
        options.maximumBytes = counted - 1
        #expect(error(text, options) == "6:1: more than \(counted - 1) bytes of samples")
    }

    @Test func anErrorSaysWhichLimitIsBroken() {
        var options = ParseOptions()
        options.maximumSamples = 1
        #expect(throws: ParseError(line: 2, column: 1, message: "more than 1 samples", limit: .samples)) {
            try parse("a 1\nb 1\n", .text, options)
        }
        options = ParseOptions()
        options.maximumBytes = 16
        #expect(throws: ParseError(line: 2, column: 1, message: "more than 16 bytes of samples", limit: .bytes)) {
            try parse("a 1\nb 1\n", .text, options)
        }
    }

    @Test func namesAndHelpHaveALimitOfTheirOwn() {
        var options = ParseOptions()
        options.maximumMetadataBytes = 10_000
        let help = "# HELP a \(String(repeating: "x", count: 10_000))\n"
        #expect(error("a 1\n" + help, options) == "2:1: names and help take more than 10000 bytes")
        let names = (0..<1000).map { "a\($0) 1\n" }.joined()
        #expect(error(names, options)?.hasSuffix("names and help take more than 10000 bytes") == true)
    }

    // MARK: Timestamps

    @Test func timestampsAreKeptDroppedOrRefused() throws {
        var options = ParseOptions()
        #expect(try parse("a 1 5\n", .text, options)[0].samples[0].timestamp == 5)
        options.timestamps = .drop
        #expect(try parse("a 1 5\n", .text, options)[0].samples[0].timestamp == nil)
        options.timestamps = .refuse
        #expect(error("a 1\nb 1 5\n", options) == "2:1: sample has a timestamp, which is not allowed")
        options.names = NameFilter(drop: ["b"])
        #expect(error("a 1\nb 1 5\n", options) == nil)
    }

    // MARK: Reserved names

    @Test func aReservedNameNeedsALabelThatIsAdded() throws {
        var options = ParseOptions()
        options.reservedPrefix = "hub_"
        #expect(
            error("a 1\nhub_x{b=\"c\"} 1\n", options) == "2:1: names that begin with hub_ need a label that is added"
        )
        #expect(error("{\"hub_x\"} 1\n", options) == "1:1: names that begin with hub_ need a label that is added")
        options.labels = try AddedLabels([("target", "t")])
        #expect(
            try names("hub_x{b=\"c\"} 1\nhub_y 1\nhub_x{target=\"a\"} 1\n", options) == ["hub_x", "hub_x", "hub_y"]
        )
        options.labels = try AddedLabels([("target", "t")], honorsLabels: true)
        #expect(error("hub_x 1\n", options) == nil)
        #expect(
            error("hub_x{target=\"a\"} 1\n", options) == "1:1: names that begin with hub_ need a label that is added"
        )
    }
}
