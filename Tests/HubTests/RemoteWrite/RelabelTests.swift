import RemoteWrite
import Testing

@testable import Hub

@Suite struct RelabelTests {
    private func rules(_ text: String) throws -> Relabeler {
        Relabeler(try decodeConfiguration("remote_write: { relabel_configs: [\(text)] }").remoteWrite.relabeling)
    }

    /// The labels after the rules as `name=value`, sorted; nil when the series is not sent.
    private func apply(_ text: String, _ labels: [String: String]) throws -> [String]? {
        var all = labels.map { Label($0.key, $0.value) }
        guard try rules(text).apply(to: &all) else { return nil }
        return all.map { "\($0.name)=\($0.value)" }.sorted()
    }

    // The examples are those of Prometheus's relabel_test.go and of its documentation.

    @Test func replaceTakesGroupsByNumberAndName() throws {
        let labels = ["a": "foo", "b": "bar", "c": "baz"]
        #expect(
            try apply(#"{ source_labels: [a], regex: "f(.*)", target_label: d, replacement: "ch${1}-ch${1}" }"#, labels)
                == ["a=foo", "b=bar", "c=baz", "d=choo-choo"]
        )
        #expect(
            try apply(
                #"{ source_labels: [a, b], regex: "f(.*);(.*)r", target_label: a, replacement: "b${1}${2}b$$" }"#,
                labels
            )
                == ["a=boobab$", "b=bar", "c=baz"]
        )
        #expect(
            try apply(
                #"{ source_labels: [a], regex: "(?P<first>f)(o+)", target_label: "${first}", replacement: "$2" }"#,
                labels
            )
                == ["a=foo", "b=bar", "c=baz", "f=oo"]
        )
    }

    @Test func replaceWithNothingRemovesTheLabelAndWithoutMatchDoesNothing() throws {
        #expect(
            try apply(#"{ source_labels: [a], target_label: a, replacement: "" }"#, ["a": "x", "b": "y"]) == ["b=y"]
        )
        #expect(try apply(#"{ source_labels: [a], regex: "z", target_label: b }"#, ["a": "x"]) == ["a=x"])
        #expect(try apply(#"{ target_label: b, replacement: v }"#, ["a": "x"]) == ["a=x", "b=v"])
    }

    @Test func expressionsStandForWholeValues() throws {
        #expect(try apply("{ source_labels: [a], regex: oo, action: keep }", ["a": "foo"]) == nil)
        #expect(try apply("{ source_labels: [a], regex: \".*oo\", action: keep }", ["a": "foo"]) == ["a=foo"])
        #expect(try apply("{ source_labels: [a], regex: foo|bar, action: drop }", ["a": "bar"]) == nil)
        #expect(try apply("{ source_labels: [a], regex: foo|bar, action: drop }", ["a": "bart"]) == ["a=bart"])
        #expect(try apply("{ source_labels: [x], regex: \"\", action: drop }", ["a": "bar"]) == nil)
    }

    @Test func equalityIsComparedWithTheTarget() throws {
        let rule = "{ source_labels: [a, b], separator: \"\", target_label: c, action: "
        #expect(try apply(rule + "keepequal }", ["a": "x", "b": "y", "c": "xy"]) != nil)
        #expect(try apply(rule + "keepequal }", ["a": "x", "b": "y", "c": "z"]) == nil)
        #expect(try apply(rule + "dropequal }", ["a": "x", "b": "y", "c": "xy"]) == nil)
        #expect(try apply(rule + "dropequal }", ["a": "x", "b": "y", "c": "z"]) != nil)
    }

    @Test func hashmodIsPrometheuss() throws {
        let rule = "{ source_labels: [c], target_label: d, action: hashmod, modulus: 1000 }"
        #expect(try apply(rule, ["c": "baz"]) == ["c=baz", "d=976"])
        #expect(try apply(rule, ["c": "foo\nbar"]) == ["c=foo\nbar", "d=734"])
    }

    @Test func labelsAreMappedDroppedAndKeptByTheirNames() throws {
        let labels = ["a": "foo", "b1": "bar", "b2": "baz"]
        #expect(
            try apply(#"{ action: labelmap, regex: "(b.*)", replacement: "bar_${1}" }"#, labels)
                == ["a=foo", "b1=bar", "b2=baz", "bar_b1=bar", "bar_b2=baz"]
        )
        #expect(try apply(#"{ action: labeldrop, regex: "b.*" }"#, labels) == ["a=foo"])
        #expect(try apply(#"{ action: labelkeep, regex: "a|b1" }"#, labels) == ["a=foo", "b1=bar"])
        #expect(try apply(#"{ action: labelmap, regex: "a", replacement: "a-b" }"#, ["a": "x"]) == ["a=x"])
    }

    @Test func caseIsChanged() throws {
        #expect(
            try apply("{ action: lowercase, source_labels: [a], target_label: b }", ["a": "FoO"]) == ["a=FoO", "b=foo"]
        )
        #expect(try apply("{ action: uppercase, source_labels: [a], target_label: a }", ["a": "foo"]) == ["a=FOO"])
    }

    @Test(arguments: [
        ("(a*)(a*)", "aaa", ["aaa", "aaa", ""]), ("(a*?)(a*)", "aaa", ["aaa", "", "aaa"]),
        ("(a|ab)(c|bcd)(d*)", "abcd", ["abcd", "a", "bcd", ""]), ("(?U)(a+)(a*)", "aaa", ["aaa", "a", "aa"]),
        ("(x)?(y)", "y", ["y", nil, "y"]), ("((a)|b)*", "ab", ["ab", "b", "a"]), ("(?i)(Ä)", "ä", ["ä", "ä"]),
        ("(.)(.)", "日本", ["日本", "日", "本"]), ("()", "", ["", ""]), ("a{2,3}(a*)", "aaaaa", ["aaaaa", "aa"]),
    ])
    func groupsAreThoseThatGoFinds(expression: String, text: String, groups: [String?]) throws {
        let found = try RelabelExpression(expression).match(text)
        #expect(found.map { $0.map { $0.map(String.init) } } == groups)
    }

    @Test func anExpressionThatWouldBacktrackForeverIsDoneAtOnce() throws {
        let expression = try RelabelExpression("(a*)*(a|aa)+(a?){50}b")
        #expect(expression.match(String(repeating: "a", count: 3000)) == nil)
    }
}
