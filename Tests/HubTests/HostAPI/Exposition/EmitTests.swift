import Testing

@testable import Hub

/// `exposition.emit` and `exposition.conflicts`.
@Suite struct EmitTests {
    private static let target = """
        plugins:
          test:
            targets: [{ address: a, name: one, labels: { site: home } }]
        """

    private func samples(_ body: String, top: String = "", configuration: String = "") async throws -> [String] {
        try await TestPlugin.samples(
            "\(TestPlugin.declaration) \(top)\nfunction collect()\n\(body)\nend",
            configuration: configuration
        )
    }

    private func limits(_ text: String) -> String { "plugins: { test: { limits: { \(text) } } }" }

    @Test func aTextIsServedBesideWhatIsDeclared() async throws {
        let text = try await TestPlugin(
            """
            \(TestPlugin.declaration) local own = gauge("b", "Own.")
            function collect()
              own(1)
              local r = assert(exposition.emit("# HELP a Text.\\n# TYPE a counter\\na{x=\\"1\\"} 5\\na{x=\\"2\\"} 6 7\\nc NaN\\n"))
              assert(r.samples == 3 and r.families == 2 and r.bytes == 62)
            end
            """
        ).collect().text
        #expect(
            text == """
                # HELP a Text.
                # TYPE a counter
                a{x="1"} 5
                a{x="2"} 6 7
                # HELP b Own.
                # TYPE b gauge
                b 1
                # TYPE c untyped
                c NaN

                """
        )
    }

    @Test func aTextThatIsWrongLeavesNothingAndSaysWhere() async throws {
        let found = try await samples(
            """
            local value, message = exposition.emit("a 1\\nb nil\\n", { source = "x.prom" })
            assert(value == nil and message == 'x.prom: 2:3: expected a number, got "nil"', message)
            assert(exposition.emit("c 1\\n"))
            """
        )
        #expect(found == ["c 1"])
    }

    @Test func theFormatIsFoundOutOrGiven() async throws {
        let found = try await samples(
            """
            assert(exposition.emit("# TYPE a counter\\na_total 1 2.5\\n# EOF\\n"))
            assert(exposition.emit("# TYPE b counter\\nb_total 1\\n# EOF"))
            assert(exposition.emit("c 1\\n# EOF of nothing\\n"))
            assert(exposition.emit("d 1\\n# EOF\\n", { format = "text" }))
            assert(not exposition.emit("e 1\\n", { format = "openmetrics" }))
            """
        )
        #expect(found == ["a_total 1 2500", "b_total 1", "c 1", "d 1"])
    }

    @Test func samplesGetTheLabelsOfTheTargetAndThoseAskedFor() async throws {
        let body = """
            assert(exposition.emit('a{site="x",z="1"} 1\\n', { labels = { job = "node", n = 2 } }))
            assert(exposition.emit('b{site="x"} 1\\n', { honor_labels = true }))
            """
        #expect(
            try await samples(body, configuration: Self.target) == [
                #"a{exported_site="x",job="node",n="2",site="home",target="one",z="1"} 1"#,
                #"b{site="x",target="one"} 1"#,
            ]
        )
    }

    @Test func namesAreFilteredAndTimestampsDropped() async throws {
        let body = """
            local r = assert(exposition.emit("go_a 1\\nx_a 1 5\\nx_b 1\\ny 1\\n", { keep = { "x_*", "go_*" }, drop = { "go_*", "?_b" }, timestamps = "drop" }))
            assert(r.samples == 1)
            local value, message = exposition.emit("a 1 5\\n", { timestamps = "refuse" })
            assert(message == "1:1: sample has a timestamp, which is not allowed", message)
            """
        #expect(try await samples(body) == ["x_a 1"])
    }

    @Test func namesOfTheHubNeedALabelThatIsAdded() async throws {
        let body = """
            local value, message = exposition.emit("hub_build_info 1\\n")
            assert(message == "1:1: names that begin with hub_ need a label that is added", message)
            assert(exposition.emit("hub_build_info 1\\n", { labels = { of = "other" } }))
            """
        #expect(try await samples(body) == [#"hub_build_info{of="other"} 1"#])
        let target = try await samples("assert(exposition.emit('hub_x 1\\n'))", configuration: Self.target)
        #expect(target == [#"hub_x{site="home",target="one"} 1"#])
    }

    @Test func ofADeclaredFamilyAndATextTheDeclaredGoesFirst() async throws {
        let found = try await samples(
            #"own(1, "a") assert(exposition.emit('m{l="a"} 2\nm{l="b"} 3\n# TYPE n counter\nn 4\n')) other(5)"#,
            top: #"local own, other = untyped("m", "M.", { "l" }), gauge("n", "N.")"#
        )
        #expect(found == [#"m{l="a"} 1"#, #"m{l="b"} 3"#, "n 5"])
    }

    @Test func samplesGivenTwiceAreCountedAndTheFirstKept() async throws {
        let body = #"""
            local r = assert(exposition.emit('a 1\na 2\n# TYPE h histogram\nh_bucket{le="1"} 1\nh_sum 1\nh_bucket{le="1.0"} 2\n'))
            assert(r.samples == 3 and r.duplicates == 2)
            """#
        #expect(try await samples(body) == ["a 1", #"h_bucket{le="1.0"} 1"#, "h_sum 1"])
    }

    @Test func aTextThatIsCutCanBeRefused() async throws {
        let body = """
            local value, message = exposition.emit("a 1\\nb 1", { whole_lines = true })
            assert(message == "2:4: last line has no line feed", message)
            assert(exposition.emit("c 1\\n", { whole_lines = true }) and exposition.emit("d 1"))
            """
        #expect(try await samples(body) == ["c 1", "d 1"])
    }

    // MARK: Conflicts

    @Test func textsThatConflictAreNamedByTheirSources() async throws {
        let plugin = try await TestPlugin(
            #"""
            plugin { help = "Test." }
            local own = gauge("own", "Own.")
            function collect()
              own(1)
              local function emit(name, text) assert(exposition.emit(text, { source = name })) end
              emit("b.prom", 'same{a="1"} 1\nsame 2\n')
              emit("a.prom", '# HELP same One.\nsame{a="1"} 3\n# TYPE kind gauge\nkind 1\nown 5\n')
              emit("c.prom", '# HELP same Two.\nsame{a="2"} 1\n# TYPE kind counter\nkind 1\n')
              for _, c in ipairs(exposition.conflicts()) do
                log.info(table.concat({ c.family, c.reason, c.source, c.kept_source, c.samples }, " "))
              end
            end
            """#
        )
        #expect(
            await plugin.collect().samples == ["kind 1", "own 1", #"same{a="1"} 3"#, "same 2", #"same{a="2"} 1"#]
        )
        let lines = plugin.log.lines.filter { $0.hasPrefix("info ") }.map { line in
            line.split(separator: " ").dropFirst().prefix(5).joined(separator: " ")
        }
        #expect(
            lines == [
                "kind type c.prom a.prom 1", "own type a.prom test 1", "same help c.prom a.prom 0",
                "same duplicate b.prom a.prom 1",
            ]
        )
    }

    // MARK: Limits

    private static let three = #"assert(exposition.emit("a 1\nb 1\nc 1\n", OPTIONS))"#

    @Test func tooManySamplesEndTheRunWithTheirReason() async throws {
        let body = "pcall(function() \(Self.three.replacing("OPTIONS", with: "nil")) end) exposition.emit('d 1\\n')"
        #expect(try await samples(body, configuration: limits("samples: 3")) == ["samples: more than 3 samples"])
        let fits = Self.three.replacing("OPTIONS", with: "nil")
        #expect(try await samples(fits, configuration: limits("samples: 3")).count == 3)
    }

    @Test func tooManyBytesEndTheRunWithTheirReason() async throws {
        let body = #"exposition.emit('a{b="' .. string.rep("x", 2000) .. '"} 1\n')"#
        #expect(
            try await samples(body, configuration: limits("bytes: 1KiB")) == ["bytes: more than 1024 bytes of samples"]
        )
    }

    @Test func aTextThatDoesNotFitCanBeRefusedAlone() async throws {
        let body = """
            assert(exposition.emit("x 1\\n"))
            local value, message = exposition.emit("a 1\\nb 1\\nc 1\\n", { over_limit = "refuse", source = "f" })
            assert(value == nil and message == "f: more than 3 samples", message)
            value, message = exposition.emit('a{b="' .. string.rep("x", 2000) .. '"} 1\\n', { over_limit = "refuse" })
            assert(value == nil and message == "more than 1024 bytes of samples", message)
            """
        let configuration = limits("samples: 3, bytes: 1KiB")
        #expect(try await samples(body, configuration: configuration) == ["x 1"])
    }

    @Test func aTextThatTakesTooLongEndsTheRun() async throws {
        let body = #"local t = string.rep("a 1\n", 2000000) while true do pcall(exposition.emit, t) end"#
        let result = try await samples(body, configuration: limits("cpu: 50ms"))
        #expect(result == ["cpu: CPU limit exceeded"])
        let tables = #"local t = string.rep("a 1\n", 2000000) while true do pcall(exposition.parse, t) end"#
        #expect(try await samples(tables, configuration: limits("cpu: 50ms")) == result)
    }

    // MARK: Misuse

    @Test(arguments: [
        ("exposition.emit()", "bad argument #1 to 'exposition.emit' (string expected, got no value)"),
        ("exposition.emit('', { lables = {} })", "exposition.emit: unknown option \"lables\""),
        ("exposition.emit('', { format = 'xml' })", "format must be auto, text or openmetrics, got \"xml\""),
        ("exposition.emit('', { timestamps = 1 })", "exposition.emit: timestamps must be a string, got a number"),
        ("exposition.emit('', { timestamps = 'no' })", "timestamps must be keep, drop or refuse, got \"no\""),
        ("exposition.emit('', { over_limit = 'no' })", "over_limit must be fail or refuse, got \"no\""),
        ("exposition.emit('', { labels = { le = 1 } })", "label \"le\" is reserved"),
        (
            "exposition.emit('', { labels = { ['a.b'] = 1 } })",
            "label name must match [a-zA-Z_][a-zA-Z0-9_]*, got \"a.b\""
        ),
        (
            "exposition.emit('', { labels = { target = 1 } })",
            "label \"target\" is set by the configuration of the target"
        ),
        ("exposition.emit('', { keep = 'a' })", "exposition.emit: keep must be a list, got a string"),
    ])
    func misuseIsRaisedAtItsLine(call: String, message: String) async throws {
        #expect(try await samples(call, configuration: Self.target) == ["error: test.lua:3: \(message)"])
    }

    @Test func nothingIsEmittedWhileThePluginIsLoaded() async throws {
        let problems = try await TestPlugin.samples("plugin { help = 'x' }\nexposition.emit('a 1\\n')")
        #expect(problems == ["load: test.lua:2: exposition.emit: samples can be emitted in collect only"])
    }
}
