import Foundation
import SNMP
import Testing

@testable import Hub

@Suite struct ModuleLibraryTests {
    private let access = ModuleLibrary.Access(
        paths: { ModuleFileGlob(patterns: [PathPattern("/**")].compactMap(\.self), limit: 1000) { false }.paths($0) },
        signature: { FileSignature(path: $0)?.text },
        read: { path throws(ConfigurationError) in try BoundedFile.read(path, maximum: 16 << 20) }
    )

    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "modules-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    private func write(_ text: String, _ path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
    }

    @Test func severalFilesAndPatternsAreOneLibrary() throws {
        try withFolder { folder in
            try write("auths: { a: { community: hidden } }", folder + "/auths.yml")
            try write("modules: { b: { get: [1.3.1] } }", folder + "/mod-b.yml")
            try write("c: { get: [1.3.2] }", folder + "/mod-c.yml")
            let library = ModuleLibrary([folder + "/auths.yml", folder + "/mod-*.yml"], access)
            try library.refresh()
            #expect(library.names == ["b", "c"])
            #expect(library.auth("a")?.community.reveal() == "hidden")
            #expect(library.secretTexts == ["hidden"])
            #expect(library.decodedCount == 0)
            #expect(try library.module("b")?.module.get == [ObjectIdentifier([1, 3, 1])])
            #expect(try library.module("c")?.module.isOldFormat == true)
            #expect(try library.module("d") == nil)
            #expect(library.decodedCount == 2)
        }
    }

    @Test func aModuleIsDecodedOnceAndShared() throws {
        try withFolder { folder in
            try write("modules: { b: { get: [1.3.1] } }", folder + "/snmp.yml")
            let library = ModuleLibrary([folder + "/snmp.yml"], access)
            try library.refresh()
            let first = try #require(try library.module("b"))
            try library.refresh()
            #expect(try library.module("b") === first)
        }
    }

    @Test func namesThatTwoFilesHaveAreRefused() throws {
        try withFolder { folder in
            try write("auths: { a: {} }\nmodules: { m: {} }", folder + "/1.yml")
            try write("auths: { a: {} }\nmodules: { m: {} }", folder + "/2.yml")
            let library = ModuleLibrary([folder + "/*.yml"], access)
            let error = #expect(throws: ConfigurationError.self) { try library.refresh() }
            #expect(
                error?.description
                    == "\(folder)/2.yml:2: module \"m\" is already given in \(folder)/1.yml\n\(folder)/2.yml:1: auth \"a\" is already given"
            )
        }
    }

    @Test func aWrongChangeIsToldOnceAndWhatWasKnownGoesOn() throws {
        try withFolder { folder in
            let path = folder + "/snmp.yml"
            try write("modules: { a: { get: [1.3.1] }, b: { get: [1.3.2] } }", path)
            let library = ModuleLibrary([path], access)
            try library.refresh()
            _ = try library.module("a")
            try write("modules: { a: { got: [1.3.1] } }", path)
            #expect(throws: ConfigurationError.self) { try library.refresh() }
            try library.refresh()
            #expect(try library.module("a") != nil)
            // It was not decoded before, and its file is no longer the one that was read.
            #expect(throws: ConfigurationError.self) { try library.module("b") }
            try write("modules: { c: { get: [1.3.1] } }", path)
            try library.refresh()
            #expect(library.names == ["c"])
        }
    }

    @Test func absentFilesAreNamed() throws {
        let absent = ModuleLibrary(["/nonexistent/snmp.yml"], access)
        #expect(throws: ConfigurationError.self) { try absent.refresh() }
        let pattern = ModuleLibrary(["/nonexistent/*.yml"], access)
        let error = #expect(throws: ConfigurationError.self) { try pattern.refresh() }
        #expect(error?.description == "no module file matches \"/nonexistent/*.yml\"")
    }

    @Test func modulesThatAreNotUsedAreNotDecoded() throws {
        try withFolder { folder in
            let path = folder + "/snmp.yml"
            try write(try largeFile(), path)
            let library = ModuleLibrary([path], access)
            try library.refresh()
            #expect(library.names.count >= 50)
            #expect(library.decodedCount == 0)
            #expect(try library.module("if_mib_7")?.metrics.isEmpty == false)
            #expect(library.decodedCount == 1)
        }
    }

    @Test func onlyFoldersOnTheWayToGrantedFilesAreLookedInto() throws {
        try withFolder { folder in
            for name in ["granted", "other"] {
                let path = "\(folder)/\(name)"
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
                for file in ["a.yml", "b.txt"] { try write("", "\(path)/\(file)") }
            }
            let patterns = [try #require(PathPattern("\(folder)/granted/*.yml"))]
            let glob = ModuleFileGlob(patterns: patterns, limit: 1000) { false }
            #expect(glob.paths("\(folder)/granted/*") == ["\(folder)/granted/a.yml"])
            #expect(glob.paths("\(folder)/other/*") == [])
            #expect(glob.paths("/*/*/*/*.yml") == ["\(folder)/granted/a.yml"])
            #expect(ModuleFileGlob(patterns: patterns, limit: 1000) { true }.paths("\(folder)/granted/*") == [])
        }
    }
}
