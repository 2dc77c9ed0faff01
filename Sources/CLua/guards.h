// Lua's own library functions, kept from running long inside one call. Each guard has the original as upvalue 1
// and calls it as soon as what it was given is known to be small; the rest goes to the prelude, which is Lua and
// therefore stops at the hook.
#ifndef CLUA_GUARDS_H
#define CLUA_GUARDS_H

#include "patterns.h"

#define CLUA_FORMAT_LIMIT 65536      // bytes of a format of string.format and string.pack
#define CLUA_QUOTED_LIMIT 1048576    // bytes that one string.format quotes with %q
#define CLUA_DATE_FORMAT_LIMIT 1024  // bytes
#define CLUA_ITEM_LIMIT 16384        // items of a table that one call in C goes through

static inline int clua_call_original(lua_State *L) { return lua_tocfunction(L, lua_upvalueindex(1))(L); }

// rep: an empty unit is not repeated, and a result that no string can hold is refused beforehand.
static int clua_string_rep(lua_State *L) {
    size_t length, separator;
    luaL_checklstring(L, 1, &length);
    lua_Integer count = luaL_checkinteger(L, 2);
    luaL_optlstring(L, 3, "", &separator);
    if (count <= 0 || length + separator == 0) return lua_pushliteral(L, ""), 1;
    clua_control *control = clua_control_of(L);
    size_t limit = control->memory_soft ? control->string_limit : (size_t)PTRDIFF_MAX;
    if ((lua_Unsigned)count - 1 > limit / (length + separator))
        return luaL_error(L, "resulting string too large: not enough memory");
    return clua_call_original(L);
}

// A number that is different for every object and tells nothing about its address.
static inline uint64_t clua_hidden_address(lua_State *L, int index) {
    uint64_t value = (uint64_t)(uintptr_t)lua_topointer(L, index);
    for (int round = 0; round < 3; round++) {
        value ^= clua_control_of(L)->address_key;
        value *= 0x9E3779B97F4A7C15u;
        value ^= value >> 29;
    }
    return value;
}

// Replaces the value at `index` by its text, as luaL_tolstring has it but without its address.
static inline void clua_replace_by_text(lua_State *L, int index) {
    int type = lua_type(L, index);
    int has_address = type == LUA_TTABLE || type == LUA_TFUNCTION || type == LUA_TTHREAD || type == LUA_TUSERDATA
        || type == LUA_TLIGHTUSERDATA;
    if (luaL_getmetafield(L, index, "__tostring") != LUA_TNIL) {
        lua_pop(L, 1);
        has_address = 0;
    }
    if (has_address) {
        const char *kind = lua_typename(L, type);
        int name = luaL_getmetafield(L, index, "__name");
        if (name == LUA_TSTRING) kind = lua_tostring(L, -1);
        lua_pushfstring(L, "%s: %p", kind, (void *)(uintptr_t)clua_hidden_address(L, index));
        if (name != LUA_TNIL) lua_remove(L, -2);
    } else {
        luaL_tolstring(L, index, NULL);
    }
    lua_replace(L, index);
}

static int clua_tostring(lua_State *L) {
    luaL_checkany(L, 1);
    lua_settop(L, 1);
    if (lua_type(L, 1) == LUA_TNUMBER) lua_tolstring(L, 1, NULL);
    else if (lua_type(L, 1) != LUA_TSTRING) clua_replace_by_text(L, 1);
    return 1;
}

// Prepares the argument of one conversion. Answers how many bytes it will quote.
static inline size_t clua_prepare_conversion(lua_State *L, int argument, char conversion) {
    if (conversion != 's' && conversion != 'p' && conversion != 'q') return 0;
    int type = lua_type(L, argument);
    if (type == LUA_TNONE) return 0;
    if (conversion == 's' && type != LUA_TSTRING && type != LUA_TNUMBER) clua_replace_by_text(L, argument);
    if (conversion == 'p' && lua_topointer(L, argument)) {
        lua_pushlightuserdata(L, (void *)(uintptr_t)clua_hidden_address(L, argument));
        lua_replace(L, argument);
    }
    return conversion == 'q' && type == LUA_TSTRING ? (size_t)lua_rawlen(L, argument) : 0;
}

