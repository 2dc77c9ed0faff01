import Testing

@testable import Exposition

/// Beside these, EndToEnd compares some two hundred selectors with a real Prometheus.
@Suite struct SelectorTests {
    private func selected(_ selectors: String..., from blocks: [FamilyBlock]) throws -> String {
        var federation = Federation(try selectors.map { try MetricSelector($0) }, labels: [:], now: 5_000)
        return text(try federation.select(merge([Contribution(source: "plugin", families: blocks)])))
    }

    @Test(arguments: [
        #"{"my.metric"}"#, #"{"my.metric","label.x"="a"}"#, #"{__name__="my.metric"}"#, #"{"label.x"=~"[a]"}"#,
    ])
    func namesInQuotesAreThoseOfPrometheus3(selector: String) throws {
        let block = try block("my.metric", .gauge, 1, [("label.x", "a")])
        var federation = Federation([try MetricSelector(selector)], labels: [:], now: 5_000)
        let chosen = try federation.select(merge([Contribution(source: "plugin", families: [block])]))
        #expect(chosen.sampleCount == 1)
    }

    @Test func aDotTakesALineFeedAsInPrometheus3() throws {
        let block = try block("x", .gauge, 1, [("a", "1\n2")])
        #expect(try selected(#"x{a=~"1.2"}"#, from: [block]).contains("x{"))
    }

    @Test func samplesGetJobInstanceAndTheTimeOfTheirCollection() throws {
        let block = try block("x", .gauge, 1, [("a", "1")])
        let merged = merge([
            Contribution(source: "node", families: [block], collectedAt: 1_700_000_000_123),
            Contribution(source: "hub", families: [try ExpositionTests.block("y", .gauge, 1, [("job", "own")])]),
        ])
        var federation = Federation(
            [try MetricSelector(#"{job="node"}"#), try MetricSelector("y")],
            labels: ["location": "home"],
            now: 5_000
        )
        let answer = text(try federation.select(merged))
        #expect(answer.contains(#"x{a="1",instance="",job="node",location="home"} 1 1700000000123"#))
        #expect(answer.contains(#"y{instance="",job="own",location="home"} 1 5000"#))
    }

    @Test func labelsThatAreAddedAreNotSelectedBy() throws {
        let block = try block("x", .gauge)
        var federation = Federation([try MetricSelector(#"{location="home"}"#)], labels: ["location": "home"], now: 0)
        #expect(try federation.select(exposition(block)).families.isEmpty)
    }

    @Test func aWholeHistogramKeepsItsType() throws {
        var histogram = FamilyBlock("x", .histogram)
        try histogram.add(HistogramValue(buckets: [(1, 2)], sum: 3, count: 2), try layout())
        #expect(try selected(#"{__name__=~"x_.*"}"#, from: [histogram]).contains("# TYPE x histogram\n"))
        let part = try selected("x_count", from: [histogram])
        #expect(part.contains("# TYPE x_count untyped\n"))
        #expect(!part.contains("x_bucket"))
    }

    @Test func aSampleThatTwoSelectorsNameIsThereOnce() throws {
        let answer = try selected("x", #"{job="plugin"}"#, from: [try block("x", .gauge)])
        #expect(answer.split(separator: "\n").count { $0.hasPrefix("x{") } == 1)
    }

    @Test(arguments: [
        ("", "unknown position: parse error: unexpected end of input"),
        (" ", "1:2: parse error: unexpected end of input"),
        (
            #"x{a=~"(?i"}"#,
            "1:3: parse error: error parsing regexp: invalid or unsupported Perl syntax: `(?i`"
        ),
        ("{a=\"\u{1}", "1:4: parse error: unterminated quoted string"),
        ("x{a=\"\\q\"}", "1:5: parse error: unknown escape sequence U+0071 'q'"),
        ("x\n{y}", "2:3: parse error: unexpected \"}\" in label matching, expected label matching operator"),
        (#"x{a=~"["}"#, "1:3: parse error: error parsing regexp: missing closing ]: `[`"),
        (
            #"x{a=~"\\p{Greek}"}"#,
            #"1:3: parse error: error parsing regexp: invalid character class range: `\p{Greek}`"#
        ),
        (
            #"x{a=~"((a{100}){100}){100}"}"#,
            "1:3: parse error: error parsing regexp: invalid repeat count: `((a{100}){100}){100}`"
        ),
    ])
    func anErrorSaysWhere(selector: String, message: String) {
        #expect(throws: SelectorError.self) { try MetricSelector(selector) }
        do { _ = try MetricSelector(selector) } catch { #expect(error.description == message) }
    }

    @Test func anExpressionIsOnlySoLarge() {
        #expect(throws: SelectorError.self) { try MetricSelector(#"{a=~"(ab|cd){1000}(ef|gh){1000}(ij|kl){1000}"}"#) }
        let nested = String(repeating: "(", count: 10_000) + String(repeating: ")", count: 10_000)
        #expect(throws: SelectorError.self) { try MetricSelector("{a=~\"\(nested)\"}") }
        let empty = #"{a=~"(((){1000}){1}){1}|(){1000}"}"#
        #expect(throws: Never.self) { try MetricSelector(empty) }
    }

    @Test func theWorkOfOneRequestIsBounded() throws {
        var block = FamilyBlock("x", .gauge)
        for number in 0..<20 {
            try block.append(1, labels: [("a", String(repeating: "a", count: 500) + "\(number)")])
        }
        let selector = try MetricSelector(#"{a=~"(a?){500}b"}"#)
        var federation = Federation([selector], labels: [:], now: 0, maximumSteps: 10_000)
        #expect(throws: Federation.TooMuchWork(steps: 10_000)) { try federation.select(exposition(block)) }
    }
}
