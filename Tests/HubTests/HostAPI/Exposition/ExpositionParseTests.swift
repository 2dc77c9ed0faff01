import Testing

@testable import Hub

/// `exposition.parse`.
@Suite struct ExpositionParseTests {
    /// `ok 1` when nothing is raised.
    private func run(_ body: String) async throws -> [String] {
        try await TestPlugin.samples(
            "\(TestPlugin.declaration) local ok = gauge('ok', 'h')\nfunction collect()\n\(body)\nok(1)\nend",
            configuration: "plugins: { test: { limits: { cpu: 1m } } }"
        )
    }

    @Test func familiesBecomeTables() async throws {
        let found = try await run(
            #"""
            local f = assert(exposition.parse('# HELP h Help é.\n# TYPE h histogram\nh_bucket{a="\\"",le="1"} 2 1500\nh_sum 3\nx 1\n'))
            assert(#f == 2 and f[1].name == "h" and f[1].kind == "histogram" and f[1].help == "Help é." and f[1].unit == "")
            local s = f[1].samples
            assert(#s == 2 and s[1].name == "h_bucket" and s[1].labels.a == '"' and s[1].labels.le == "1.0")
            assert(s[1].value == 2 and s[1].timestamp == 1.5 and s[2].name == "h_sum" and s[2].timestamp == nil)
            assert(f[2].kind == "untyped" and f[2].help == "" and next(f[2].samples[1].labels) == nil)
            """#
        )
        #expect(found == ["ok 1"])
    }

    @Test func openMetricsHaveTheNamesOfTheirSamples() async throws {
        let found = try await run(
            #"""
            local f = assert(exposition.parse('# TYPE c_seconds counter\n# UNIT c_seconds seconds\nc_seconds_total 1\nc_seconds_created 2\n# EOF\n'))
            assert(#f == 1 and f[1].name == "c_seconds_total" and f[1].unit == "seconds")
            assert(f[1].samples[1].name == "c_seconds_total" and f[1].samples[2].name == "c_seconds_created")
            assert(exposition.parse("c 1\n", { format = "openmetrics" }) == nil)
            """#
        )
        #expect(found == ["ok 1"])
    }

    @Test func whatIsWrongIsSaidWithItsPlace() async throws {
        let found = try await run(
            #"""
            local value, message = exposition.parse("a 1\nb{\n")
            assert(value == nil and message == "2:3: expected a label name", message)
            """#
        )
        #expect(found == ["ok 1"])
    }

    @Test func tablesAreBounded() async throws {
        let found = try await run(
            #"""
            local lines = {}
            for i = 1, 50001 do lines[i] = 'a{i="' .. i .. '"} 1' end
            local value, message = exposition.parse(table.concat(lines, "\n"))
            assert(value == nil and message == "50001:1: more than 50000 samples", message)
            """#
        )
        #expect(found == ["ok 1"])
    }
}
