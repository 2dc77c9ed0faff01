import Testing

@testable import Exposition

@Suite struct DeclarationTests {
    private func problems(
        _ name: String,
        _ kind: MetricKind,
        _ labels: [String] = [],
        help: String = "Help.",
        unit: String = "",
        naming: NamingRules = .strict
    ) -> [String] {
        FamilyDescriptor(name: name, kind: kind, help: help, unit: unit)
            .problems(labelNames: labels, naming: naming)
    }

    @Test func aGoodDeclarationHasNoProblems() {
        #expect(problems("node_load1", .gauge) == [])
        #expect(problems("node_cpu_seconds_total", .counter, ["cpu", "mode"], unit: "seconds") == [])
        #expect(problems("node_uname_info", .info, ["release"]) == [])
        #expect(problems("node_netstat_Tcp_total", .untyped) == [])
        #expect(problems("job:rate:sum", .gauge) == [])
    }

    @Test(arguments: ["", "1x", "a-b", "a b", "é", "a.b"])
    func namesOutsideTheAlphabetAreProblems(name: String) {
        #expect(!problems(name, .gauge).isEmpty)
        #expect(!problems("x", .gauge, [name]).isEmpty)
        #expect(problems(name, .gauge, naming: .utf8).isEmpty != name.isEmpty)
    }

    @Test func problemsSayTheRuleAndTheName() {
        #expect(
            problems("a-b", .gauge) == [#"metric name must match [a-zA-Z_:][a-zA-Z0-9_:]*, got "a-b""#]
        )
        #expect(problems("x", .gauge, ["a:b"]) == [#"label name must match [a-zA-Z_][a-zA-Z0-9_]*, got "a:b""#])
        #expect(problems("x", .gauge, help: "") == [#"help of "x" is missing"#])
        #expect(problems("x", .counter) == [#"name of a counter must end in _total, got "x""#])
        #expect(problems("x_total", .gauge) == [#"name of a gauge must not end in _total, got "x_total""#])
        #expect(problems("x", .info) == [#"name of an info must end in _info, got "x""#])
        #expect(
            problems("x_ms", .gauge, unit: "seconds")
                == [#"name of a family with unit seconds must end in it, got "x_ms""#]
        )
        #expect(problems("x", .gauge, ["a", "a"]) == [#"label "a" is given twice"#])
        #expect(problems("x", .gauge, ["__a"]) == [#"label "__a" is reserved"#])
    }

    @Test func theFamilysOwnLabelsAreReserved() {
        #expect(problems("h", .histogram, ["le"]) == [#"label "le" is reserved"#])
        #expect(problems("s", .summary, ["quantile"]) == [#"label "quantile" is reserved"#])
        #expect(problems("state", .stateset, ["state"]) == [#"label "state" is reserved"#])
        #expect(problems("x", .gauge, ["le", "quantile"]) == [])
    }

    @Test func legacyNamingKeepsOnlyTheAlphabet() {
        #expect(problems("x", .counter, naming: .legacy) == [])
        #expect(problems("x_total", .gauge, naming: .legacy) == [])
        #expect(problems("1x", .gauge, naming: .legacy).count == 1)
    }

    @Test(
        arguments: [
            ("x", MetricKind.gauge, [], ""), ("x_count", .gauge, [], "_count"), ("x_sum", .gauge, [], "_sum"),
            ("x_bucket", .summary, [], "_bucket"), ("x_sum", .summary, [], ""), ("x_count", .untyped, [], ""),
            ("x", .counter, [], "should have \"_total\""), ("x_total", .gauge, [], "should not have \"_total\""),
            ("x_total", .untyped, [], ""), ("x", .gauge, ["le"], "\"le\" label"), ("x", .histogram, ["le"], ""),
            ("x", .gauge, ["quantile"], "\"quantile\" label"), ("a:b", .gauge, [], "':'"),
            ("fooBar", .gauge, [], "metric names should be written in 'snake_case'"),
            ("x", .gauge, ["fooBar"], "label names should be written in 'snake_case'"),
            ("foo_gauge", .gauge, [], "type 'gauge'"), ("foo_counter_x", .gauge, [], "type 'counter'"),
            ("gauge_x", .gauge, [], ""), ("x_minutes", .gauge, [], "\"seconds\" instead of \"minutes\""),
            ("x_milliseconds", .gauge, [], "\"seconds\" instead of \"milliseconds\""), ("x_seconds", .gauge, [], ""),
            ("thermometers", .gauge, [], ""), ("x_kilometers", .gauge, [], "instead of \"kilometers\""),
            ("x_ms", .gauge, [], "abbreviated"), ("x_kb_used", .gauge, [], "abbreviated"), ("ms_x", .gauge, [], ""),
        ] as [(String, MetricKind, [String], String)]
    )
    func lintHasPromtoolsRules(name: String, kind: MetricKind, labels: [String], expected: String) {
        let warnings = FamilyDescriptor(name: name, kind: kind, help: "Help.").lintWarnings(labelNames: labels)
        #expect(warnings.count == (expected.isEmpty ? 0 : 1), "\(warnings)")
        #expect(warnings.allSatisfy { $0.contains(expected) }, "\(warnings)")
    }

    @Test func lintMissesHelp() {
        #expect(FamilyDescriptor(name: "x", kind: .gauge, help: "").lintWarnings(labelNames: []) == ["no help text"])
    }
}
