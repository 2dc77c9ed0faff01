import LuaSandbox
import Testing

@Suite struct LibraryTests {
    @Test(arguments: [
        "io", "debug", "package", "load", "loadstring", "loadfile", "dofile", "require", "collectgarbage", "print",
        "warn",
        "string.dump", "coroutine.close", "os.exit", "os.getenv", "os.execute", "os.remove", "os.setlocale",
        "os.tmpname",
        "os.rename",
    ])
    func theGlobalIsAbsent(name: String) throws {
        let script = try Script()
        #expect(try script.start("note(\(name) == nil)").isFinished)
        #expect(script.notes == [.boolean(true)])
    }

    @Test func theStringMetatableCannotBeReached() throws {
        let script = try Script()
        #expect(try script.start("note(getmetatable('')) note(('x'):upper()) note('10' + 1)").isFinished)
        #expect(script.notes == [.boolean(false), .string([0x58]), .integer(11)])
    }

    @Test(arguments: ["__gc", "__mode"])
    func aMetatableMayNotHave(field: String) throws {
        let message = try Script().start("setmetatable({}, {\(field) = 'k'})").message
        #expect(message == "test.lua:1: metatable field '\(field)' is not allowed")
    }

    /// Each is true in stock Lua, and was not here.
    static let facts = [
        "coroutine.isyieldable(coroutine.create(function() end))",
        "select(2, xpcall(function() local function f() return 1 + f() end f() end, function() return 7 end)) == 7",
        "select(2, xpcall(function() local function f() return 1 + f() end f() end, tostring)):find('stack overflow') ~= nil",
        "not pcall(table.unpack, {}, math.mininteger, math.maxinteger)",
        "not pcall(string.packsize, 'c1' .. ('0'):rep(40))",
        "select(2, pcall(string.unpack, 'c99999999', 'x')):find('too short') ~= nil",
        "pcall(table.insert, setmetatable({}, {}), '1', 'x')",
        "select(2, pcall(table.remove, setmetatable({}, {__len = tostring}))) == 'object length is not an integer'",
        "table.move('abc', 1, 3, 1, setmetatable({}, {}))[1] == nil",
    ]

    @Test(arguments: facts)
    func theLibraryAnswersAsLuaDoes(fact: String) throws {
        let script = try Script()
        #expect(try script.start("note(\(fact))").isFinished)
        #expect(script.notes == [.boolean(true)])
    }

    @Test func bytecodeIsNotLoaded() throws {
        #expect(throws: SandboxError.self) { try Script().start("\u{1B}Lua") }
    }

    @Test func syntaxErrorsNameFileAndLine() throws {
        let error = #expect(throws: SandboxError.self) { try Script().start("\nlocal = 1") }
        #expect(error?.description == "test.lua:2: <name> expected near '='")
    }

    @Test func coroutinesBehaveAsInTheManual() throws {
        let script = try Script()
        let source = """
            local co = coroutine.create(function(a) local b = coroutine.yield(a + 1) error("e" .. b, 0) end)
            note(coroutine.status(co))
            note(select(2, coroutine.resume(co, 1)))
            note(select(2, coroutine.resume(co, 2)))
            note(coroutine.status(co))
            note(select(2, coroutine.resume(co)))
            note(select(2, coroutine.running()))
            """
        #expect(try script.start(source).isFinished)
        let expected: [LuaValue] = [
            .string(Array("suspended".utf8)), .integer(2), .string(Array("e2".utf8)), .string(Array("dead".utf8)),
            .string(Array("cannot resume dead coroutine".utf8)), .boolean(true),
        ]
        #expect(script.notes == expected)
    }
}
