// A plan: values that the host wants on Lua's stack, written as bytes by Swift and pushed here under one
// protected call, since every push that allocates may raise.
#ifndef CLUA_PLAN_H
#define CLUA_PLAN_H

#include "calls.h"

#define CLUA_PLAN_STEPS 256  // values between two looks at the limits

enum clua_plan_op {
    CLUA_PLAN_NIL = 0,
    CLUA_PLAN_FALSE = 1,
    CLUA_PLAN_TRUE = 2,
    CLUA_PLAN_INTEGER = 3,  // 8 bytes
    CLUA_PLAN_NUMBER = 4,   // 8 bytes
    CLUA_PLAN_STRING = 5,   // 8 bytes length, then the bytes
    CLUA_PLAN_TABLE = 6,    // 4 bytes array size, 4 bytes hash size
    CLUA_PLAN_ITEM = 7,     // 8 bytes index: t[index] = top
    CLUA_PLAN_FIELD = 8,    // key and value on top of the table: t[key] = value
    CLUA_PLAN_POINTER = 9,  // 8 bytes: light userdata
    CLUA_PLAN_HOST = 10,    // 8 bytes callback, 8 bytes context: a host function
    CLUA_PLAN_REFERENCE = 11,  // 8 bytes: registry reference
};

typedef struct clua_plan {
    const unsigned char *bytes;
    size_t length;
} clua_plan;

static inline uint64_t clua_plan_word(clua_plan *plan, size_t *at) {
    uint64_t word;
    memcpy(&word, plan->bytes + *at, 8);
    *at += 8;
    return word;
}

static inline void clua_plan_step(lua_State *L, clua_plan *plan, size_t *at, int op) {
    lua_Number number;
    size_t length;
    uint64_t word;
    switch (op) {
    case CLUA_PLAN_NIL: lua_pushnil(L); break;
    case CLUA_PLAN_FALSE: lua_pushboolean(L, 0); break;
    case CLUA_PLAN_TRUE: lua_pushboolean(L, 1); break;
    case CLUA_PLAN_INTEGER: lua_pushinteger(L, (lua_Integer)clua_plan_word(plan, at)); break;
    case CLUA_PLAN_NUMBER:
        word = clua_plan_word(plan, at);
        memcpy(&number, &word, 8);
        lua_pushnumber(L, number);
        break;
    case CLUA_PLAN_STRING:
        length = (size_t)clua_plan_word(plan, at);
        lua_pushlstring(L, (const char *)plan->bytes + *at, length);
        *at += length;
        break;
    case CLUA_PLAN_TABLE:
        word = clua_plan_word(plan, at);
        lua_createtable(L, (int)(word & 0xffffffff), (int)(word >> 32));
        break;
    case CLUA_PLAN_ITEM: lua_rawseti(L, -2, (lua_Integer)clua_plan_word(plan, at)); break;
    case CLUA_PLAN_FIELD: lua_rawset(L, -3); break;
    case CLUA_PLAN_POINTER: lua_pushlightuserdata(L, (void *)clua_plan_word(plan, at)); break;
    case CLUA_PLAN_HOST:
        word = clua_plan_word(plan, at);
        clua_push_host_function(L, (clua_callback)word, (lua_Integer)clua_plan_word(plan, at));
        break;
    case CLUA_PLAN_REFERENCE: lua_rawgeti(L, LUA_REGISTRYINDEX, (lua_Integer)clua_plan_word(plan, at)); break;
    }
}

static int clua_push_plan_unprotected(lua_State *L) {
    clua_plan *plan = (clua_plan *)lua_touserdata(L, 1);
    lua_settop(L, 0);
    size_t at = 0;
    for (unsigned steps = 1; at < plan->length; steps++) {
        luaL_checkstack(L, 4, "too many nested values");
        if (steps % CLUA_PLAN_STEPS == 0 && clua_look(L)) return clua_raise_trip(L, 0);
        int op = plan->bytes[at++];
        clua_plan_step(L, plan, &at, op);
    }
    return lua_gettop(L);
}

// Pushes the plan's values, or one error message. Returns Lua's status.
static inline int clua_push_plan(lua_State *L, const unsigned char *bytes, size_t length) {
    clua_plan plan = {bytes, length};
    if (!lua_checkstack(L, 4)) return LUA_ERRMEM;
    lua_pushcfunction(L, clua_push_plan_unprotected);
    lua_pushlightuserdata(L, &plan);
    return lua_pcall(L, 1, LUA_MULTRET, 0);
}

#endif
