import Foundation
import Testing

@testable import Hub

/// `fs` as a script sees it: `nil, message` for what a file system answers, errors for misuse.
@Suite struct FileSystemAPITests {
    private let tree: TemporaryTree

    init() throws {
        tree = try TemporaryTree()
        try tree.write("one", "first\nsecond\n\nlast")
        try tree.write("sub/two", "2")
        try tree.link("link", to: "sub/two")
        try tree.link("out", to: "/etc/passwd")
        try tree.write("empty", "")
    }

    /// Runs `body` with `dir`, and answers what it passes to `note`.
    private func notes(_ body: String, mounts: Bool = false) async throws -> [String] {
        let source = """
            local s = plugin {
              help = "Test.", settings = { dir = "" }, needs = { files = { "${dir}", "${dir}/**" }, mounts = \(mounts) },
            }
            local dir = s.dir
            local m, count = gauge("a", "h", { "n", "v" }), 0
            local function note(...)
              for i = 1, select("#", ...) do count = count + 1 m(1, count, tostring((select(i, ...)))) end
            end
            function collect()
            \(body)
            end
            """
        let configuration = "plugins: { test: { settings: { dir: \"\(tree.root)\" } } }"
        return try await TestPlugin.samples(source, configuration: configuration).map { line in
            guard line.hasPrefix("a{") else { return line.replacing(tree.root, with: "DIR") }
            let value = line.split(separator: "v=\"", maxSplits: 1).last?.dropLast("\"} 1".count) ?? ""
            return String(value).replacing(tree.root, with: "DIR")
        }
    }

    @Test(arguments: [
        ("fs.read(dir .. '/sub/two')", ["2"]), ("fs.read(dir .. '/empty')", [""]), ("fs.read(dir .. '/link')", ["2"]),
        ("fs.read(dir .. '/sub/two', 1)", ["2"]), ("fs.read(dir .. '/sub/two', nil)", ["2"]),
        ("fs.read(dir .. '/one', 5)", ["nil", "DIR/one: larger than 5 bytes"]),
        ("fs.read(dir .. '/none')", ["nil", "DIR/none: No such file or directory"]),
        ("fs.read(dir .. '/sub')", ["nil", "DIR/sub: is a directory, not a regular file"]),
        ("table.unpack(fs.list(dir))", ["empty", "link", "one", "out", "sub"]), ("#fs.list(dir .. '/sub')", ["1"]),
        ("fs.list(dir .. '/one')", ["nil", "DIR/one: Not a directory"]),
        ("fs.list(dir .. '/none')", ["nil", "DIR/none: No such file or directory"]),
        ("fs.lines(dir .. '/none')", ["nil", "DIR/none: No such file or directory"]),
        ("fs.exists(dir .. '/one'), fs.exists(dir .. '/none'), fs.exists(dir)", ["true", "false", "true"]),
        ("fs.readlink(dir .. '/link')", ["sub/two"]), ("fs.readlink(dir .. '/out')", ["/etc/passwd"]),
        ("fs.readlink(dir .. '/one')", ["nil", "DIR/one: No such file or directory"]),
        ("fs.stat(dir .. '/one').type, fs.stat(dir .. '/one').size", ["file", "18"]),
        ("fs.stat(dir).type, fs.stat(dir .. '/link').type", ["directory", "file"]),
        ("fs.stat(dir .. '/link', { follow = false }).type", ["symlink"]),
        ("fs.stat(dir .. '/out', { follow = false }).type", ["symlink"]),
        ("fs.stat(dir .. '/none')", ["nil", "DIR/none: No such file or directory"]),
        ("fs.statfs(dir .. '/none')", ["nil", "DIR/none: No such file or directory"]),
    ])
    func answersAreValuesOrNilAndAMessage(call: String, expected: [String]) async throws {
        #expect(try await notes("note(\(call))") == expected)
    }

    @Test(arguments: [
        ("fs.read('/etc/passwd')", "fs.read: file access to \"/etc/passwd\" is not granted"),
        ("fs.lines('/etc/passwd')", "fs.read: file access to \"/etc/passwd\" is not granted"),
        ("fs.list('/etc')", "fs.list: file access to \"/etc\" is not granted"),
        ("fs.stat('/etc/passwd')", "fs.stat: file access to \"/etc/passwd\" is not granted"),
        ("fs.exists('/etc/passwd')", "fs.exists: file access to \"/etc/passwd\" is not granted"),
        ("fs.readlink('/etc/mtab')", "fs.readlink: file access to \"/etc/mtab\" is not granted"),
        ("fs.statfs('/')", "fs.statfs: file access to \"/\" is not granted"),
        ("fs.read(dir .. '/out')", "fs.read: file access to \"DIR/out\" (\"/etc/passwd\") is not granted"),
        ("fs.exists(dir .. '/out')", "fs.exists: file access to \"DIR/out\" (\"/etc/passwd\") is not granted"),
        ("fs.stat(dir .. '/out')", "fs.stat: file access to \"DIR/out\" (\"/etc/passwd\") is not granted"),
        ("fs.read('one')", "fs.read: path must be absolute and must not contain \"..\", got \"one\""),
        ("fs.read(1)", "bad argument #1 to 'fs.read' (string expected, got number)"),
        ("fs.list()", "bad argument #1 to 'fs.list' (string expected, got no value)"),
        ("fs.read(dir .. '/one', 'x')", "fs.read: max must be an integer of 0 or more, got \"x\""),
        ("fs.read(dir .. '/one', -1)", "fs.read: max must be an integer of 0 or more, got number"),
    ])
    func misuseIsAnErrorAtTheLineOfTheCall(call: String, message: String) async throws {
        #expect(try await notes(call) == ["error: test.lua:10: \(message)"])
    }

