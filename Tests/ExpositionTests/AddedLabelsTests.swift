import Testing

@testable import Exposition

@Suite struct AddedLabelsTests {
    /// The labels of the one sample of `line`, as they are written.
    private func labels(
        _ line: String,
        _ added: [(name: String, value: String)],
        honors: Bool = false
    ) throws -> String {
        var options = ParseOptions()
        options.labels = try AddedLabels(added, honorsLabels: honors)
        let block = try #require(try parse(line + "\n", .text, options).first)
        let labels = String(decoding: block.arena, as: UTF8.self)
        // Read again, what was written is what it was.
        #expect(try parse("x{\(labels)} 1\n").first?.samples.first?.labels == block.samples[0].labels)
        return labels
    }

    @Test(arguments: [
        ("x 1", #"j="1",t="2""#), ("x{} 1", #"j="1",t="2""#), (#"x{a="0"} 1"#, #"a="0",j="1",t="2""#),
        (#"x{k="0"} 1"#, #"j="1",k="0",t="2""#), (#"x{z="0"} 1"#, #"j="1",t="2",z="0""#),
        (#"x{a="0",k="é",tt="\""} 1"#, #"a="0",j="1",k="é",t="2",tt="\"""#),
        (#"x{ z = "0" , a="1", } 1"#, #"a="1",j="1",t="2",z="0""#),
        (#"{"x.y","é"="0"} 1"#, #"j="1",t="2","é"="0""#),
    ])
    func labelsStandAtTheirPlace(line: String, expected: String) throws {
        #expect(try labels(line, [("t", "2"), ("j", "1")]) == expected)
        #expect(try labels(line, [("t", "2"), ("j", "1")], honors: true) == expected)
    }

    @Test func aLabelOfThatNameIsRenamed() throws {
        #expect(try labels(#"x{t="old"} 1"#, [("t", "new")]) == #"exported_t="old",t="new""#)
        #expect(try labels(#"x{t="old",a="b"} 1"#, [("t", "new")]) == #"a="b",exported_t="old",t="new""#)
        #expect(
            try labels(#"x{exported_t="a",t="b"} 1"#, [("t", "c")])
                == #"exported_exported_t="b",exported_t="a",t="c""#
        )
    }

    @Test func aLabelOfThatNameStaysWhenLabelsAreHonoured() throws {
        #expect(try labels(#"x{t="old"} 1"#, [("a", "1"), ("t", "new")], honors: true) == #"a="1",t="old""#)
        #expect(try labels(#"x{t=""} 1"#, [("t", "new")], honors: true) == #"t="""#)
        #expect(try labels(#"x{z="0",t="old"} 1"#, [("t", "new"), ("z", "1")], honors: true) == #"t="old",z="0""#)
    }

    @Test func anEmptyLabelIsReplacedAndNotRenamed() throws {
        #expect(try labels(#"x{t=""} 1"#, [("t", "new")]) == #"t="new""#)
        #expect(try labels(#"x{exported_t="",t="old"} 1"#, [("t", "new")]) == #"exported_t="old",t="new""#)
    }

    @Test func valuesAreEscaped() throws {
        #expect(try labels("x 1", [("t", "\"\\\n")]) == #"t="\"\\\n""#)
    }

    @Test(arguments: [
        ("", "label name is empty"), ("le", "label \"le\" is reserved"), ("quantile", "label \"quantile\" is reserved"),
        ("__a", "label \"__a\" is reserved"), ("a.b", "label name must match [a-zA-Z_][a-zA-Z0-9_]*, got \"a.b\""),
    ])
    func namesThatCannotBeAddedAreRefused(name: String, message: String) {
        #expect {
            try AddedLabels([("a", "1"), (name, "2")])
        } throws: {
            "\($0)" == message
        }
    }

    @Test(arguments: [
        ("x 1", #""a.b"="1","q\"\\\n"="2""#), (#"x{a="0",b="3"} 1"#, #"a="0","a.b"="1",b="3","q\"\\\n"="2""#),
        (#"x{"a.b"="0","z.z"="3"} 1"#, #""a.b"="1","q\"\\\n"="2","z.z"="3""#),
        (#"x{"q\"\\\n"="0"} 1"#, #""a.b"="1","q\"\\\n"="2""#), (#"{"x.y"} 1"#, #""a.b"="1","q\"\\\n"="2""#),
        (#"x{"q!"="0","q#"="3","qA"="4"} 1"#, #""a.b"="1","q!"="0","q\"\\\n"="2","q#"="3",qA="4""#),
    ])
    func rulesMayHaveNamesOfAnyAlphabet(line: String, expected: String) throws {
        var options = ParseOptions()
        options.labels = try AddedLabels([
            .init(name: "q\"\\\n", value: "2", ifPresent: .replace),
            .init(name: "a.b", value: "1", ifPresent: .replace),
        ])
        let block = try #require(try parse(line + "\n", .text, options).first)
        #expect(String(decoding: block.arena, as: UTF8.self) == expected)
        #expect(block.hasQuotedNames)
    }

    @Test func aNameGivenTwiceIsRefused() {
        #expect(throws: ExpositionError.duplicateLabel("a")) { try AddedLabels([("a", "1"), ("a", "1")]) }
    }

    @Test func metricsOfCompositeKindsStayWhole() throws {
        var options = ParseOptions()
        options.labels = try AddedLabels([("a", "new"), ("m", "1")])
        let blocks = try parse(
            """
            # TYPE h histogram
            h_bucket{a="0",le="1"} 1
            h_bucket{a="0",le="+Inf"} 2
            h_sum{a="0"} 3
            h_count{a="0"} 2
            # TYPE s summary
            s{quantile="0.5"} 1
            s_sum 1
            s_count 1

            """,
            .text,
            options
        )
        #expect(
            text(merge([Contribution(source: "s", families: blocks)])) == """
                # TYPE h histogram
                h_bucket{a="new",exported_a="0",le="1.0",m="1"} 1
                h_bucket{a="new",exported_a="0",le="+Inf",m="1"} 2
                h_sum{a="new",exported_a="0",m="1"} 3
                h_count{a="new",exported_a="0",m="1"} 2
                # TYPE s summary
                s{a="new",m="1",quantile="0.5"} 1
                s_sum{a="new",m="1"} 1
                s_count{a="new",m="1"} 1

                """
        )
        #expect(blocks.allSatisfy { $0.fitsOpenMetrics })
    }

    @Test(arguments: [UInt64](1...6))
    func theRuleIsThatOfPrometheus(seed: UInt64) throws {
        var random = FixedGenerator(seed: seed)
        let names = ["a", "b", "exported_a", "exported_b", "exported_exported_a", "z"]
        for _ in 0..<300 {
            let own = names.filter { _ in Bool.random(using: &random) }
                .map { ($0, ["", "1", "é"].randomElement(using: &random) ?? "") }
            let added = ["a", "b", "exported_a"].filter { _ in Bool.random(using: &random) }.map { ($0, "new") }
            guard !own.isEmpty, !added.isEmpty else { continue }
            let honors = Bool.random(using: &random)
            let line = "x{\(own.shuffled(using: &random).map { "\($0)=\"\($1)\"" }.joined(separator: ","))} 1"
            let expected = Self.prometheus(own, added, honors)
            // An empty label is none.
            let got = try labels(line, added, honors: honors)
                .split(separator: ",").map(String.init).filter { !$0.hasSuffix("\"\"") }
            #expect(got == expected.map { "\($0)=\"\($1)\"" }.sorted(), "\(line) \(added) \(honors)")
        }
    }

    /// What Prometheus's `mutateSampleLabels` (scrape/scrape.go) leaves.
    private static func prometheus(
        _ own: [(String, String)],
        _ added: [(String, String)],
        _ honors: Bool
    ) -> [String: String] {
        var labels = Dictionary(uniqueKeysWithValues: own)
        var conflicts: [(String, String)] = []
        for (name, value) in added {
            if honors {
                if labels[name] == nil { labels[name] = value }
                continue
            }
            if let old = labels[name], !old.isEmpty { conflicts.append((name, old)) }
            labels[name] = value
        }
        for (name, value) in conflicts.sorted(by: { $0.0.utf8.count < $1.0.utf8.count }) {
            var new = "exported_" + name
            while labels[new]?.isEmpty == false { new = "exported_" + new }
            labels[new] = value
        }
        return labels.filter { !$0.value.isEmpty }
    }
}
