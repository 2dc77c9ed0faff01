// gsub. Its state is a userdata on the stack, so that a replacement function, or the `__index` function of a
// replacement table, may wait.
#ifndef CLUA_GSUB_H
#define CLUA_GSUB_H

#include "patterns.h"

typedef struct clua_gsub {
    clua_search search;
    ptrdiff_t copied;     // the subject before this offset is in the result
    lua_Integer count;
    lua_Integer maximum;
    int changed;
    size_t length;        // of the result so far
    size_t capacity;
} clua_gsub;

// Stack slots during gsub. The result's bytes are a second userdata, replaced when it grows.
enum { CLUA_GSUB_REPLACEMENT = 3, CLUA_GSUB_STATE = 4, CLUA_GSUB_BYTES = 5 };

static inline void clua_gsub_append(lua_State *L, clua_gsub *state, const char *bytes, size_t length) {
    if (length > state->capacity - state->length) {
        size_t capacity = state->length + length + (state->length + length) / 2 + 64;
        char *larger = (char *)lua_newuserdatauv(L, capacity, 0);
        if (state->length) memcpy(larger, lua_touserdata(L, CLUA_GSUB_BYTES), state->length);
        lua_replace(L, CLUA_GSUB_BYTES);
        state->capacity = capacity;
    }
    memcpy((char *)lua_touserdata(L, CLUA_GSUB_BYTES) + state->length, bytes, length);
    state->length += length;
}

// Puts the value on top, and the subject before the match, into the result.
static inline void clua_gsub_take(lua_State *L, clua_gsub *state) {
    clua_search *search = &state->search;
    if (lua_toboolean(L, -1)) {
        if (!lua_isstring(L, -1)) luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
        size_t length;
        const char *text = lua_tolstring(L, -1, &length);
        clua_gsub_append(L, state, (const char *)search->subject + state->copied,
                         (size_t)(search->start - state->copied));
        clua_gsub_append(L, state, text, length);
        state->copied = search->end;
        state->changed = 1;
    }
    lua_settop(L, CLUA_GSUB_BYTES);
    search->start = search->last_end = search->end;
}

static int clua_gsub_loop(lua_State *L, clua_gsub *state);

static int clua_gsub_continue(lua_State *L, int status, lua_KContext context) {
    (void)status;
    (void)context;
    clua_gsub *state = (clua_gsub *)lua_touserdata(L, CLUA_GSUB_STATE);
    clua_gsub_take(L, state);
    return clua_gsub_loop(L, state);
}

// Pushes the value of the replacement table for the key on top, or the `__index` function and its arguments.
// Answers how many arguments; -1: the value itself.
static inline int clua_gsub_index(lua_State *L, clua_gsub *state) {
    int key = lua_gettop(L);
    lua_pushvalue(L, CLUA_GSUB_REPLACEMENT);
    for (int i = 0; i < 2000; i++) {  // MAXTAGLOOP of lvm.c
        if (clua_must_stop(state->search.control)) return clua_raise_trip(L, 0);
        int is_table = lua_istable(L, -1);
        if (is_table) {
            lua_pushvalue(L, key);
            if (lua_rawget(L, -2) != LUA_TNIL) return -1;
            lua_pop(L, 1);
        }
        if (luaL_getmetafield(L, -1, "__index") == LUA_TNIL) {
            if (!is_table) return luaL_error(L, "attempt to index a %s value", luaL_typename(L, -1));
            return lua_pushnil(L), -1;
        }
        if (lua_isfunction(L, -1)) {
            lua_insert(L, -2);
            lua_pushvalue(L, key);
            return 2;
        }
        lua_remove(L, -2);
    }
    return luaL_error(L, "'__index' chain too long; possibly a loop");
}