// Flags, digits and the point of a conversion (lstrlib.c).
static inline int clua_is_format_modifier(char c) {
    return (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+' || c == '#' || c == ' ';
}

static int clua_string_format(lua_State *L) {
    size_t length;
    const char *format = luaL_checklstring(L, 1, &length);
    if (length > CLUA_FORMAT_LIMIT)
        return luaL_error(L, "format too long (must be at most %d bytes)", CLUA_FORMAT_LIMIT);
    const char *end = format + length;
    size_t quoted = 0;
    int argument = 1;
    while (format < end) {
        if (*format++ != '%') continue;  // formats are short: quicker than memchr and strspn
        if (*format != '%') {
            while (clua_is_format_modifier(*format)) format++;
            quoted += clua_prepare_conversion(L, ++argument, *format);
        }
        if (format < end) format++;
    }
    if (quoted > CLUA_QUOTED_LIMIT)
        return luaL_error(L, "string too long for '%%q' (must be at most %d bytes)", CLUA_QUOTED_LIMIT);
    return clua_call_original(L);
}

static inline const char *clua_check_pack_format(lua_State *L, size_t *length) {
    const char *format = luaL_checklstring(L, 1, length);
    if (*length > CLUA_FORMAT_LIMIT)
        luaL_error(L, "format too long (must be at most %d bytes)", CLUA_FORMAT_LIMIT);
    return format;
}

// packsize and unpack: the format alone says how long they take.
static int clua_string_unpack(lua_State *L) {
    size_t length;
    clua_check_pack_format(L, &length);
    return clua_call_original(L);
}

// pack also writes the padding of `c` options.
static int clua_string_pack(lua_State *L) {
    size_t length;
    const char *format = clua_check_pack_format(L, &length);
    clua_control *control = clua_control_of(L);
    size_t limit = control->memory_soft ? control->string_limit : (size_t)PTRDIFF_MAX;
    size_t padded = 0;
    for (const char *at = format; (at = (const char *)memchr(at, 'c', length - (size_t)(at - format))) != NULL;) {
        unsigned long long size = strtoull(++at, NULL, 10);
        if (*at < '0' || *at > '9') size = 0;
        if (size > limit - padded) return luaL_error(L, "resulting string too large: not enough memory");
        padded += (size_t)size;
    }
    return clua_call_original(L);
}

static int clua_os_date(lua_State *L) {
    size_t length;
    luaL_optlstring(L, 1, "%c", &length);
    if (length > CLUA_DATE_FORMAT_LIMIT)
        return luaL_error(L, "format too long (must be at most %d bytes)", CLUA_DATE_FORMAT_LIMIT);
    return clua_call_original(L);
}

// byte and codepoint push one value for each position of a range.
static inline int clua_push_range(lua_State *L) {
    size_t length;
    luaL_checklstring(L, 1, &length);
    lua_Integer first = luaL_optinteger(L, 2, 1);
    lua_Integer last = luaL_optinteger(L, 3, first);
    if (first < 0) first = first < -(lua_Integer)length ? 1 : (lua_Integer)length + first + 1;
    if (last < 0) last = last < -(lua_Integer)length ? 0 : (lua_Integer)length + last + 1;
    if (first < 1) first = 1;
    if (last > (lua_Integer)length) last = (lua_Integer)length;
    if (last >= first && last - first >= CLUA_RESULT_LIMIT) return luaL_error(L, "string slice too long");
    return clua_call_original(L);
}

static int clua_string_byte(lua_State *L) { return clua_push_range(L); }

static int clua_utf8_codepoint(lua_State *L) { return clua_push_range(L); }

#endif
