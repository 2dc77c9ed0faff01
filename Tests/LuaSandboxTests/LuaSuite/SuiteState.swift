import CLua

@testable import LuaSandbox

/// A state as plugins have it, with what only Lua's own tests need added: `load`, `debug`, `collectgarbage`, a
/// userdata as `io.stdin` and a `require` of what is there.
struct SuiteState {
    private let sandbox: Sandbox

    init() throws {
        sandbox = try Sandbox(limits: SandboxLimits())
        addStockFunctions()
        try run(Array(Self.shims.utf8), name: "shims")
        sandbox.armMemoryLimit()
    }

    /// Runs one file; a script's error is thrown, with the stack where it was raised.
    func run(_ source: [UInt8], name: String) throws {
        lua_rawgeti(sandbox.state, clua_registry_index(), lua_Integer(try sandbox.load(source, chunkName: name).index))
        lua_setglobal(sandbox.state, "chunk")
        let runner = Array("assert(xpcall(chunk, debug and debug.traceback or error))".utf8)
        let fiber = try sandbox.makeFiber(sandbox.load(runner, chunkName: "runner"))
        var budget = RunBudget(cpuLimit: .seconds(300))
        switch sandbox.resume(fiber, with: Plan(), budget: &budget) {
        case .finished: return
        case .waiting: throw SandboxError.runtime("\(name) waits")
        case .failed(let error): throw error
        }
    }

    /// Lua's base library opens into the table of globals, which is therefore another one meanwhile.
    private func addStockFunctions() {
        let state = sandbox.state
        let globals = lua_Integer(LUA_RIDX_GLOBALS)
        lua_rawgeti(state, clua_registry_index(), globals)
        lua_createtable(state, 0, 0)
        lua_rawseti(state, clua_registry_index(), globals)
        Globals.pushLibrary(luaopen_base, in: state)
        lua_rotate(state, -2, 1)
        lua_rawseti(state, clua_registry_index(), globals)
        for name in ["load", "collectgarbage"] {
            lua_getfield(state, -1, name)
            lua_setglobal(state, name)
        }
        Globals.pushLibrary(luaopen_debug, in: state)
        lua_setglobal(state, "debug")
        lua_newuserdatauv(state, 1, 0)
        lua_setglobal(state, "file")
        lua_settop(state, 0)
    }

    private static let shims = """
        _port, _soft, _nomsg = true, true, true
        io = {stdin = file}
        file = nil
        os.setlocale = function() return nil end
        print = function() end
        local modules = {
          debug = debug, utf8 = utf8, coroutine = coroutine, string = string,
          tracegc = {start = function() end, stop = function() end},
        }
        function require(name) return assert(modules[name], name) end
        """
}
