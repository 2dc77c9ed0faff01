import LuaSandbox
import Testing

@Suite struct WaitTests {
    /// Places where a host function may wait; each notes the answer.
    static let allowed = [
        "note(wait())",
        "return note(wait())",
        "local ok, v = pcall(wait) note(v)",
        "local ok, v = xpcall(wait, error) note(v)",
        "note(coroutine.wrap(wait)())",
        "note(coroutine.wrap(function() return coroutine.wrap(function() return wait() end)() end)())",
        "local co = coroutine.create(function() return wait() end) local ok, v = coroutine.resume(co) note(v)",
        "note(setmetatable({}, {__index = function() return wait() end}).x)",
        "for v in wait do note(v) break end",
        "for k in pairs(setmetatable({}, {__pairs = function() return next, {[wait()] = 1} end})) do note(k) end",
        "note(setmetatable({}, {__add = function() return wait() end}) + 1)",
        """
        local gen = coroutine.wrap(function() coroutine.yield(1) coroutine.yield(wait()) end)
        gen() note(gen())
        """,
        """
        local value
        table.sort({2, 1}, function(a, b) value = value or wait() return a < b end)
        note(value)
        """,
        "table.sort({setmetatable({}, {__lt = function() note(wait()) return false end}), 1})",
        "('x'):gsub('x', function() note(wait()) end)",
        "('x'):gsub('x', wait) note('answer')",
        "('x'):gsub('x', coroutine.wrap(function() note(wait()) end))",
        "note((('x'):gsub('x', setmetatable({}, {__index = function() return wait() end}))))",
        "note(table.concat(setmetatable({}, {__index = function() return wait() end}), '', 1, 1))",
        "note(table.unpack(setmetatable({}, {__index = function() return wait() end}), 1, 1))",
        "table.insert(setmetatable({}, {__newindex = function() note(wait()) end}), 1)",
        "for w in ('x'):gmatch('x') do note(wait()) end",
    ]

    @Test(arguments: allowed)
    func aHostFunctionMayWaitHere(source: String) throws {
        let script = try Script()
        #expect(try script.start(source).isWaiting)
        #expect(try script.answer { $0.push("answer") }.isFinished)
        #expect(script.notes == [.string(Array("answer".utf8))])
    }

    static let forbidden = [
        "string.format('%s', setmetatable({}, {__tostring = function() wait() return '' end}))",
        "for _ in ipairs(setmetatable({}, {__index = function() wait() end})) do end",
        "tostring(setmetatable({}, {__tostring = function() wait() return '' end}))",
    ]

    @Test(arguments: forbidden)
    func elsewhereThereIsAClearError(source: String) throws {
        let message = try Script().start(source).message
        #expect(message?.contains("wait: cannot wait here") == true)
        #expect(message?.hasPrefix("test.lua:1:") == true)
    }

    @Test func anErrorOfTheHostIsRaisedAtTheCall() throws {
        let script = try Script()
        #expect(try script.start("local ok, e = pcall(function() wait() end) note(e)").isWaiting)
        #expect(try script.answer(failing: "no route").isFinished)
        #expect(script.notes == [.string(Array("test.lua:1: no route".utf8))])
    }

    @Test func cancellingUnwindsAScriptThatSwallowsErrors() throws {
        let script = try Script()
        #expect(try script.start("while true do pcall(function() while true do wait() end end) end").isWaiting)
        #expect(try script.cancel().trip == .cancel)
    }

    @Test func cancellingUnwindsNestedCoroutines() throws {
        let script = try Script()
        let source = """
            local x <close> = setmetatable({}, {__close = function() while true do end end})
            while true do pcall(coroutine.wrap(function() while true do pcall(wait) end end)) end
            """
        #expect(try script.start(source).isWaiting)
        #expect(try script.cancel().trip == .cancel)
    }

    @Test func aYieldOutsideACoroutineIsAnError() throws {
        #expect(try Script().start("coroutine.yield(1)").message?.contains("outside a coroutine") == true)
    }
}