    @Test func linesAreWithoutTheirEnds() async throws {
        #expect(
            try await notes("for l in fs.lines(dir .. '/one') do note('<' .. l .. '>') end") == [
                "<first>", "<second>", "<>", "<last>",
            ]
        )
        #expect(try await notes("for l in fs.lines(dir .. '/empty') do note(l) end") == [])
    }

    @Test func bytesArriveAsTheyAre() async throws {
        try Data((0...255).map { UInt8($0) }).write(to: URL(filePath: tree.path("bytes")))
        #expect(
            try await notes("local b = fs.read(dir .. '/bytes') note(#b, b:byte(1), b:byte(256))") == [
                "256", "0", "255",
            ]
        )
    }

    @Test func statHasAllItsFields() async throws {
        var status = stat()
        #expect(stat(tree.path("one"), &status) == 0)
        let answer = try await notes(
            "local s = fs.stat(dir .. '/one') note(s.mode, s.uid, s.gid, s.ino, s.dev, math.abs(s.mtime - time.now()) < 600)"
        )
        #expect(
            answer == [
                "\(status.st_mode & 0o7777)", "\(status.st_uid)", "\(status.st_gid)", "\(status.st_ino)",
                "\(status.st_dev)", "true",
            ]
        )
    }

    @Test(arguments: [false, true])
    func statfsAnswersForGrantedFilesAndWithMountsForAll(mounts: Bool) async throws {
        let path = mounts ? "'/'" : "dir"
        let answer = try await notes(
            """
            local s = assert(fs.statfs(\(path)))
            note(s.block_size > 0, s.blocks >= s.blocks_free, s.blocks_free >= s.blocks_available, s.name_max, s.read_only)
            note(math.type(s.type), math.type(s.files), math.type(s.files_free))
            """,
            mounts: mounts
        )
        #expect(answer.suffix(3) == ["integer", "integer", "integer"], "\(answer)")
        #expect(answer.prefix(4) == ["true", "true", "true", "255"])
    }

    @Test func statfsOfManyMountsRunsSideBySide() async throws {
        let answer = try await notes(
            """
            local list = {}
            for i = 1, 60 do list[i] = function() return fs.statfs(dir).blocks end end
            local values, errors = parallel(list)
            note(#values, next(errors))
            """
        )
        #expect(answer == ["60", "nil"])
    }

    @Test func moreHangingCallsThanAllowedFailAtOnce() async throws {
        let answer = try await notes(
            """
            local list, refused = {}, 0
            for i = 1, 100 do
              list[i] = function()
                local s, message = fs.statfs(dir)
                if not s then
                  assert(message == "64 calls of this plugin hang in the kernel", message)
                  refused = refused + 1
                end
              end
            end
            local _, errors = parallel(list)
            note(next(errors), refused)
            """
        )
        #expect(answer.first == "nil")
        #expect(answer.last.flatMap { Int($0) }.map { $0 <= 36 } == true)
    }

    @Test func theConfigurationNarrowsWhatAPluginReads() async throws {
        let source = """
            plugin { help = "x", needs = { files = { "/proc/*" } } }
            local m = gauge("a", "h", { "p" })
            function collect() m(pcall(fs.read, "/proc/loadavg"), 1) m(pcall(fs.read, "/proc/uptime"), 2) end
            """
        let both = ["a{p=\"1\"} 1", "a{p=\"2\"} 1"]
        #expect(try await TestPlugin.samples(source) == both)
        let allow = "plugins: { test: { allow: { files: [/proc/uptime, /etc/passwd] } } }"
        #expect(try await TestPlugin.samples(source, configuration: allow) == ["a{p=\"1\"} 0", "a{p=\"2\"} 1"])
        let explicit = "permissions: explicit"
        #expect(try await TestPlugin.samples(source, configuration: explicit) == ["a{p=\"1\"} 0", "a{p=\"2\"} 0"])
    }
}
