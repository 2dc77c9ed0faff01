// pcall, xpcall, setmetatable and the coroutine library, so that a broken limit cannot be caught and a host
// function may wait anywhere below the plugin's own coroutines.
//
// A waiting host function yields the control block as a light userdata. resume and wrap pass that value on to
// their own resumer until it reaches the host, and pass the answer back down (the design of nmap's NSE).
#ifndef CLUA_COROUTINES_H
#define CLUA_COROUTINES_H

#include "control.h"

static inline int clua_is_failure(int status) { return status != LUA_OK && status != LUA_YIELD; }

// Replaces the error on top by what it means when the allocator refused a larger stack.
static inline void clua_name_stack_overflow(lua_State *L, int status) {
    clua_control *control = clua_control_of(L);
    if (status != LUA_ERRMEM || !control->stack_overflow) return;
    control->stack_overflow = 0;
    lua_pop(L, 1);
    lua_pushliteral(L, "stack overflow");
}

static int clua_finish_pcall(lua_State *L, int status, lua_KContext skipped) {
    if (clua_is_failure(status)) {
        clua_name_stack_overflow(L, status);
        if (clua_control_of(L)->tripped) return lua_error(L);
        lua_pushboolean(L, 0);
        lua_pushvalue(L, -2);
        return 2;
    }
    return lua_gettop(L) - (int)skipped;
}

static int clua_pcall(lua_State *L) {
    luaL_checkany(L, 1);
    lua_pushboolean(L, 1);
    lua_insert(L, 1);
    int status = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, clua_finish_pcall);
    return clua_finish_pcall(L, status, 0);
}

// The message handler of xpcall: does nothing once a limit is broken, for hooks are off in a handler.
static int clua_guarded_handler(lua_State *L) {
    if (clua_control_of(L)->tripped) return 1;
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 1);
    return 1;
}

enum { CLUA_XPCALL_HANDLER = 2 };

// The handler has not been called for a stack that the allocator refused to enlarge: it is now, with room.
static inline int clua_handle_overflow(lua_State *L) {
    if (clua_control_of(L)->tripped) return lua_error(L);
    lua_pushvalue(L, CLUA_XPCALL_HANDLER);
    lua_insert(L, -2);
    int status = lua_pcall(L, 1, 1, 0);
    if (clua_control_of(L)->tripped) return lua_error(L);
    clua_control_of(L)->stack_overflow = 0;
    if (status != LUA_OK) lua_pushliteral(L, "error in error handling");
    lua_pushboolean(L, 0);
    lua_insert(L, -2);
    return 2;
}

static int clua_finish_xpcall(lua_State *L, int status, lua_KContext skipped) {
    if (status == LUA_ERRMEM && clua_control_of(L)->stack_overflow) {
        clua_name_stack_overflow(L, status);
        return clua_handle_overflow(L);
    }
    return clua_finish_pcall(L, status, skipped);
}

static int clua_xpcall(lua_State *L) {
    int arguments = lua_gettop(L) - 2;
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushvalue(L, 2);
    lua_pushcclosure(L, clua_guarded_handler, 1);
    lua_replace(L, CLUA_XPCALL_HANDLER);
    lua_pushboolean(L, 1);
    lua_pushvalue(L, 1);
    lua_rotate(L, 3, 2);
    int status = lua_pcallk(L, arguments, LUA_MULTRET, CLUA_XPCALL_HANDLER, 2, clua_finish_xpcall);
    return clua_finish_xpcall(L, status, 2);
}

static int clua_finish_body(lua_State *L, int status, lua_KContext context) {
    (void)context;
    if (clua_is_failure(status)) {
        clua_name_stack_overflow(L, status);
        return lua_error(L);
    }
    return lua_gettop(L);
}

// Every coroutine's body: the function runs below a protected call, so that its `__close` handlers run inside
// the coroutine, where hooks work, and never in lua_resetthread.
static int clua_coroutine_body(lua_State *L) {
    int status = lua_pcallk(L, lua_gettop(L) - 1, LUA_MULTRET, 0, 0, clua_finish_body);
    return clua_finish_body(L, status, 0);
}

