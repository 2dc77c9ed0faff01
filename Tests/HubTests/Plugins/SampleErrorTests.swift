import Testing

@testable import Hub

@Suite struct SampleErrorTests {
    /// Declarations, a call on line 3 of the script, and the message.
    private static let errors: [(String, String, String)] = [
        ("gauge('a', 'h', { 'k' })", "m(1)", "a: got 0 label values, expected 1"),
        ("gauge('a', 'h', { 'k' })", "m(1, 'x', 'y')", "a: got 2 label values, expected 1"),
        ("gauge('a', 'h')", "m(1, 'x')", "a: got 1 label values, expected 0"),
        ("gauge('a', 'h', { 'k', 'l' })", "m(1, { k = 'x' })", "a: labels must be {k, l}"),
        ("gauge('a', 'h', { 'k' })", "m(1, { l = 'x' })", "a: label \"k\" is missing"),
        ("gauge('a', 'h', { 'k' })", "m(1, { k = 'x', l = 'y' })", "a: labels must be {k}"),
        ("gauge('a', 'h', { 'k' })", "m(1, nil)", "a: label \"k\" must be a string, got nil"),
        ("gauge('a', 'h', { 'k' })", "m(1, print)", "a: label \"k\" must be a string, got function"),
        ("gauge('a', 'h', { 'k' })", "m(1, { k = {} })", "a: label \"k\" must be a string, got table"),
        ("gauge('a', 'h', { 'k' })", "m(1, '\\xff')", "a: label \"k\" is not valid UTF-8"),
        ("gauge('a', 'h', { 'k' })", "m(1, '\\u{D800}')", "a: label \"k\" is not valid UTF-8"),
        ("gauge('a', 'h')", "m()", "a: value must be a number, got no value"),
        ("gauge('a', 'h')", "m('x')", "a: value must be a number, got \"x\""),
        ("gauge('a', 'h')", "m('')", "a: value must be a number, got \"\""),
        ("gauge('a', 'h')", "m({})", "a: value must be a number, got table"),
        ("counter('a_total', 'h')", "m(-1)", "a_total: counter must not be negative, got -1"),
        ("counter('a_total', 'h')", "m(0/0)", "a_total: counter must not be NaN"),
        ("info('a_info', 'h')", "m(2)", "a_info: info must be 1, got 2"),
        ("gauge('a', 'h', { 'k' })", "m(1, 'x') m(2, 'x')", "a: duplicate sample {k=\"x\"}"),
        ("gauge('a', 'h')", "m(1) m(1)", "a: duplicate sample {}"),
        (
            "histogram('a', 'h')", "m(1)",
            "a: value must be { sum =, count =, buckets = { [bound] = count } }, got number"
        ),
        ("histogram('a', 'h')", "m({ count = 'x' })", "a: count must be a number, got string"),
        ("histogram('a', 'h')", "m({ buckets = 1 })", "a: buckets must be a table, got number"),
        ("histogram('a', 'h')", "m({ buckets = { x = 1 } })", "a: bound in buckets must be a number, got string"),
        ("histogram('a', 'h')", "m({ buckets = { [1] = 'x' } })", "a: buckets must be a number, got string"),
        ("histogram('a', 'h')", "m({})", "a: histogram has neither buckets nor count"),
        (
            "histogram('a', 'h')", "m({ buckets = { [1] = 2, [2] = 1 } })",
            "a: bucket le 2 must not be less than the one before it, got 1 after 2"
        ),
        ("summary('a', 'h')", "m({ quantiles = { [2] = 1 } })", "a: quantile must be between 0 and 1, got 2"),
        ("stateset('a', 'h')", "m(1)", "a: value must be the active state or { state = boolean }, got number"),
        ("stateset('a', 'h')", "m({ 'on' })", "a: value must be the active state or { state = boolean }, got a list"),
        ("stateset('a', 'h')", "m({ on = 1 })", "a: state \"on\" must be true or false, got number"),
    ]

