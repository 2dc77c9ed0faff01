import LuaSandbox
import Testing

@Suite struct LimitTests {
    /// Scripts that run for ever, by the way they try to escape the CPU limit.
    static let endless: [(name: String, source: String)] = [
        ("loop", "while true do end"),
        ("pcallLoop", "while true do pcall(function() while true do end end) end"),
        ("messageHandlerLoops", "xpcall(function() while true do end end, function() while true do end end)"),
        ("messageHandlerCallsItself", "local function h(e) return h(e) end xpcall(error, h)"),
        (
            "nestedHandlers",
            "local function h() while true do pcall(function() while true do end end) end end xpcall(error, h)"
        ),
        ("coroutineLoops", "coroutine.wrap(function() while true do end end)()"),
        ("coroutineLoopsInPcall", "while true do pcall(coroutine.wrap(function() while true do end end)) end"),
        (
            "treeOfShortCoroutines",
            """
            local w = coroutine.wrap
            local function f(d) if d == 0 then return end for i = 1, 20 do w(f)(d - 1) end end
            f(60)
            """
        ),
        (
            "closeHandlerLoops",
            """
            local x <close> = setmetatable({}, {__close = function() while true do end end})
            while true do end
            """
        ),
        (
            "closeHandlerOfADeadCoroutineLoops",
            """
            pcall(coroutine.wrap(function()
              local x <close> = setmetatable({}, {__close = function() while true do end end})
              while true do end
            end))
            """
        ),
        ("swallowedForEver", "local function f() pcall(f) while true do end end f()"),
        ("metamethodLoops", "local t = setmetatable({}, {__index = function() while true do end end}) return t.x"),
        ("recursionInPcall", "local function f() return pcall(f) end while true do f() end"),
    ]

    @Test(arguments: endless.map(\.source))
    func anEndlessScriptEndsAtTheCPULimit(source: String) throws {
        let clock = ContinuousClock()
        let script = try Script()
        let start = clock.now
        let outcome = try script.start(source)
        #expect(outcome.trip == .cpu)
        #expect(outcome.message?.hasSuffix("CPU limit exceeded") == true)
        #expect(clock.now - start < .seconds(2))
    }

    /// Scripts that want more memory than they may have.
    static let hogs: [String] = [
        "local t = {} for i = 1, 1e9 do t[i] = {i} end",
        "local s = 'x' while true do s = s .. s end",
        "local t = {} while true do pcall(function() t[#t + 1] = ('x'):rep(1e6) .. #t end) end",
        "local t = {} for i = 1, 1e9 do t['k' .. i] = true end",
        "local t = {} while true do t[#t + 1] = coroutine.create(function() end) end",
        "return ('x'):rep(1e9)",
    ]

    @Test(arguments: hogs)
    func aMemoryHogEndsAtTheMemoryLimit(source: String) throws {
        let script = try Script(limits: .init(memory: 8 << 20), cpu: .seconds(5))
        let outcome = try script.start(source)
        #expect(outcome.message?.contains("memory") == true)
        #expect(script.sandbox.memoryPeak < 64 << 20)
    }

    @Test func endlessRecursionIsAnOrdinaryError() throws {
        let outcome = try Script(cpu: .seconds(5)).start("local function f() return 1 + f() end f()")
        #expect(outcome.message?.contains("stack overflow") == true || outcome.trip == .memory)
    }

    @Test func garbageDoesNotCountAsMemory() throws {
        let script = try Script(limits: .init(memory: 2 << 20), cpu: .seconds(5))
        #expect(try script.start("for i = 1, 200000 do local t = {i, tostring(i)} end").isFinished)
    }

    @Test func anAbortFromAnotherThreadEndsTheRun() async throws {
        let script = try Script(cpu: .seconds(20))
        let handle = script.sandbox.abortHandle
        let aborter = Task.detached { for _ in 0..<3 { handle.abort() } }
        _ = await aborter.value
        #expect(try script.start("while true do end").trip == .abort)
    }

    @Test func aSourceOverTheLimitIsRefused() throws {
        let script = try Script(limits: .init(source: 100))
        #expect(throws: SandboxError.self) { try script.start(String(repeating: " ", count: 101)) }
    }

    @Test func theNextRunOfAnotherStateIsNotTouched() throws {
        #expect(try Script().start("while true do end").trip == .cpu)
        #expect(try Script().start("note(1)").isFinished)
    }
}