// Pushes a new coroutine for the function at `index`.
static inline lua_State *clua_push_coroutine(lua_State *L, int index) {
    index = lua_absindex(L, index);
    lua_State *co = lua_newthread(L);
    lua_pushcfunction(co, clua_coroutine_body);
    lua_pushvalue(L, index);
    lua_xmove(L, co, 1);
    return co;
}

static int clua_coroutine_create(lua_State *L) {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    clua_push_coroutine(L, 1);
    return 1;
}

static inline int clua_is_wait(lua_State *co, int results) {
    return results == 1 && lua_islightuserdata(co, -1) && lua_touserdata(co, -1) == (void *)clua_control_of(co);
}

// Runs `co`, whose status was `before`, with the top `arguments` values of L. Afterwards the results, or the error, are
// on top of `co`.
static inline int clua_run(lua_State *L, lua_State *co, int before, int arguments, int *results) {
    clua_control *control = clua_control_of(L);
    int forbidden = control->waiting_forbidden;
    if (!forbidden && !lua_isyieldable(L)) control->waiting_forbidden = 1;
    if (arguments > 0) lua_xmove(L, co, arguments);
    if (before == LUA_OK) arguments++;  // the first resume also passes the function to the body
    control->running = co;
    if (control->pending || control->tripped) clua_arm(co);
    int status = lua_resume(co, L, arguments, results);
    control->running = L;
    control->waiting_forbidden = forbidden;
    if (control->pending || control->tripped) clua_arm(L);
    return status;
}

enum { CLUA_RESUME = 0, CLUA_WRAP = 1 };

// Slots that are there without asking: a C function has LUA_MINSTACK beside its arguments, and has used a few.
#define CLUA_SPARE_SLOTS (LUA_MINSTACK / 2)

static int clua_resume_loop(lua_State *L, lua_State *co, int before, int arguments, int kind);

static inline lua_State *clua_callee(lua_State *L, int kind) {
    return kind == CLUA_WRAP ? lua_tothread(L, lua_upvalueindex(1)) : lua_tothread(L, 1);
}

// Stack: what resume or wrap keeps (the coroutine for resume), then the answer to the waiting function.
static int clua_after_wait(lua_State *L, int status, lua_KContext kind) {
    (void)status;
    int kept = kind == CLUA_WRAP ? 0 : 1;
    return clua_resume_loop(L, clua_callee(L, (int)kind), LUA_YIELD, lua_gettop(L) - kept, (int)kind);
}

static inline int clua_resume_failed(lua_State *L, int kind) {
    if (clua_control_of(L)->tripped) return lua_error(L);
    if (kind == CLUA_RESUME) {
        lua_pushboolean(L, 0);
        lua_insert(L, -2);
        return 2;
    }
    if (lua_type(L, -1) == LUA_TSTRING) {
        luaL_where(L, 1);
        lua_insert(L, -2);
        lua_concat(L, 2);
    }
    return lua_error(L);
}

static int clua_resume_loop(lua_State *L, lua_State *co, int before, int arguments, int kind) {
    int results = 0;
    int status = clua_run(L, co, before, arguments, &results);
    if (clua_is_failure(status)) {
        lua_xmove(co, L, 1);
        return clua_resume_failed(L, kind);
    }
    if (status == LUA_YIELD && clua_is_wait(co, results)) {
        lua_pop(co, 1);
        lua_pushlightuserdata(L, clua_control_of(L));
        return lua_yieldk(L, 1, kind, clua_after_wait);
    }
    if (results >= CLUA_SPARE_SLOTS && (results > CLUA_RESULT_LIMIT || !lua_checkstack(L, results + 1))) {
        lua_pop(co, results);
        lua_pushliteral(L, "too many results to resume");
        return clua_resume_failed(L, kind);
    }
    if (kind == CLUA_RESUME) lua_pushboolean(L, 1);
    lua_xmove(co, L, results);
    return kind == CLUA_RESUME ? results + 1 : results;
}

