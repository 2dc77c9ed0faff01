import Foundation
import Glibc
import Testing

@testable import Hub

@Suite struct TextfileTests {
    private let tree: TemporaryTree

    init() throws { tree = try TemporaryTree() }

    private func collect(
        _ settings: String = "",
        limits: String = ""
    ) async throws -> (samples: [String], log: [String]) {
        let plugin = try await TestPlugin(
            shipped: "textfile",
            configuration: """
                plugins:
                  test:
                    settings: { directory: ["\(tree.root)/"], \(settings) }
                    limits: { \(limits) }
                """
        )
        let samples = await plugin.collect().samples
        return (samples, plugin.log.lines)
    }

    /// The samples of the files' own metrics.
    private func foreign(_ samples: [String]) -> [String] { samples.filter { !$0.hasPrefix("node_textfile_") } }

    @Test func filesAreServedWithTheirModificationTimes() async throws {
        let path = try tree.write("b.prom", "# HELP a A.\n# TYPE a gauge\na{x=\"1\"} 5\n")
        try tree.write("a.prom", "# TYPE c counter\nc_total 1\n# EOF\n")
        try tree.write("no.txt", "n 1\n")
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1000)],
            ofItemAtPath: path
        )
        let samples = try await collect().samples
        #expect(foreign(samples) == [#"a{x="1"} 5"#, "c_total 1"])
        #expect(samples.contains("node_textfile_mtime_seconds{file=\"\(path)\"} 1000"))
        #expect(samples.contains("node_textfile_file_error{file=\"\(path)\"} 0"))
        #expect(samples.contains("node_textfile_scrape_error 0"))
    }

    @Test func aFolderThatIsNotThereIsNoError() async throws {
        let plugin = try await TestPlugin(
            shipped: "textfile",
            configuration: "plugins: { test: { settings: { directory: [/nonexistent/folder] } } }"
        )
        #expect(await plugin.collect().samples == ["node_textfile_scrape_error 0"])
    }

    /// Files that are left out, with a part of what is said about them.
    @Test(arguments: [
        ("bar nil\n", #"x.prom: 1:5: expected a number, got "nil""#),
        ("bar 12", "x.prom: 1:7: last line has no line feed"),
        ("bar 1 1000\n", "x.prom: 1:1: sample has a timestamp, which is not allowed"),
        ("# TYPE c counter\nc_total 1\n# EO", "x.prom: 3:5: last line has no line feed"),
        ("bar{a=\"\\x\"} 1\n", "x.prom: 1:8: invalid escape sequence"),
        ("hub_build_info 1\n", "x.prom: 1:1: names that begin with hub_ need a label that is added"),
        (
            String(repeating: "b", count: 100) + "{a=\"" + String(repeating: "x", count: 100_000) + "\"} 1\n",
            "more than 65536 bytes"
        ),
    ])
    func aFileThatIsBrokenCostsOnlyItself(text: String, message: String) async throws {
        try tree.write("a.prom", "good 1\n")
        try tree.write("z.prom", "better 1\n")
        let path = try tree.write("x.prom", text)
        let (samples, log) = try await collect(limits: "bytes: 64KiB")
        #expect(foreign(samples) == ["better 1", "good 1"])
        #expect(samples.contains("node_textfile_scrape_error 1"))
        #expect(samples.contains("node_textfile_file_error{file=\"\(path)\"} 1"))
        #expect(!samples.contains { $0.hasPrefix("node_textfile_mtime_seconds{file=\"\(path)\"}") })
        #expect(log.contains { $0.hasPrefix("warning ") && $0.contains(message) }, "\(log)")
    }

    @Test func aFIFOAndALinkOutOfTheFolderAreNotOpened() async throws {
        try tree.write("a.prom", "good 1\n")
        #expect(mkfifo(tree.path("hang.prom"), 0o600) == 0)
        let other = try TemporaryTree()
        try tree.link("link.prom", to: try other.write("secret.prom", "secret 1\n"))
        try tree.link("loop.prom", to: "loop.prom")
        try tree.makeFolder("folder.prom")
        let (samples, log) = try await collect()
        #expect(foreign(samples) == ["good 1"])
        #expect(samples.filter { $0.hasPrefix("node_textfile_file_error") && $0.hasSuffix(" 1") }.count == 4)
        #expect(log.contains { $0.contains("hang.prom: is a fifo, not a regular file") }, "\(log)")
    }

    @Test func filesThatContradictEachOtherAreServedAsFarAsTheyGoAndNamed() async throws {
        try tree.write("a.prom", "# TYPE kind gauge\nkind 1\nsame{a=\"1\"} 1\nnode_textfile_scrape_error 7\n")
        try tree.write("b.prom", "# TYPE kind counter\nkind{b=\"1\"} 2\nother 1\n")
        try tree.write("c.prom", "same{a=\"1\"} 2\nsame{a=\"2\"} 3\n")
        try tree.write("d.prom", "twice 1\ntwice 2\n")
        let (samples, log) = try await collect()
        #expect(foreign(samples) == ["kind 1", "other 1", #"same{a="1"} 1"#, #"same{a="2"} 3"#, "twice 1"])
        #expect(samples.contains("node_textfile_scrape_error 1"))
        let root = tree.root
        for line in [
            "\(root)/b.prom: type of kind conflicts with \(root)/a.prom, 1 samples are left out",
            "\(root)/c.prom: duplicate of same conflicts with \(root)/a.prom, 1 samples are left out",
            "\(root)/d.prom: 1 samples are there twice",
        ] {
            #expect(log.contains { $0.contains(line) }, "\(line) in \(log)")
        }
    }

    @Test func whatIsWrongIsLoggedOnceUntilItChanges() async throws {
        try tree.write("x.prom", "bar nil\n")
        let plugin = try await TestPlugin(
            shipped: "textfile",
            configuration: "plugins: { test: { settings: { directory: [\"\(tree.root)\"] } } }"
        )
        func warnings() -> Int { plugin.log.lines.count { $0.hasPrefix("warning ") } }
        _ = await plugin.collect()
        _ = await plugin.collect()
        #expect(warnings() == 1)
        try tree.write("x.prom", "bar nix\n")
        _ = await plugin.collect()
        #expect(warnings() == 2)
    }
}
