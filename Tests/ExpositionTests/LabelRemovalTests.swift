import Testing

@testable import Exposition

@Suite struct LabelRemovalTests {
    private func removing(_ label: String, from input: String, _ format: ParseFormat = .text) throws -> String {
        let blocks = try parse(input, format).map { $0.removingLabel(label) }
        return text(merge([Contribution(source: "s", families: blocks)]), format == .text ? .text : .openMetrics)
    }

    @Test(arguments: [
        (#"x{target="t"} 1"#, "x 1"), (#"x{a="1",target="t"} 1"#, #"x{a="1"} 1"#),
        (#"x{target="t",z="1"} 1"#, #"x{z="1"} 1"#),
        (#"x{a="1",target="t",z="1"} 1 5"#, #"x{a="1",z="1"} 1 5"#),
        (#"x{a="target=\"t\""} 1"#, #"x{a="target=\"t\""} 1"#),
        (#"x{my_target="t"} 1"#, #"x{my_target="t"} 1"#),
    ])
    func theLabelIsTakenOffWhereverItStands(input: String, expected: String) throws {
        #expect(try removing("target", from: input + "\n") == "# TYPE x untyped\n\(expected)\n")
    }

    @Test func aLabelWithAQuotedNameIsTakenOff() throws {
        let block = try #require(try parse("{\"x\",\"a.b\"=\"1\",c=\"2\"} 1\n").first)
        #expect(block.removingLabel("a.b").samples[0].labels == [.init(name: "c", value: "2")])
    }

    @Test func everyKindStaysWhole() throws {
        let input = """
            # TYPE c counter
            c_total{target="t"} 1
            c_created{target="t"} 2
            # TYPE gh gaugehistogram
            gh_bucket{le="1",target="t"} 1
            gh_bucket{le="+Inf",target="t"} 1
            gh_gsum{target="t"} 1
            gh_gcount{target="t"} 1
            # TYPE h histogram
            h_bucket{a="1",le="+Inf",target="t"} 1
            h_sum{a="1",target="t"} 1
            h_count{a="1",target="t"} 1
            # TYPE i info
            i_info{target="t",version="1"} 1
            # TYPE s stateset
            s{s="on",target="t"} 1
            s{s="off",target="t"} 0
            # TYPE y summary
            y{quantile="0.5",target="t"} 1
            y_sum{target="t"} 1
            y_count{target="t"} 1
            # EOF

            """
        let plain = input.replacing(",target=\"t\"", with: "").replacing("{target=\"t\"}", with: "")
            .replacing("target=\"t\",", with: "")
        #expect(try removing("target", from: input, .openMetrics) == removing("nothing", from: plain, .openMetrics))
    }

    @Test func whatTheFamilyWritesItselfStays() throws {
        let input = "# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n"
        #expect(try removing("le", from: input) == input)
    }

    @Test func ofSamplesThatTheLabelAloneToldApartTheFirstStays() throws {
        let input = "x{t=\"a\"} 1\nx{t=\"b\"} 2\nx{t=\"b\",u=\"c\"} 3\nx 4\n"
        #expect(try removing("t", from: input) == "# TYPE x untyped\nx 1\nx{u=\"c\"} 3\n")
        let metrics = "# TYPE y summary\ny_sum{t=\"a\"} 1\ny_count{t=\"a\"} 1\ny_sum{t=\"b\"} 2\ny_count{t=\"b\"} 2\n"
        #expect(try removing("t", from: metrics) == "# TYPE y summary\ny_sum 1\ny_count 1\n")
    }

    @Test func aBlockWithoutTheLabelIsHandedOnAsItIs() throws {
        let block = try #require(try parse("x{a=\"1\"} 1\n").first)
        let same = block.removingLabel("target")
        #expect(block.arena.withUnsafeBytes { $0.baseAddress } == same.arena.withUnsafeBytes { $0.baseAddress })
    }

    @Test func anAppendAfterwardsStillFindsDuplicates() throws {
        var block = try #require(try parse("x{t=\"a\"} 1\n").first?.removingLabel("t"))
        #expect(throws: SampleError.duplicate(labels: "")) { try block.append(2) }
    }
}