// Pushes why `co` of that status cannot be resumed, or nothing.
static inline int clua_cannot_resume(lua_State *L, lua_State *co, int status, int arguments) {
    if (status == LUA_YIELD && arguments == 0) return 0;  // the step of a generator
    if (arguments > CLUA_RESULT_LIMIT || !lua_checkstack(co, arguments)) {
        lua_pushliteral(L, "too many arguments to resume");
        return 1;
    }
    lua_Debug activation;
    if (co == L || (status == LUA_OK && lua_getstack(co, 0, &activation))) {
        lua_pushliteral(L, "cannot resume non-suspended coroutine");
        return 1;
    }
    if (status != LUA_YIELD && (status != LUA_OK || lua_gettop(co) == 0)) {
        lua_pushliteral(L, "cannot resume dead coroutine");
        return 1;
    }
    return 0;
}

static int clua_coroutine_resume(lua_State *L) {
    lua_State *co = lua_tothread(L, 1);
    luaL_argexpected(L, co, 1, "coroutine");
    int arguments = lua_gettop(L) - 1, status = lua_status(co);
    if (clua_cannot_resume(L, co, status, arguments)) return clua_resume_failed(L, CLUA_RESUME);
    return clua_resume_loop(L, co, status, arguments, CLUA_RESUME);
}

static int clua_wrapped(lua_State *L) {
    lua_State *co = lua_tothread(L, lua_upvalueindex(1));
    int arguments = lua_gettop(L), status = lua_status(co);
    if (clua_cannot_resume(L, co, status, arguments)) return clua_resume_failed(L, CLUA_WRAP);
    return clua_resume_loop(L, co, status, arguments, CLUA_WRAP);
}

static int clua_coroutine_wrap(lua_State *L) {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    clua_push_coroutine(L, 1);
    lua_pushcclosure(L, clua_wrapped, 1);
    return 1;
}

static int clua_coroutine_yield(lua_State *L) {
    if (L == clua_control_of(L)->root) return luaL_error(L, "attempt to yield from outside a coroutine");
    return lua_yield(L, lua_gettop(L));
}

static int clua_coroutine_running(lua_State *L) {
    lua_pushthread(L);
    lua_pushboolean(L, L == clua_control_of(L)->root);
    return 2;
}

static int clua_coroutine_isyieldable(lua_State *L) {
    lua_State *co = lua_isthread(L, 1) ? lua_tothread(L, 1) : L;
    lua_pushboolean(L, co != clua_control_of(L)->root && lua_isyieldable(co));
    return 1;
}

static inline const char *clua_status_name(lua_State *L, lua_State *co) {
    if (L == co) return "running";
    lua_Debug activation;
    switch (lua_status(co)) {
    case LUA_YIELD: return "suspended";
    case LUA_OK:
        if (lua_getstack(co, 0, &activation)) return "normal";
        return lua_gettop(co) == 0 ? "dead" : "suspended";
    default: return "dead";
    }
}

static int clua_coroutine_status(lua_State *L) {
    lua_State *co = lua_tothread(L, 1);
    luaL_argexpected(L, co, 1, "coroutine");
    lua_pushstring(L, clua_status_name(L, co));
    return 1;
}

// setmetatable without `__gc` and `__mode`: finalizers run with hooks off, and weak tables reach memory-unsafe
// paths of 5.4.4.
static int clua_setmetatable(lua_State *L) {
    int type = lua_type(L, 2);
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
    if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL)
        return luaL_error(L, "cannot change a protected metatable");
    static const char *const forbidden[] = {"__gc", "__mode"};
    for (int i = 0; type == LUA_TTABLE && i < 2; i++) {
        lua_pushstring(L, forbidden[i]);
        if (lua_rawget(L, 2) != LUA_TNIL) return luaL_error(L, "metatable field '%s' is not allowed", forbidden[i]);
        lua_pop(L, 1);
    }
    lua_settop(L, 2);
    lua_setmetatable(L, 1);
    return 1;
}

#endif
