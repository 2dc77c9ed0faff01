// find, match, gmatch and gsub around the host's matcher, which is called as a plain function: it neither raises
// nor touches the state, so that errors, results and waits are made here, where no frame of the host is left.
#ifndef CLUA_PATTERNS_H
#define CLUA_PATTERNS_H

#include "calls.h"

// glibc declares it for _GNU_SOURCE only, which who imports this header may not have set.
extern void *memmem(const void *haystack, size_t haystack_length, const void *needle, size_t needle_length);

#define CLUA_PATTERN_LIMIT 1024  // bytes; a class is searched anew for every character
#define CLUA_MAXIMUM_CAPTURES 32
#define CLUA_FIND_CHUNK ((size_t)1 << 20)

enum {
    CLUA_SEARCH_STOPPED = -2,  // the run has to end
    CLUA_SEARCH_FAILED = -1,   // the error text is control->message
    CLUA_SEARCH_NOTHING = 0,
    CLUA_SEARCH_FOUND = 1,
};

typedef struct clua_capture {
    ptrdiff_t start;   // offset in the subject
    ptrdiff_t length;  // -1: unfinished, -2: a position
} clua_capture;

typedef struct clua_search {
    clua_control *_Nonnull control;
    const unsigned char *_Nonnull subject;
    size_t subject_length;
    const unsigned char *_Nonnull pattern;  // without the anchor
    size_t pattern_length;
    ptrdiff_t start;     // in: where to begin; out: where the match begins
    ptrdiff_t end;       // out
    ptrdiff_t last_end;  // a match that ends here does not count; -1: none
    int is_anchored;
    int capture_count;
    clua_capture captures[CLUA_MAXIMUM_CAPTURES];
} clua_search;

typedef int (*clua_matcher)(clua_search *search);

static inline void clua_push_matcher(lua_State *L, clua_matcher matcher) {
    lua_pushlightuserdata(L, (void *)matcher);
}

static inline clua_capture *_Nonnull clua_search_captures(clua_search *_Nonnull search) { return search->captures; }

// Reads subject and pattern from the stack; `anchors` says whether a leading ^ is one.
static inline void clua_prepare_search(lua_State *L, clua_search *search, int anchors) {
    search->control = clua_control_of(L);
    search->subject = (const unsigned char *)luaL_checklstring(L, 1, &search->subject_length);
    search->pattern = (const unsigned char *)luaL_checklstring(L, 2, &search->pattern_length);
    search->last_end = -1;
    search->is_anchored = anchors && search->pattern[0] == '^';
    search->pattern += search->is_anchored;
    search->pattern_length -= (size_t)search->is_anchored;
}

static inline void clua_check_pattern(lua_State *L, const clua_search *search) {
    if (search->pattern_length > CLUA_PATTERN_LIMIT)
        luaL_error(L, "pattern too long (must be at most %d bytes)", CLUA_PATTERN_LIMIT);
}

// Whether there is a match. The matcher is upvalue 1.
static inline int clua_run_search(lua_State *L, clua_search *search) {
    clua_matcher matcher = (clua_matcher)lua_touserdata(L, lua_upvalueindex(1));
    int answer = matcher(search);
    if (answer == CLUA_SEARCH_STOPPED) return clua_raise_trip(L, 0);
    if (answer != CLUA_SEARCH_FAILED) return answer;
    clua_where(L);
    lua_pushlstring(L, search->control->message, search->control->message_length);
    lua_concat(L, 2);
    return lua_error(L);
}

// The text of a capture, or NULL after a position has been pushed.
static inline const char *clua_capture_text(lua_State *L, const clua_search *search, int index, size_t *length) {
    if (index >= search->capture_count) {
        if (index != 0) luaL_error(L, "invalid capture index %%%d", index + 1);
        *length = (size_t)(search->end - search->start);
        return (const char *)search->subject + search->start;
    }
    const clua_capture *capture = &search->captures[index];
    if (capture->length == -1) luaL_error(L, "unfinished capture");
    if (capture->length == -2) {
        lua_pushinteger(L, capture->start + 1);
        return NULL;
    }
    *length = (size_t)capture->length;
    return (const char *)search->subject + capture->start;
}

static inline void clua_push_capture(lua_State *L, const clua_search *search, int index) {
    size_t length;
    const char *text = clua_capture_text(L, search, index, &length);
    if (text) lua_pushlstring(L, text, length);
}

// Pushes all captures; without any, the whole match if `whole`. Answers how many.
static inline int clua_push_captures(lua_State *L, const clua_search *search, int whole) {
    int count = search->capture_count == 0 && whole ? 1 : search->capture_count;
    luaL_checkstack(L, count, "too many captures");
    for (int i = 0; i < count; i++) clua_push_capture(L, search, i);
    return count;
}