    @Test(arguments: errors)
    func mistakesAreErrorsAtTheLineOfTheCall(family: String, call: String, message: String) async throws {
        let samples = try await TestPlugin.samples(top: "m = \(family)", collecting: call)
        #expect(samples == ["error: test.lua:3: \(message)"])
    }

    @Test(arguments: [
        ("gauge('a')", "bad argument #2 to 'gauge' (string expected, got no value)"),
        ("gauge(1, 'h')", "bad argument #1 to 'gauge' (string expected, got number)"),
        ("gauge('a', 'h', 'x')", "gauge: label names must be a list"),
        ("gauge('a', 'h', { k = 'x' })", "gauge: label names must be a list"),
        ("gauge('a', 'h', { 1 })", "gauge: label names must be strings"),
        ("gauge('a', '')", "gauge: help of \"a\" is missing"),
        ("gauge('a b', 'h')", "gauge: metric name must match [a-zA-Z_:][a-zA-Z0-9_:]*, got \"a b\""),
        ("counter('a', 'h')", "counter: name of a counter must end in _total, got \"a\""),
        ("gauge('a', 'h', { '__x' })", "gauge: label \"__x\" is reserved"),
        ("histogram('a', 'h', { 'le' })", "histogram: label \"le\" is reserved"),
        ("gauge('a', 'h') gauge('a', 'h')", "gauge: family \"a\" is declared twice"),
        (
            "family('meter', 'a', 'h')",
            "family: kind must be one of counter, gauge, histogram, summary, info, stateset, untyped, gaugehistogram"
        ),
        ("gauge('a', 'h')(1)", "samples can be emitted in collect only"),
    ])
    func wrongDeclarationsAreLoadErrors(declaration: String, message: String) async throws {
        let samples = try await TestPlugin.samples(top: declaration, collecting: "")
        #expect(samples == ["load: test.lua:1: \(message)"])
    }

    @Test func familiesAreNotDeclaredWhileCollecting() async throws {
        #expect(
            try await TestPlugin.samples(collecting: "gauge('a', 'h')")
                == ["error: test.lua:3: gauge: families are declared at the top level; in collect use family()"]
        )
        #expect(
            try await TestPlugin.samples(top: "gauge('a', 'h')", collecting: "family('counter', 'a', 'h')")
                == ["error: test.lua:3: counter: family \"a\" was declared with another type, help or label names"]
        )
    }

    @Test func anErrorDiscardsTheSamplesOfTheRunOnly() async throws {
        let plugin = try await TestPlugin(
            """
            \(TestPlugin.declaration)
            local m = gauge('a', 'h')
            function collect()
              m(1)
              state.runs = (state.runs or 0) + 1
              if state.runs == 1 then error("once") end
            end
            """
        )
        #expect(await plugin.collect().samples == ["error: test.lua:6: once"])
        #expect(await plugin.collect().samples == ["a 1"])
    }

    @Test func anErrorThatIsCaughtCostsItsSampleOnly() async throws {
        let samples = try await TestPlugin.samples(
            top: "local m = gauge('a', 'h', { 'k' })",
            collecting: "m(1, 'x') pcall(m, 2, 'x') pcall(m, 3, '\\xff') pcall(m, 4) m(5, 'y')"
        )
        #expect(samples == ["a{k=\"x\"} 1", "a{k=\"y\"} 5"])
    }

    @Test func errorsInFilesOfAFolderNameTheFile() async throws {
        let plugin = try await TestPlugin(
            "\(TestPlugin.declaration) local part = require 'sub.part' function collect() part() end",
            files: ["sub.part": "local m = gauge('a', 'h')\nreturn function()\n  m('x')\nend"]
        )
        #expect(
            await plugin.collect().samples
                == ["error: test/sub/part.lua:3: a: value must be a number, got \"x\""]
        )
    }
}
