// The table library: the original in C for small plain tables, the prelude for large ones and those with
// metamethods. Upvalue 1 is the original, upvalue 2 the function of the prelude.
#ifndef CLUA_TABLES_H
#define CLUA_TABLES_H

#include "guards.h"

// After the prelude: an error of its own has the prelude's position, which is replaced by the caller's.
static int clua_finish_prelude(lua_State *L, int status, lua_KContext context) {
    (void)context;
    if (!clua_is_failure(status)) return lua_gettop(L);
    if (!clua_control_of(L)->tripped && lua_type(L, -1) == LUA_TSTRING) {
        const char *message = lua_tostring(L, -1);
        const char *chunk = &CLUA_PRELUDE_NAME[1];
        size_t prefix = strlen(chunk);
        if (strncmp(message, chunk, prefix) == 0 && message[prefix] == ':') {
            const char *text = strchr(message + prefix + 1, ':');
            clua_where(L);
            lua_pushstring(L, text ? text + 2 : message);
            lua_concat(L, 2);
        }
    }
    return lua_error(L);
}

static inline int clua_call_prelude(lua_State *L) {
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_insert(L, 1);
    int status = lua_pcallk(L, lua_gettop(L) - 1, LUA_MULTRET, 0, 0, clua_finish_prelude);
    return clua_finish_prelude(L, status, 0);
}

// Whether the value is a table without metatable.
static inline int clua_is_plain(lua_State *L, int index) {
    if (!lua_istable(L, index)) return 0;
    if (!lua_getmetatable(L, index)) return 1;
    lua_pop(L, 1);
    return 0;
}

// Whether the original may run: it raises the errors for what is no table, and is quick on a small plain one.
static inline int clua_is_quick(lua_State *L, int index, lua_Unsigned items) {
    return !lua_istable(L, index) || (items <= CLUA_ITEM_LIMIT && clua_is_plain(L, index));
}

// Turns an argument into an integer, as the original reads it.
static inline void clua_make_integer(lua_State *L, int index) {
    lua_pushinteger(L, luaL_checkinteger(L, index));
    lua_replace(L, index);
}

static int clua_table_insert(lua_State *L) {
    int count = lua_gettop(L);
    if (count == 2 && clua_is_plain(L, 1)) {
        lua_rawseti(L, 1, (lua_Integer)((lua_Unsigned)lua_rawlen(L, 1) + 1));
        return 0;
    }
    if (clua_is_quick(L, 1, lua_rawlen(L, 1))) return clua_call_original(L);
    if (count == 3) clua_make_integer(L, 2);
    else if (count != 2) return luaL_error(L, "wrong number of arguments to 'insert'");
    lua_pushinteger(L, count);
    lua_insert(L, 2);
    return clua_call_prelude(L);
}

// remove(t) on a plain table touches one item.
static int clua_table_remove(lua_State *L) {
    if (clua_is_quick(L, 1, lua_gettop(L) == 1 ? 0 : lua_rawlen(L, 1))) return clua_call_original(L);
    if (lua_gettop(L) >= 2) clua_make_integer(L, 2);
    lua_settop(L, 2);
    return clua_call_prelude(L);
}

static int clua_table_move(lua_State *L) {
    lua_Integer first = luaL_checkinteger(L, 2);
    lua_Integer last = luaL_checkinteger(L, 3);
    lua_Integer target = luaL_checkinteger(L, 4);
    int destination = lua_isnoneornil(L, 5) ? 1 : 5;
    lua_Unsigned items = last < first ? 0 : (lua_Unsigned)last - (lua_Unsigned)first;
    if (clua_is_quick(L, 1, items) && clua_is_quick(L, destination, items)) return clua_call_original(L);
    if (luaL_getmetafield(L, 1, "__index") != LUA_TNIL) lua_pop(L, 1);  // a string, for one, may be read
    else luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checktype(L, destination, LUA_TTABLE);
    if (last >= first) {
        luaL_argcheck(L, first > 0 || last < LUA_MAXINTEGER + first, 3, "too many elements to move");
        luaL_argcheck(L, target <= LUA_MAXINTEGER - (last - first + 1) + 1, 4, "destination wrap around");
    }
    lua_settop(L, 5);
    for (int i = 2; i <= 4; i++) clua_make_integer(L, i);
    if (destination == 1) {
        lua_pushvalue(L, 1);
        lua_replace(L, 5);
    }
    return clua_call_prelude(L);
}

// How many items concat joins; the length counts only where no last item is given.
static inline lua_Unsigned clua_concat_items(lua_State *L) {
    if (!lua_istable(L, 1)) return 0;
    lua_Integer first = luaL_optinteger(L, 3, 1);
    lua_Integer last = luaL_opt(L, luaL_checkinteger, 4, (lua_Integer)lua_rawlen(L, 1));
    return last < first ? 0 : (lua_Unsigned)last - (lua_Unsigned)first;
}

static int clua_table_concat(lua_State *L) {
    luaL_optlstring(L, 2, "", NULL);
    if (clua_is_quick(L, 1, clua_concat_items(L))) return clua_call_original(L);
    lua_settop(L, 4);
    for (int i = 3; i <= 4; i++) if (!lua_isnil(L, i)) clua_make_integer(L, i);
    return clua_call_prelude(L);
}

static int clua_table_unpack(lua_State *L) {
    if (lua_istable(L, 1) && !clua_is_plain(L, 1)) {
        lua_settop(L, 3);
        for (int i = 2; i <= 3; i++) if (!lua_isnil(L, i)) clua_make_integer(L, i);
        return clua_call_prelude(L);
    }
    lua_Integer first = luaL_optinteger(L, 2, 1);
    lua_Integer last = !lua_isnoneornil(L, 3) ? luaL_checkinteger(L, 3)
        : lua_istable(L, 1) ? (lua_Integer)lua_rawlen(L, 1) : luaL_len(L, 1);
    if (first > last) return 0;
    lua_Unsigned further = (lua_Unsigned)last - (lua_Unsigned)first;  // the count itself may not fit
    if (further >= CLUA_RESULT_LIMIT || !lua_checkstack(L, (int)further + 1))
        return luaL_error(L, "too many results to unpack");
    lua_Unsigned count = further + 1;
    if (!lua_istable(L, 1)) return clua_call_original(L);
    for (lua_Unsigned i = 0; i < count; i++) lua_rawgeti(L, 1, (lua_Integer)((lua_Unsigned)first + i));
    return (int)count;
}

static int clua_table_sort(lua_State *L) {
    if (!lua_istable(L, 1)) return clua_call_original(L);
    lua_settop(L, 2);
    return clua_call_prelude(L);
}

#endif
