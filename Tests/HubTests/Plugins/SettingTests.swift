import Testing

@testable import Hub

@Suite struct SettingTests {
    private static let source = """
        local s = plugin {
          help = "Test.",
          settings = {
            word = "default", count = 3, ratio = 0.5, flag = true, names = { "a", "b" },
            wait = { type = "duration", default = 1.5 },
            mode = { type = "string", default = "fast", choices = { "fast", "slow" } },
            parts = { type = "map", fields = { cpu = true, disk = { type = "boolean", default = false } } },
            password = { type = "secret" },
          },
        }
        local m = gauge("a", "h", { "k", "v" })
        function collect()
          for _, k in ipairs { "word", "count", "ratio", "flag", "wait", "mode", "password" } do
            m(1, k, tostring(s[k]))
          end
          m(1, "names", table.concat(s.names, "+"))
          m(1, "parts", tostring(s.parts.cpu) .. tostring(s.parts.disk))
        end
        """

    /// `key=value` of what the script saw.
    private func seen(_ settings: String) async throws -> [String] {
        let configuration = settings.isEmpty ? "" : "plugins:\n  test:\n    settings: \(settings)"
        return try await TestPlugin.samples(Self.source, configuration: configuration).map { line in
            let parts = line.split(separator: "\"")
            return parts.count > 3 ? "\(parts[1])=\(parts[3])" : line
        }
    }

    @Test func defaultsHoldWithoutAConfiguration() async throws {
        #expect(
            try await seen("") == [
                "word=default", "count=3", "ratio=0.5", "flag=true", "wait=1.5", "mode=fast", "password=nil",
                "names=a+b", "parts=truefalse",
            ]
        )
    }

    @Test func theConfigurationGoesOverTheDefaults() async throws {
        #expect(
            try await seen(
                "{ word: x, count: 4, ratio: 2, flag: false, wait: 1m, mode: slow, names: [c], password: hunter22, "
                    + "parts: { disk: true } }"
            ) == [
                "word=x", "count=4", "ratio=2.0", "flag=false", "wait=60.0", "mode=slow", "password=hunter22",
                "names=c", "parts=truetrue",
            ]
        )
    }

    @Test(arguments: [
        ("{ wrod: x }", "wrod"), ("{ count: many }", "count"), ("{ mode: medium }", "mode"),
        ("{ parts: { gpu: true } }", "gpu"), ("{ flag: 1 }", "flag"),
    ])
    func mistakesAreLoadErrorsWithTheirLine(settings: String, name: String) async throws {
        let problems = try await TestPlugin.samples(
            Self.source,
            configuration: "plugins:\n  test:\n    settings: \(settings)"
        )
        #expect(problems.count == 1)
        let problem = problems.first ?? ""
        #expect(problem.hasPrefix("load: test.lua:1: plugin: hub.yml:3: "), "\(problem)")
        #expect(problem.contains(name), "\(problem)")
    }

    @Test func aRequiredSettingThatIsMissingIsALoadError() async throws {
        let source =
            "plugin { help = 'x', settings = { key = { type = 'string', required = true } } } function collect() end"
        let problems = try await TestPlugin.samples(source, configuration: "plugins:\n  test:\n    enabled: true")
        #expect(problems == ["load: test.lua:1: plugin: hub.yml:2: plugins.test: setting \"key\" is required"])
    }

    @Test func settingsNameTheFilesAPluginNeeds() async throws {
        let tree = try TemporaryTree()
        try tree.write("stat", "42")
        let source = """
            local s = plugin { help = "x", settings = { root = "/none" }, needs = { files = { "${root}/stat" } } }
            local m = gauge("a", "h")
            function collect() m(fs.read(s.root .. "/stat")) end
            """
        let configuration = "plugins: { test: { settings: { root: \"\(tree.root)\" } } }"
        #expect(try await TestPlugin.samples(source, configuration: configuration) == ["a 42"])
        let withSlash = "plugins: { test: { settings: { root: \"\(tree.root)/\" } } }"
        #expect(try await TestPlugin.samples(source, configuration: withSlash) == ["a 42"])
    }
}
