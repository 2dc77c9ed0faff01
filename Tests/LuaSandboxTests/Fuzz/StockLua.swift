import CLua

/// Lua as it comes, with all of its libraries.
enum StockLua {
    struct Failure: Error {
        let message: String
    }

    /// Runs a source text; what it passes to `note`.
    static func run(_ source: String) throws -> [UInt8] {
        guard let state = luaL_newstate() else { throw Failure(message: "no memory") }
        defer { lua_close(state) }
        luaL_openlibs(state)
        for text in ["function note(value) result = value end", source] {
            guard luaL_loadbufferx(state, text, text.utf8.count, "@test.lua", "t") == LUA_OK,
                lua_pcallk(state, 0, 0, 0, 0, nil) == LUA_OK
            else { throw Failure(message: lua_tolstring(state, -1, nil).map { String(cString: $0) } ?? "") }
        }
        lua_getglobal(state, "result")
        var length = 0
        guard let start = lua_tolstring(state, -1, &length) else { throw Failure(message: "no result") }
        return Array(UnsafeRawBufferPointer(start: start, count: length))
    }
}
