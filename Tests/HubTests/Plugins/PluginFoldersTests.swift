import Foundation
import Testing

@testable import Hub

@Suite struct PluginFoldersTests {
    private let tree: TemporaryTree

    init() throws { tree = try TemporaryTree() }

    private func folders(_ names: String...) -> PluginFolders {
        PluginFolders(directories: names.map { tree.path($0) })
    }

    private func names(_ folders: PluginFolders) -> [String] { folders.scan().keys.sorted() }

    @Test func recordedCasesAreNoPartOfAPlugin() throws {
        try tree.write("plugins/one/init.lua")
        try tree.write("plugins/one/part/cases/more.lua")
        try tree.write("plugins/one/cases/first/notes.lua")
        let files = try #require(folders("plugins").scan()["one"]).files.map(\.path)
        #expect(
            files.map { $0.split(separator: "/").suffix(2).joined(separator: "/") } == [
                "one/init.lua", "cases/more.lua",
            ]
        )
    }

    @Test func filesAndFoldersArePlugins() throws {
        try tree.write("plugins/one.lua")
        try tree.write("plugins/two/init.lua")
        try tree.write("plugins/two/part.lua")
        try tree.write("plugins/Three-3_x.lua")
        #expect(names(folders("plugins")) == ["Three-3_x", "one", "two"])
    }

    @Test(arguments: [
        "api.lua", ".hidden.lua", "#edited.lua#", ".#edited.lua", "plugin.lua~", "plugin.lua.swp", "README.md",
        "nothing/part.lua", ".git/init.lua", "#folder/init.lua",
    ])
    func otherFilesAreNone(name: String) throws {
        try tree.write("plugins/\(name)")
        #expect(names(folders("plugins")) == [])
    }

    @Test func onlyRegularFilesArePlugins() throws {
        try tree.makeFolder("plugins/folder.lua")
        #expect(mkfifo(tree.path("plugins/fifo.lua"), 0o600) == 0)
        try tree.link("plugins/dangling.lua", to: "none")
        #expect(names(folders("plugins")) == [])
    }

    @Test func aLinkToAFileIsAPlugin() throws {
        try tree.write("elsewhere/real.lua", "text")
        try tree.makeFolder("plugins")
        try tree.link("plugins/linked.lua", to: "../elsewhere/real.lua")
        let entry = try #require(folders("plugins").scan()["linked"])
        #expect(try folders("plugins").read(entry).entry?.text == Array("text".utf8))
    }

    @Test(arguments: ["with space", "ümlaut", "a.b", "semi;colon", ""])
    func namesAreWords(name: String) throws {
        try tree.write("plugins/\(name).lua")
        guard !name.isEmpty else {
            #expect(names(folders("plugins")) == [])
            return
        }
        let entry = try #require(folders("plugins").scan()[name])
        let text = "plugin name \"\(name)\" must consist of letters, digits, _ and -"
        #expect(entry.problem == text)
        #expect(throws: PluginError.self) { try folders("plugins").read(entry) }
    }

    @Test func laterFoldersGoOverEarlierOnes() throws {
        try tree.write("shipped/node/init.lua", "shipped")
        try tree.write("shipped/other.lua", "other")
        try tree.write("own/node.lua", "own")
        let both = folders("shipped", "own")
        #expect(names(both) == ["node", "other"])
        #expect(both.scan()["node"]?.path == tree.path("own/node.lua"))
        #expect(folders("own", "shipped").scan()["node"]?.path == tree.path("shipped/node/init.lua"))
        #expect(names(folders("none", "own")) == ["node"])
    }

    @Test func theFilesOfAFolderAreItsModules() throws {
        for name in ["init", "part", "deep/er/part", "deep/init"] { try tree.write("plugins/node/\(name).lua", name) }
        try tree.write("plugins/node/data.txt")
        try tree.write("plugins/node/.hidden.lua")
        try tree.write("plugins/node/1/2/3/4/toodeep.lua")
        let plugins = folders("plugins")
        let source = try plugins.read(try #require(plugins.scan()["node"]))
        #expect(source.entry?.module == "init")
        #expect(source.files.map(\.module).sorted() == ["deep.er.part", "deep.init", "init", "part"])
        let part = try #require(source.file(module: "deep.er.part"))
        #expect(part.chunkName == "node/deep/er/part.lua")
        #expect(part.text == Array("deep/er/part".utf8))
    }

    @Test func aFileIsItsOwnOnlyModule() throws {
        try tree.write("plugins/one.lua", "text")
        try tree.write("plugins/two.lua", "text")
        let plugins = folders("plugins")
        let source = try plugins.read(try #require(plugins.scan()["one"]))
        #expect(source.files.map(\.chunkName) == ["one.lua"])
        #expect(source.file(module: "two") == nil)
    }

    @Test func changedContentChangesTheEntry() throws {
        try tree.write("plugins/node/init.lua", "one")
        try tree.write("plugins/node/part.lua", "one")
        let before = folders("plugins").scan()
        #expect(folders("plugins").scan() == before)
        try tree.write("plugins/node/part.lua", "three")
        let after = folders("plugins").scan()
        #expect(after != before)
        try tree.write("plugins/node/more.lua", "")
        #expect(folders("plugins").scan() != after)
    }

    @Test func tooManyFilesAreAProblem() throws {
        try tree.write("plugins/many/init.lua")
        for number in 0...PluginFolders.fileLimit { try tree.write("plugins/many/part\(number).lua") }
        let problem = folders("plugins").scan()["many"]?.problem
        #expect(problem == "\(tree.path("plugins/many")): more than 256 source files")
    }

    @Test func aPluginThatIsGoneSaysSo() throws {
        let path = try tree.write("plugins/one.lua")
        let entry = try #require(folders("plugins").scan()["one"])
        unlink(path)
        #expect { try folders("plugins").read(entry) } throws: { "\($0)" == "\(path): No such file or directory" }
    }

    @Test func aPluginIsFoundByNameOrPath() throws {
        try tree.write("plugins/one.lua")
        try tree.write("other/one.lua")
        try tree.write("other/two/init.lua")
        let plugins = folders("plugins")
        let expected = [
            "one": "plugins/one.lua", tree.path("other/one.lua"): "other/one.lua",
            tree.path("other/one"): "other/one.lua", tree.path("other/two"): "other/two/init.lua",
            tree.path("other/two/"): "other/two/init.lua", tree.path("other/two/init.lua"): "other/two/init.lua",
        ]
        for (name, path) in expected { #expect(try plugins.find(name).entry.path == tree.path(path)) }
        #expect { try plugins.find("none") } throws: {
            "\($0)" == "no plugin \"none\" in \(tree.path("plugins"))"
        }
    }
}