// The offset that a start position stands for (posrelatI of lstrlib.c); larger than `length` when beyond the end.
static inline size_t clua_start_offset(lua_State *L, int index, size_t length) {
    lua_Integer position = luaL_optinteger(L, index, 1);
    if (position > 0) return (size_t)position - 1;
    if (position == 0 || position < -(lua_Integer)length) return 0;
    return length - (size_t)-position;
}

static inline int clua_has_specials(const char *pattern, size_t length) {
    for (size_t i = 0; i < length; i++)
        if (pattern[i] && strchr("^$*+?.([%-", pattern[i])) return 1;
    return 0;
}

// The first occurrence of a text at or after `start`; -1: none. A few places with its first character are tried as
// they come, which is quickest where the text is rare. Then it is searched in pieces that overlap by its length, each
// linear in time, with a look at the limits between them.
static inline ptrdiff_t clua_find_plain(lua_State *L, const clua_search *search, size_t start) {
    size_t needed = search->pattern_length;
    for (int tries = 0; needed && tries < 16; tries++) {
        if (search->subject_length - start < needed) return -1;
        const unsigned char *found = (const unsigned char *)memchr(
            search->subject + start, search->pattern[0], search->subject_length - start - needed + 1);
        if (!found) return -1;
        if (memcmp(found, search->pattern, needed) == 0) return found - search->subject;
        start = (size_t)(found - search->subject) + 1;
    }
    while (start <= search->subject_length && search->subject_length - start >= needed) {
        size_t piece = search->subject_length - start;
        if (piece > needed && piece - needed > CLUA_FIND_CHUNK) piece = needed + CLUA_FIND_CHUNK;
        const void *found = memmem(search->subject + start, piece, search->pattern, needed);
        if (found) return (const unsigned char *)found - search->subject;
        if (clua_must_stop(search->control)) clua_raise_trip(L, 0);
        if (start + piece == search->subject_length) break;
        start += piece - needed + 1;
    }
    return -1;
}

static int clua_string_find(lua_State *L) {
    clua_search search;
    clua_prepare_search(L, &search, 0);
    size_t start = clua_start_offset(L, 3, search.subject_length);
    if (start > search.subject_length) return luaL_pushfail(L), 1;
    if (lua_toboolean(L, 4) || !clua_has_specials((const char *)search.pattern, search.pattern_length)) {
        ptrdiff_t found = clua_find_plain(L, &search, start);
        if (found < 0) return luaL_pushfail(L), 1;
        lua_pushinteger(L, found + 1);
        lua_pushinteger(L, found + (ptrdiff_t)search.pattern_length);
        return 2;
    }
    clua_prepare_search(L, &search, 1);
    clua_check_pattern(L, &search);
    search.start = (ptrdiff_t)start;
    if (!clua_run_search(L, &search)) return luaL_pushfail(L), 1;
    lua_pushinteger(L, search.start + 1);
    lua_pushinteger(L, search.end);
    return 2 + clua_push_captures(L, &search, 0);
}

static int clua_string_match(lua_State *L) {
    clua_search search;
    clua_prepare_search(L, &search, 1);
    size_t start = clua_start_offset(L, 3, search.subject_length);
    if (start > search.subject_length) return luaL_pushfail(L), 1;
    clua_check_pattern(L, &search);
    search.start = (ptrdiff_t)start;
    if (!clua_run_search(L, &search)) return luaL_pushfail(L), 1;
    return clua_push_captures(L, &search, 1);
}

// Upvalues: the matcher, the search, subject, pattern.
static int clua_gmatch_next(lua_State *L) {
    clua_search *search = (clua_search *)lua_touserdata(L, lua_upvalueindex(2));
    search->control = clua_control_of(L);
    if (search->start > (ptrdiff_t)search->subject_length || !clua_run_search(L, search)) {
        search->start = (ptrdiff_t)search->subject_length + 1;
        return 0;
    }
    int count = clua_push_captures(L, search, 1);
    search->start = search->last_end = search->end;
    return count;
}

static int clua_string_gmatch(lua_State *L) {
    clua_search prepared;
    clua_prepare_search(L, &prepared, 0);
    size_t start = clua_start_offset(L, 3, prepared.subject_length);
    clua_check_pattern(L, &prepared);
    lua_settop(L, 2);
    lua_pushvalue(L, lua_upvalueindex(1));
    clua_search *search = (clua_search *)lua_newuserdatauv(L, sizeof *search, 0);
    *search = prepared;
    search->start = (ptrdiff_t)(start > search->subject_length ? search->subject_length + 1 : start);
    lua_rotate(L, 1, 2);
    lua_pushcclosure(L, clua_gmatch_next, 4);
    return 1;
}

#endif
