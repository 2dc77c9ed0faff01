import Testing

@testable import Hub

@Suite struct RequireTests {
    private static let declaration = TestPlugin.declaration

    /// What a folder plugin has after a collect, or why it was not loaded.
    private func samples(_ source: String, _ files: [String: String]) async throws -> [String] {
        do {
            return try await TestPlugin(source, files: files).collect().samples
        } catch let error as PluginError {
            return ["load: \(error)"]
        }
    }

    @Test func aFileOfTheFolderIsRunOnce() async throws {
        let source = """
            \(Self.declaration)
            count = 0
            local one, two = require("part"), require("part")
            local m = gauge("a", "h", { "same", "name" })
            function collect() m(count, one == two, one.name) end
            """
        let part = "count = count + 1 return { name = ... }"
        #expect(try await samples(source, ["part": part]) == ["a{name=\"part\",same=\"true\"} 1"])
    }

    @Test func aFileWithoutAResultIsTrue() async throws {
        let source = "\(Self.declaration) assert(require('part') == true) function collect() end"
        #expect(try await samples(source, ["part": ""]) == [])
    }

    @Test func subfoldersAreDots() async throws {
        let source = "\(Self.declaration) assert(require('a.b.c') == 1) function collect() end"
        #expect(try await samples(source, ["a.b.c": "return 1"]) == [])
    }

    @Test func filesRequireEachOther() async throws {
        let source = "\(Self.declaration) assert(require('one') == 2) function collect() end"
        #expect(try await samples(source, ["one": "return require('two') + 1", "two": "return 1"]) == [])
    }

    @Test func aLoopIsAnErrorInTheFileThatClosesIt() async throws {
        let source = "\(Self.declaration) require('one') function collect() end"
        let files = ["one": "require('two')", "two": "\nrequire('one')"]
        #expect(try await samples(source, files) == ["load: test/two.lua:2: require: loop in one"])
    }

    @Test(arguments: ["other", "../other", "/etc/passwd", "init", "part.lua", "", "Part"])
    func otherFilesAreNotFound(name: String) async throws {
        let source = "\(Self.declaration)\nrequire('\(name)') function collect() end"
        let expected = "load: test/init.lua:2: require: no file \(name).lua in the plugin's folder"
        #expect(try await samples(source, ["part": ""]) == [expected])
    }

    @Test func aPluginOfOneFileHasNothingToRequire() async throws {
        let samples = try await TestPlugin.samples("\(Self.declaration) require('test') function collect() end")
        #expect(samples == ["load: test.lua:1: require: no file test.lua in the plugin's folder"])
    }

    @Test func aNameIsAString() async throws {
        let source = "\(Self.declaration) require({}) function collect() end"
        #expect(try await samples(source, ["a": ""]) == ["load: test/init.lua:1: require: name must be a string"])
    }

    @Test func syntaxErrorsNameTheFile() async throws {
        let source = "\(Self.declaration) require('part') function collect() end"
        let problem = "load: test/part.lua:2: unexpected symbol near <eof>"
        #expect(try await samples(source, ["part": "\nlocal x ="]) == [problem])
    }

    @Test func aFileThatFailedIsTriedAgain() async throws {
        let source = """
            \(Self.declaration)
            ready = false
            local ok, message = pcall(require, "part")
            assert(not ok and message == "test/part.lua:1: not yet", message)
            ready = true
            assert(require("part") == 7)
            function collect() end
            """
        #expect(try await samples(source, ["part": "if not ready then error('not yet') end return 7"]) == [])
    }

    @Test func aFileOverTheLimitIsNotLoaded() async throws {
        let source = "\(Self.declaration) require('part') function collect() end"
        let part = "--" + String(repeating: "x", count: 70_000)
        let problem = "load: test/init.lua:1: test/part.lua: source must not be longer than 65536 bytes"
        #expect(try await samples(source, ["part": part]) == [problem])
    }
}
