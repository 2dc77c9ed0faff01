import CLua

/// The functions that stand in for those of Lua's libraries that would run too long for some arguments.
enum LibraryGuards {
    private typealias Functions = [(name: String, function: lua_CFunction)]

    /// Searches with our own matcher.
    private static let patterns: Functions = [
        ("find", clua_string_find), ("gmatch", clua_string_gmatch), ("gsub", clua_string_gsub),
        ("match", clua_string_match),
    ]
    /// Lua's own behind a check of their arguments.
    private static let guards: [(library: String, open: lua_CFunction, functions: Functions)] = [
        (
            "string", luaopen_string,
            [
                ("byte", clua_string_byte), ("format", clua_string_format), ("pack", clua_string_pack),
                ("packsize", clua_string_unpack), ("rep", clua_string_rep), ("unpack", clua_string_unpack),
            ]
        ),
        (
            "table", luaopen_table,
            [
                ("concat", clua_table_concat), ("insert", clua_table_insert), ("move", clua_table_move),
                ("remove", clua_table_remove), ("sort", clua_table_sort), ("unpack", clua_table_unpack),
            ]
        ),
        ("utf8", luaopen_utf8, [("codepoint", clua_utf8_codepoint)]),
        ("os", luaopen_os, [("date", clua_os_date)]),
    ]

    /// Puts the functions into the libraries of the table of globals, which is on top.
    static func install(in state: OpaquePointer) {
        lua_getfield(state, -1, "string")
        for (name, function) in patterns {
            clua_push_matcher(state, PatternLibrary.matcher)
            lua_pushcclosure(state, function, 1)
            lua_setfield(state, -2, name)
        }
        lua_settop(state, -2)
        for (library, open, functions) in guards {
            lua_getfield(state, -1, library)
            Globals.pushLibrary(open, in: state)
            library == "table" ? pushTablePrelude(in: state) : lua_createtable(state, 0, 0)
            for (name, function) in functions {
                lua_getfield(state, -2, name)  // the original
                lua_getfield(state, -2, name)  // what the prelude has for it, or nil
                lua_pushcclosure(state, function, 2)
                lua_setfield(state, -4, name)
            }
            lua_settop(state, -4)
        }
    }

    /// Pushes the prelude's functions by name.
    ///
    /// Lua's table library is on top, the table of globals two below it.
    private static func pushTablePrelude(in state: OpaquePointer) {
        let originals = lua_gettop(state)
        var source = TablePrelude.source
        _ = source.withUTF8 { text in
            text.withMemoryRebound(to: CChar.self) {
                luaL_loadbufferx(state, $0.baseAddress, $0.count, CLUA_PRELUDE_NAME, "t")
            }
        }
        for name in ["concat", "unpack"] { lua_getfield(state, originals, name) }
        for name in ["error", "type"] { lua_getfield(state, originals - 2, name) }
        lua_getfield(state, originals - 2, "math")
        lua_getfield(state, -1, "tointeger")
        lua_rotate(state, -2, 1)
        lua_settop(state, -2)
        lua_callk(state, 5, 1, 0, nil)
    }
}
