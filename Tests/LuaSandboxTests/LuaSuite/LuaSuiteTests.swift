import Foundation
import LuaSandbox
import Testing

/// The test suite of Lua 5.4.4 in a sandboxed state.
///
/// `make lua-tests` fetches it and says where it is in `LUA_TESTS`.
@Suite(.enabled(if: SuiteFile.folder != nil)) struct LuaSuiteTests {
    @Test(arguments: SuiteFile.all)
    func theFilePasses(file: SuiteFile) throws {
        let folder = try #require(SuiteFile.folder)
        let source = try Data(contentsOf: folder.appending(path: "\(file.name).lua"))
        try SuiteState().run(file.changed(Array(source)), name: "\(file.name).lua")
    }
}