static int clua_gsub_loop(lua_State *L, clua_gsub *state) {
    clua_search *search = &state->search;
    while (state->count < state->maximum && clua_run_search(L, search)) {
        state->count++;
        int arguments;
        if (lua_istable(L, CLUA_GSUB_REPLACEMENT)) {
            clua_push_capture(L, search, 0);
            arguments = clua_gsub_index(L, state);
        } else {
            lua_pushvalue(L, CLUA_GSUB_REPLACEMENT);
            arguments = clua_push_captures(L, search, 1);
        }
        if (arguments >= 0) lua_callk(L, arguments, 1, 0, clua_gsub_continue);
        clua_gsub_take(L, state);
        if (search->is_anchored) break;
    }
    if (state->changed) {
        clua_gsub_append(L, state, (const char *)search->subject + state->copied,
                         search->subject_length - (size_t)state->copied);
        lua_pushlstring(L, (const char *)lua_touserdata(L, CLUA_GSUB_BYTES), state->length);
    } else {
        lua_pushvalue(L, 1);
    }
    lua_pushinteger(L, state->count);
    return 2;
}

static inline int clua_gsub_by_call(lua_State *L, const clua_search *search, lua_Integer maximum) {
    lua_settop(L, 3);
    clua_gsub *state = (clua_gsub *)lua_newuserdatauv(L, sizeof *state, 0);
    memset(state, 0, sizeof *state);
    state->search = *search;
    state->maximum = maximum;
    lua_pushnil(L);
    return clua_gsub_loop(L, state);
}

static inline void clua_add_replacement(lua_State *L, clua_search *search, luaL_Buffer *result) {
    size_t left;
    const char *text = lua_tolstring(L, CLUA_GSUB_REPLACEMENT, &left);
    const char *escape;
    while ((escape = (const char *)memchr(text, '%', left)) != NULL) {
        luaL_addlstring(result, text, (size_t)(escape - text));
        char kind = *++escape;
        size_t length;
        if (kind == '%') {
            luaL_addchar(result, '%');
        } else if (kind == '0') {
            luaL_addlstring(result, (const char *)search->subject + search->start,
                            (size_t)(search->end - search->start));
        } else if (kind >= '1' && kind <= '9') {
            const char *capture = clua_capture_text(L, search, kind - '1', &length);
            if (capture) luaL_addlstring(result, capture, length);
            else luaL_addvalue(result);
        } else {
            luaL_error(L, "invalid use of '%c' in replacement string", '%');
        }
        left -= (size_t)(escape + 1 - text);
        text = escape + 1;
    }
    luaL_addlstring(result, text, left);
}

static inline int clua_gsub_by_string(lua_State *L, clua_search *search, lua_Integer maximum) {
    lua_Integer count = 0;
    ptrdiff_t copied = 0;
    luaL_Buffer result;
    luaL_buffinit(L, &result);
    while (count < maximum && clua_run_search(L, search)) {
        count++;
        luaL_addlstring(&result, (const char *)search->subject + copied, (size_t)(search->start - copied));
        clua_add_replacement(L, search, &result);
        copied = search->start = search->last_end = search->end;
        if (search->is_anchored) break;
        if (clua_must_stop(search->control)) return clua_raise_trip(L, 0);
    }
    if (count == 0) {
        lua_pushvalue(L, 1);
    } else {
        luaL_addlstring(&result, (const char *)search->subject + copied, search->subject_length - (size_t)copied);
        luaL_pushresult(&result);
    }
    lua_pushinteger(L, count);
    return 2;
}

static int clua_string_gsub(lua_State *L) {
    clua_search search;
    clua_prepare_search(L, &search, 1);
    int type = lua_type(L, CLUA_GSUB_REPLACEMENT);
    lua_Integer maximum = luaL_optinteger(L, 4, (lua_Integer)search.subject_length + 1);
    luaL_argexpected(L, type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TFUNCTION || type == LUA_TTABLE,
                     CLUA_GSUB_REPLACEMENT, "string/function/table");
    clua_check_pattern(L, &search);
    search.start = 0;
    if (type == LUA_TFUNCTION || type == LUA_TTABLE) return clua_gsub_by_call(L, &search, maximum);
    return clua_gsub_by_string(L, &search, maximum);
}

#endif
