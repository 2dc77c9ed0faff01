// Lua's macros as functions, the trampoline that calls the host, and protected calls for the host.
#ifndef CLUA_CALLS_H
#define CLUA_CALLS_H

#include "coroutines.h"

static inline void clua_pop(lua_State *L, int count) { lua_settop(L, -count - 1); }
static inline int clua_upvalue_index(int index) { return lua_upvalueindex(index); }
static inline int clua_registry_index(void) { return LUA_REGISTRYINDEX; }
static inline size_t clua_gc_count(lua_State *L) {
    return (size_t)lua_gc(L, LUA_GCCOUNT) * 1024 + (size_t)lua_gc(L, LUA_GCCOUNTB);
}
static inline void clua_gc_collect(lua_State *L) { lua_gc(L, LUA_GCCOLLECT); }
static inline void clua_gc_incremental(lua_State *L, int pause) { lua_gc(L, LUA_GCINC, pause, 0, 0); }
static inline void clua_gc_generational(lua_State *L) { lua_gc(L, LUA_GCGEN, 0, 0); }
static inline const char *clua_to_bytes(lua_State *L, int index, size_t *length) {
    return lua_type(L, index) == LUA_TSTRING ? lua_tolstring(L, index, length) : NULL;
}

// What a host function answers besides the number of its results.
enum {
    CLUA_ERROR = -1,    // raise control->message with the caller's position
    CLUA_RETHROW = -2,  // raise the value on top of the stack as it is
    CLUA_WAIT = -3,     // suspend; the results are what the host resumes with
};

typedef int (*clua_callback)(lua_State *L);

// Pushes the place of the script's call: the prelude, whose chunk is called `host`, is passed over.
static inline void clua_where(lua_State *L) {
    lua_Debug activation;
    int level = 1;
    while (lua_getstack(L, level, &activation) && lua_getinfo(L, "S", &activation)
           && strcmp(activation.source, "@host") == 0)
        level++;
    luaL_where(L, level);
}

// After a wait: the values that the host resumed with are the results.
static int clua_finish_wait(lua_State *L, int status, lua_KContext context) {
    (void)status;
    (void)context;
    clua_control *control = clua_control_of(L);
    if (control->tripped) return clua_raise_trip(L, 1);
    if (control->resume_failed) {
        control->resume_failed = 0;
        clua_where(L);
        lua_pushlstring(L, control->message, control->message_length);
        lua_concat(L, 2);
        return lua_error(L);
    }
    return lua_gettop(L);
}

// Calls the Swift function of upvalue 1. Errors and yields happen here, after the Swift frame is gone.
static int clua_trampoline(lua_State *L) {
    clua_callback callback = (clua_callback)lua_touserdata(L, lua_upvalueindex(1));
    int code = callback(L);
    if (code >= 0) return code;
    clua_control *control = clua_control_of(L);
    if (code == CLUA_WAIT) {
        lua_settop(L, 0);
        lua_pushlightuserdata(L, control);
        return lua_yieldk(L, 1, 0, clua_finish_wait);
    }
    if (code == CLUA_RETHROW) return lua_error(L);
    clua_where(L);
    lua_pushlstring(L, control->message, control->message_length);
    lua_concat(L, 2);
    return lua_error(L);
}

// Whether the running function may wait.
static inline int clua_can_wait(lua_State *L) {
    return lua_isyieldable(L) && !clua_control_of(L)->waiting_forbidden;
}

// Pushes a host function with one integer at upvalue 2. Only for set-up, when no limit is armed, or in a plan.
static inline void clua_push_host_function(lua_State *L, clua_callback callback, lua_Integer context) {
    lua_pushlightuserdata(L, (void *)callback);
    lua_pushinteger(L, context);
    lua_pushcclosure(L, clua_trampoline, 2);
}

static inline lua_Integer clua_host_context(lua_State *L) {
    return lua_tointegerx(L, lua_upvalueindex(2), NULL);
}

static inline void clua_push_function(lua_State *L, lua_CFunction function) { lua_pushcfunction(L, function); }

typedef struct clua_bytes {
    const void *start;
    size_t length;
} clua_bytes;

static int clua_push_bytes_unprotected(lua_State *L) {
    clua_bytes *bytes = (clua_bytes *)lua_touserdata(L, 1);
    lua_pushlstring(L, (const char *)bytes->start, bytes->length);
    return 1;
}

// Pushes a string, or the error message when memory is short. Returns Lua's status.
static inline int clua_push_bytes(lua_State *L, const void *start, size_t length) {
    clua_bytes bytes = {start, length};
    if (!lua_checkstack(L, 4)) return LUA_ERRMEM;
    lua_pushcfunction(L, clua_push_bytes_unprotected);
    lua_pushlightuserdata(L, &bytes);
    return lua_pcall(L, 1, 1, 0);
}

// Runs a function under lua_pcall with one light userdata as its argument and no results.
static inline int clua_protected(lua_State *L, lua_CFunction function, void *argument) {
    if (!lua_checkstack(L, 4)) return LUA_ERRMEM;
    lua_pushcfunction(L, function);
    lua_pushlightuserdata(L, argument);
    return lua_pcall(L, 1, 0, 0);
}

typedef struct clua_fiber {
    int function;     // registry reference of the function
    int reference;    // registry reference of the new coroutine
    lua_State *co;
} clua_fiber;

static int clua_new_fiber_unprotected(lua_State *L) {
    clua_fiber *fiber = (clua_fiber *)lua_touserdata(L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, fiber->function);
    fiber->co = clua_push_coroutine(L, -1);
    fiber->reference = luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

// Makes a coroutine for a function of the registry. Returns Lua's status.
static inline int clua_new_fiber(lua_State *L, clua_fiber *fiber) {
    return clua_protected(L, clua_new_fiber_unprotected, fiber);
}

static int clua_take_global_unprotected(lua_State *L) {
    clua_bytes *name = (clua_bytes *)lua_touserdata(L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    lua_pushlstring(L, (const char *)name->start, name->length);
    int type = lua_rawget(L, -2);
    name->length = 0;
    if (type == LUA_TFUNCTION) name->length = (size_t)luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

// A registry reference of the global function `name`; 0 when there is none.
static inline int clua_reference_global(lua_State *L, const char *name) {
    clua_bytes bytes = {name, strlen(name)};
    return clua_protected(L, clua_take_global_unprotected, &bytes) == LUA_OK ? (int)bytes.length : 0;
}

// Resumes the coroutine `co` from the host. Values and errors stay on `co`. Returns Lua's status.
static inline int clua_resume_from_host(lua_State *co, int arguments, int *results) {
    clua_control *control = clua_control_of(co);
    control->root = co;
    control->waiting_forbidden = 0;
    control->running = co;
    if (control->pending || control->tripped) clua_arm(co);
    else lua_sethook(co, NULL, 0, 0);
    int status = lua_resume(co, NULL, arguments, results);
    control->running = NULL;
    return status;
}

#endif
