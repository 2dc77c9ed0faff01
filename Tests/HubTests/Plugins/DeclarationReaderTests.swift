import Exposition
import Testing

@testable import Hub

/// Every problem with `plugin { ... }`, as the load error says it.
@Suite struct DeclarationReaderTests {
    private static let problems: [(String, String)] = [
        ("help = ''", "help must be given, one sentence"), ("", "help must be given, one sentence"),
        ("help = 1", "help must be a string, got a number; help must be given, one sentence"),
        ("help = 'x', colour = 1", "unknown key \"colour\""), ("help = 'x', 'y'", "items without a key are not known"),
        ("help = 'x', [true] = 1", "unknown key \"boolean key\""),
        ("help = 'x', naming = 'free'", "naming must be strict, legacy or utf8, got \"free\""),
        ("help = 'x', naming = false", "naming must be a string, got a boolean"),
        ("help = 'x', interval = 0", "interval must be a number of seconds from 1 to 30 days"),
        ("help = 'x', interval = 1e-9", "interval must be a number of seconds from 1 to 30 days"),
        ("help = 'x', interval = '60'", "interval must be a number of seconds from 1 to 30 days"),
        ("help = 'x', interval = math.maxinteger", "interval must be a number of seconds from 1 to 30 days"),
        ("help = 'x', max_age = 0/0", "max_age must be a number of seconds from 1 to 30 days"),
        ("help = 'x', max_age = -math.huge", "max_age must be a number of seconds from 1 to 30 days"),
        ("help = 'x', targets = 'optional'", "targets must be \"required\" or absent"),
        ("help = 'x', needs = 'files'", "needs must be a table, got a string"),
        ("help = 'x', needs = { sockets = {} }", "unknown key \"needs.sockets\""),
        ("help = 'x', needs = { mounts = 1 }", "needs.mounts must be true or false"),
        ("help = 'x', needs = { files = '/proc' }", "needs.files must be a list of strings"),
        ("help = 'x', needs = { files = { 1 } }", "needs.files must be a list of strings"),
        ("help = 'x', needs = { files = { 'proc' } }", "file pattern must be an absolute path, got \"proc\""),
        ("help = 'x', needs = { files = { '/a/../b' } }", "file pattern must be an absolute path, got \"/a/../b\""),
        ("help = 'x', needs = { files = { '/${a}' } }", "needs.files: \"${a}\" is not a setting with a string"),
        ("help = 'x', settings = 1", "settings must be a table by name"),
        ("help = 'x', settings = { 'a' }", "settings must be a table by name"),
        ("help = 'x', settings = { [1.5] = 'a' }", "settings must have names, got a number"),
        ("help = 'x', settings = { a = print }", "setting \"a\" needs a type"),
        (
            "help = 'x', settings = { a = { type = 'float' } }",
            "setting \"a\": type must be one of string, boolean, integer, number, duration, list, map, secret, got \"float\""
        ),
        ("help = 'x', settings = { a = { type = 'string', values = {} } }", "setting \"a\": unknown key \"values\""),
        (
            "help = 'x', settings = { a = { type = 'string', default = print } }",
            "setting \"a\": default has no value of its type"
        ),
    ]

    @Test(arguments: problems)
    func everyProblemIsALoadError(declaration: String, problem: String) async throws {
        let samples = try await TestPlugin.samples("-- first line\nplugin { \(declaration) }\nfunction collect() end")
        #expect(samples == ["load: test.lua:2: plugin: \(problem)"])
    }

    @Test func allProblemsAreReportedAtOnce() async throws {
        let samples = try await TestPlugin.samples("plugin { a = 1, needs = 1 } function collect() end")
        #expect(
            samples == [
                "load: test.lua:1: plugin: unknown key \"a\"; help must be given, one sentence; "
                    + "needs must be a table, got a number"
            ]
        )
    }

    @Test(arguments: [
        ("function collect() end", "test.lua: plugin { ... } is missing"),
        ("plugin { help = 'x' }", "test.lua: function collect(target) is missing"),
        ("plugin { help = 'x' } collect = {}", "test.lua: function collect(target) is missing"),
        ("plugin 'x'", "test.lua:1: bad argument #1 to 'plugin' (table expected, got string)"),
        ("plugin()", "test.lua:1: bad argument #1 to 'plugin' (table expected, got no value)"),
        ("plugin { help = 'x' }\nplugin { help = 'x' }", "test.lua:2: plugin: must be called once, at the top level"),
        ("gauge('a', 'h')", "test.lua:1: gauge: plugin { ... } must come first"),
        ("plugin {", "test.lua:1: unexpected symbol near <eof>"),
        (
            "pcall(plugin, { help = 'x', needs = { files = { 'a' } } }) function collect() end",
            "test.lua: plugin { ... } is missing"
        ),
        ("plugin { help = 'x' } sleep(1)", "test.lua:1: sleep: cannot wait while the plugin is loaded"),
        ("plugin { help = 'x' } while true do end", "test.lua:1: CPU limit exceeded"),
        ("error('no', 0)", "no"), ("error({})", "error object is a table value"),
    ])
    func whatCannotBeLoadedSaysWhy(source: String, problem: String) async throws {
        #expect(try await TestPlugin.samples(source) == ["load: \(problem)"])
    }

    @Test func theDeclarationIsKnownOnceLoaded() async throws {
        let plugin = try await TestPlugin(
            """
            plugin { help = "Test.", interval = 90, max_age = 300.5, targets = "required", naming = "legacy" }
            gauge("one_total", "A gauge with a counter's name.")
            function collect() end
            """
        )
        #expect(plugin.loaded.help == "Test.")
        #expect(plugin.loaded.interval == .seconds(90))
        #expect(plugin.loaded.maxAge == .seconds(300.5))
        #expect(plugin.loaded.needsTargets)
        #expect(plugin.loaded.families.map(\.name) == ["one_total"])
    }

    @Test func theConfigurationGoesOverTheDeclaration() async throws {
        let plugin = try await TestPlugin(
            "plugin { help = 'x', interval = 90, max_age = 300 } function collect() end",
            configuration: "plugins: { test: { interval: 5s, max_age: 10s } }"
        )
        #expect(plugin.loaded.interval == .seconds(5))
        #expect(plugin.loaded.maxAge == .seconds(10))
    }
}
