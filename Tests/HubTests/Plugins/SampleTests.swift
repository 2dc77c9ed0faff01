import Testing

@testable import Hub

@Suite struct SampleTests {
    /// Declarations, the body of `collect`, and the samples that come of it.
    private static let kinds: [(String, String, [String])] = [
        ("local m = gauge('a', 'h')", "m(1.5)", ["a 1.5"]),
        ("local m = counter('a_total', 'h')", "m(3)", ["a_total 3"]),
        ("local m = untyped('a', 'h')", "m(-1e300)", ["a -1e+300"]),
        ("local m = info('a_info', 'h', {'v'})", "m(true, '1')", ["a_info{v=\"1\"} 1"]),
        (
            "local m = stateset('a', 'h', {'u'})", "m('on', '1') m({ on = false, off = true }, '2')",
            ["a{a=\"on\",u=\"1\"} 1", "a{a=\"off\",u=\"2\"} 1", "a{a=\"on\",u=\"2\"} 0"]
        ),
        (
            "local m = histogram('a', 'h', {'x'})",
            "m({ sum = 7.5, count = 4, buckets = { [0.1] = 1, [1] = 2, [2] = 3, [4] = 4 } }, 'v')",
            [
                "a_bucket{le=\"0.1\",x=\"v\"} 1", "a_bucket{le=\"1.0\",x=\"v\"} 2", "a_bucket{le=\"2.0\",x=\"v\"} 3",
                "a_bucket{le=\"4.0\",x=\"v\"} 4", "a_bucket{le=\"+Inf\",x=\"v\"} 4", "a_sum{x=\"v\"} 7.5",
                "a_count{x=\"v\"} 4",
            ]
        ),
        (
            "local m = summary('a', 'h')", "m({ sum = 2, count = 3, quantiles = { [0.5] = 0.25, [1] = 1 } })",
            ["a{quantile=\"0.5\"} 0.25", "a{quantile=\"1.0\"} 1", "a_sum 2", "a_count 3"]
        ),
    ]

    @Test(arguments: kinds)
    func everyKindHasItsSamples(top: String, body: String, samples: [String]) async throws {
        #expect(try await TestPlugin.samples(top: top, collecting: body).sorted() == samples.sorted())
    }

    @Test func theTypeAndTheHelpAreThere() async throws {
        let plugin = try await TestPlugin(
            "\(TestPlugin.declaration) local m = counter('a_total', 'Help.') function collect() m(1) end"
        )
        #expect(await plugin.collect().text == "# HELP a_total Help.\n# TYPE a_total counter\na_total 1\n")
    }

    /// The value that `m(...)` is called with, and the sample; nil for none.
    private static let values: [(String, String?)] = [
        ("1", "1"), ("2^53", "9007199254740992"), ("0.1", "0.1"), ("-0.0", "-0"), ("math.huge", "+Inf"),
        ("-math.huge", "-Inf"), ("0/0", "NaN"), ("math.mininteger", "-9223372036854775808"), ("true", "1"),
        ("false", "0"), ("'12'", "12"), ("' 12.5\\n'", "12.5"), ("'0x10'", "16"), ("'1e3'", "1000"), ("nil", nil),
        ("tonumber('x')", nil),
    ]

    @Test(arguments: values)
    func valuesAreTakenAsTheyAreMeant(value: String, expected: String?) async throws {
        let samples = try await TestPlugin.samples(top: "local m = gauge('a', 'h')", collecting: "m(\(value))")
        // The way very large and negative zero values are written belongs to the encoder.
        let numbers = samples.compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }
        #expect(numbers.map { "\($0)" } == [expected].compactMap { $0 }.compactMap { Double($0) }.map { "\($0)" })
    }

    @Test(arguments: [
        ("1, 'x', 'y'", "a{k=\"x\",l=\"y\"} 1"), ("1, { l = 'y', k = 'x' }", "a{k=\"x\",l=\"y\"} 1"),
        ("1, 'x', 2", "a{k=\"x\",l=\"2\"} 1"), ("1, 'x', 2.0", "a{k=\"x\",l=\"2\"} 1"),
        ("1, 'x', 2.5", "a{k=\"x\",l=\"2.5\"} 1"), ("1, 'x', math.huge", "a{k=\"x\",l=\"inf\"} 1"),
        ("1, 'x', true", "a{k=\"x\",l=\"true\"} 1"), ("1, { k = 1, l = false }", "a{k=\"1\",l=\"false\"} 1"),
        ("1, '', ''", "a{k=\"\",l=\"\"} 1"), ("1, 'q\"', 'b\\\\\\n'", "a{k=\"q\\\"\",l=\"b\\\\\\n\"} 1"),
        ("1, 'ü', '\\u{10FFFF}'", "a{k=\"ü\",l=\"\u{10FFFF}\"} 1"), ("nil, 'x'", nil), ("nil", nil),
    ])
    func labelsAreGivenByPositionOrByName(arguments: String, sample: String?) async throws {
        let samples = try await TestPlugin.samples(
            top: "local m = gauge('a', 'h', { 'k', 'l' })",
            collecting: "m(\(arguments))"
        )
        #expect(samples == [sample].compactMap { $0 })
    }

    @Test func aFamilyOfManyLabelsIsFilledByName() async throws {
        let samples = try await TestPlugin.samples(
            top: "local names = {} for i = 1, 64 do names[i] = 'l' .. i end local m = gauge('a', 'h', names)",
            collecting: "local t = {} for i = 1, 64 do t['l' .. i] = i * 1.5 end m(1, t)"
        )
        #expect(samples.count == 1)
        #expect(samples.first?.contains("l64=\"96\"") == true)
        #expect(samples.first?.contains("l63=\"94.5\"") == true)
    }

    @Test func namesMayBeKnownOnlyAtRunTime() async throws {
        let plugin = try await TestPlugin(
            """
            \(TestPlugin.declaration)
            local handles, runs = {}, 0
            function collect()
              runs = runs + 1
              handles.kept = handles.kept or family("gauge", "kept", "h", { "x" })
              handles.kept(runs, "x")
              family("counter", "again_total", "h")(runs)
              if runs == 2 then family("gauge", "second", "h")(1) end
            end
            """
        )
        #expect(await plugin.collect().samples == ["again_total 1", "kept{x=\"x\"} 1"])
        #expect(await plugin.collect().samples == ["again_total 2", "kept{x=\"x\"} 2", "second 1"])
        #expect(await plugin.collect().samples == ["again_total 3", "kept{x=\"x\"} 3"])
    }

    @Test func everyRunBeginsWithNothing() async throws {
        let plugin = try await TestPlugin(
            "\(TestPlugin.declaration) local m = gauge('a', 'h', { 'x' }) function collect() m(1, 'x') end"
        )
        for _ in 1...3 { #expect(await plugin.collect().samples == ["a{x=\"x\"} 1"]) }
    }
}
