import CLua

/// The functions of Lua's standard library that a script may use.
enum Globals {
    /// Lua's own, as they are; `LibraryGuards` has the rest.
    private static let base = [
        "assert", "error", "ipairs", "next", "pairs", "rawequal", "rawget", "rawlen", "rawset", "select", "tonumber",
        "type", "getmetatable",
    ]
    private static let libraries: [(name: String, open: @convention(c) (OpaquePointer?) -> Int32, members: [String])] =
        [
            ("string", luaopen_string, ["char", "len", "lower", "reverse", "sub", "upper"]),
            ("table", luaopen_table, ["pack"]),
            (
                "math", luaopen_math,
                [
                    "abs", "acos", "asin", "atan", "ceil", "cos", "deg", "exp", "floor", "fmod", "huge", "log", "max",
                    "maxinteger", "min", "mininteger", "modf", "pi", "rad", "random", "sin", "sqrt", "tan", "tointeger",
                    "type", "ult",
                ]
            ),
            ("utf8", luaopen_utf8, ["char", "charpattern", "codes", "len", "offset"]),
            ("os", luaopen_os, ["clock", "difftime", "time"]),
        ]
    private static let coroutines: [(String, lua_CFunction)] = [
        ("create", clua_coroutine_create), ("isyieldable", clua_coroutine_isyieldable),
        ("resume", clua_coroutine_resume), ("running", clua_coroutine_running), ("status", clua_coroutine_status),
        ("wrap", clua_coroutine_wrap), ("yield", clua_coroutine_yield),
    ]

    /// Replaces the state's globals by the allowed ones.
    ///
    /// Runs before any limit is armed.
    static func install(in state: OpaquePointer) {
        lua_createtable(state, 0, 64)
        copy(base, from: luaopen_base, in: state)
        for library in libraries {
            lua_createtable(state, 0, 32)
            copy(library.members, from: library.open, in: state)
            lua_setfield(state, -2, library.name)
        }
        set(
            [
                ("pcall", clua_pcall), ("xpcall", clua_xpcall), ("setmetatable", clua_setmetatable),
                ("tostring", clua_tostring),
            ],
            in: state
        )
        lua_createtable(state, 0, 8)
        set(coroutines, in: state)
        lua_setfield(state, -2, "coroutine")
        lua_pushstring(state, "Lua 5.4")
        lua_setfield(state, -2, "_VERSION")
        lua_pushvalue(state, -1)
        lua_setfield(state, -2, "_G")
        LibraryGuards.install(in: state)
        protectStringMetatable(in: state)
        lua_rawseti(state, clua_registry_index(), lua_Integer(LUA_RIDX_GLOBALS))
        lua_settop(state, 0)
    }

    /// Copies members of a freshly opened library into the table on top.
    private static func copy(_ members: [String], from open: lua_CFunction, in state: OpaquePointer) {
        pushLibrary(open, in: state)
        for member in members {
            lua_getfield(state, -1, member)
            lua_setfield(state, -3, member)
        }
        lua_settop(state, -2)
    }

    /// Pushes a library's table, without leaving it where scripts or error messages find it.
    static func pushLibrary(_ open: lua_CFunction, in state: OpaquePointer) {
        luaL_requiref(state, "library", open, 0)
        lua_pushnil(state)
        lua_setfield(state, clua_registry_index(), LUA_LOADED_TABLE)
    }

    private static func set(_ functions: [(String, lua_CFunction)], in state: OpaquePointer) {
        for (name, function) in functions {
            clua_push_function(state, function)
            lua_setfield(state, -2, name)
        }
    }

    /// Strings keep their methods and arithmetic, but their metatable cannot be reached.
    ///
    /// The table of globals is on top.
    private static func protectStringMetatable(in state: OpaquePointer) {
        lua_pushstring(state, "")
        if lua_getmetatable(state, -1) != 0 {
            lua_getfield(state, -3, "string")
            lua_setfield(state, -2, "__index")
            lua_pushboolean(state, 0)
            lua_setfield(state, -2, "__metatable")
            lua_settop(state, -2)
        }
        lua_settop(state, -2)
    }
}
