// One control block per Lua state: memory accounting, the CPU timer, and the hook that ends a run.
//
// While nothing is wrong no hook is set, so that limits cost nothing. The CPU timer's signal, another thread's
// abort signal and the allocator arm the hook; lua_sethook is documented to be safe there (ldebug.c).
#ifndef CLUA_CONTROL_H
#define CLUA_CONTROL_H

#include <errno.h>
#include <lauxlib.h>
#include <lua.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// glibc declares it for _GNU_SOURCE only, which who imports this header may not have set.
extern int pthread_sigqueue(pthread_t thread, int number, const union sigval value);

// Why a run was ended. A trip is sticky: pcall, xpcall and coroutines raise it again.
enum clua_trip {
    CLUA_TRIP_NONE = 0,
    CLUA_TRIP_CPU = 1,
    CLUA_TRIP_MEMORY = 2,
    CLUA_TRIP_ABORT = 3,
    CLUA_TRIP_CANCEL = 4,
};

// What the hook still has to look at.
enum clua_pending {
    CLUA_PENDING_CPU = 1,
    CLUA_PENDING_MEMORY = 2,
    CLUA_PENDING_ABORT = 4,
};

#define CLUA_MESSAGE_SIZE 1024

typedef struct clua_control {
    void *owner;                  // the host's object, for its callbacks; not retained
    lua_State *volatile running;  // the innermost coroutine that runs now; NULL while the host runs
    lua_State *root;              // the coroutine that the host resumed
    volatile int pending;         // clua_pending bits
    volatile int tripped;         // clua_trip
    int waiting_forbidden;        // > 0 while a coroutine runs below a C call that cannot be suspended
    size_t memory_used;
    size_t memory_peak;
    size_t memory_host;           // what the host holds for the owner; counts for the limit
    size_t memory_soft;           // 0: no limit
    size_t memory_hard;
    size_t string_limit;          // bytes of one string, while memory_soft is set
    uint64_t address_key;         // hides addresses from scripts
    int stack_overflow;           // why the allocator refused last; the next error says so
    int64_t cpu_deadline;         // on the thread's CPU clock, ns; INT64_MAX: no limit
    timer_t timer;
    int has_timer;
    int resume_failed;            // the host resumes a waiting function with an error message
    size_t message_length;
    char message[CLUA_MESSAGE_SIZE];  // the error text of a host function, raised by the trampoline
} clua_control;

static inline clua_control *clua_control_of(lua_State *L) {
    return *(clua_control **)lua_getextraspace(L);
}

static inline int64_t clua_thread_cpu_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static inline int clua_signal_number(void) { return SIGRTMIN + 7; }

static inline const char *clua_trip_message(int trip) {
    switch (trip) {
    case CLUA_TRIP_CPU: return "CPU limit exceeded";
    case CLUA_TRIP_MEMORY: return "memory limit exceeded";
    case CLUA_TRIP_ABORT: return "aborted";
    default: return "cancelled";
    }
}

#define CLUA_POSITION_LEVELS 16
#define CLUA_PRELUDE_NAME "@host"  // the chunk of library functions that are written in Lua

// Raises the trip with the position of the innermost Lua function from `level` on, where there is one.
static inline int clua_raise_trip(lua_State *L, int level) {
    clua_control *control = clua_control_of(L);
    lua_Debug activation;
    int last = level + CLUA_POSITION_LEVELS;
    while (level < last && lua_getstack(L, level, &activation)
           && !(lua_getinfo(L, "Sl", &activation) && activation.currentline > 0
                && strcmp(activation.source, CLUA_PRELUDE_NAME) != 0))
        level++;
    luaL_where(L, level);
    lua_pushstring(L, clua_trip_message(control->tripped));
    lua_concat(L, 2);
    return lua_error(L);
}

static void clua_hook(lua_State *L, lua_Debug *activation);

static inline void clua_arm(lua_State *L) {
    lua_sethook(L, clua_hook, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
}

static inline void clua_set_timer(clua_control *control, int64_t ns) {
    struct itimerspec spec;
    memset(&spec, 0, sizeof spec);
    spec.it_value.tv_sec = ns / 1000000000;
    spec.it_value.tv_nsec = ns % 1000000000;
    if (control->has_timer) timer_settime(control->timer, 0, &spec, NULL);
}

// Looks at the CPU limit and at aborts when a signal says so, and sets the trip that is due. Memory is left to the
// hook, which may collect garbage. Cheap when nothing is pending; it neither raises nor allocates.
static inline int clua_must_stop(clua_control *control) {
    if (control->tripped) return 1;
    if (!(control->pending & (CLUA_PENDING_CPU | CLUA_PENDING_ABORT))) return 0;
    int pending = __atomic_fetch_and(&control->pending, CLUA_PENDING_MEMORY, __ATOMIC_SEQ_CST);
    if (pending & CLUA_PENDING_ABORT) control->tripped = CLUA_TRIP_ABORT;
    if (pending & CLUA_PENDING_CPU) {
        int64_t left = control->cpu_deadline - clua_thread_cpu_ns();
        if (left <= 0) control->tripped = CLUA_TRIP_CPU;
        else clua_set_timer(control, left);  // a signal that was meant for an earlier run
    }
    return control->tripped != CLUA_TRIP_NONE;
}

static inline int clua_is_over_memory(const clua_control *control) {
    return control->memory_soft && control->memory_used + control->memory_host > control->memory_soft;
}

// As clua_must_stop, and looks at the memory, where it collects garbage first. It raises nothing.
static inline int clua_look(lua_State *L) {
    clua_control *control = clua_control_of(L);
    if (clua_must_stop(control) || !(control->pending & CLUA_PENDING_MEMORY)) return control->tripped;
    lua_gc(L, LUA_GCCOLLECT);
    if (clua_is_over_memory(control)) control->tripped = CLUA_TRIP_MEMORY;
    __atomic_and_fetch(&control->pending, ~CLUA_PENDING_MEMORY, __ATOMIC_SEQ_CST);
    return control->tripped;
}

static void clua_hook(lua_State *L, lua_Debug *activation) {
    (void)activation;
    clua_control *control = clua_control_of(L);
    if (clua_look(L)) {
        clua_arm(L);
        clua_raise_trip(L, 0);
    }
    lua_sethook(L, NULL, 0, 0);
    if (control->pending) clua_arm(L);  // a signal between the exchange and the line above
}

static inline void clua_add_pending(clua_control *control, int bit) {
    __atomic_or_fetch(&control->pending, bit, __ATOMIC_SEQ_CST);
    lua_State *running = control->running;
    if (running) clua_arm(running);
}

static void clua_on_signal(int number, siginfo_t *info, void *context) {
    (void)number;
    (void)context;
    int saved = errno;
    clua_control *control = (clua_control *)info->si_value.sival_ptr;
    if (control) clua_add_pending(control, info->si_code == SI_TIMER ? CLUA_PENDING_CPU : CLUA_PENDING_ABORT);
    errno = saved;
}

// Installs the signal handler, once per process.
static inline int clua_install_signal_handler(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = clua_on_signal;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    sigemptyset(&action.sa_mask);
    return sigaction(clua_signal_number(), &action, NULL);
}

// The head of lua_State (lstate.h of 5.4); read only where it agrees with what lua_getstack says.
typedef struct clua_thread_head {
    void *next;
    unsigned char type, marked, status, allow_hook;
    unsigned short call_count;
    uintptr_t top;
    void *global;
    void *call;
    uintptr_t stack_last;
    uintptr_t stack;
} clua_thread_head;

#define CLUA_STACK_LIMIT ((size_t)16384)  // slots; a Lua call takes some five
#define CLUA_STACK_SLOT ((size_t)16)
#define CLUA_RESULT_LIMIT 8000  // values that one call may push: they enlarge the stack by more than its double

// Whether the allocation doubles the running coroutine's stack beyond its limit. Lua's own limit is a million: then
// a `__call` metamethod that is the table itself runs for minutes inside one instruction, since 5.4.4 follows such a
// chain until the stack overflows and moves all of it at every step.
static inline int clua_is_stack_overflow(clua_control *control, size_t size) {
    lua_State *running = control->running;
    lua_Debug activation;
    if (size <= CLUA_STACK_LIMIT * CLUA_STACK_SLOT || !running || !lua_getstack(running, 0, &activation)) return 0;
    const clua_thread_head *head = (const clua_thread_head *)running;
    if (head->call != (void *)activation.i_ci) return 0;
    size_t slots = (head->stack_last - head->stack) / CLUA_STACK_SLOT;
    return size == (2 * slots + 5) * CLUA_STACK_SLOT;  // EXTRA_STACK of lstate.h
}

// Lua's allocator. NULL is returned only for a string or a stack above its limit, one request above twice the
// memory limit or far above it, since 5.4.4 has paths that corrupt memory when an ordinary allocation fails; the
// hook ends the run at the limit itself.
static void *clua_allocate(void *ud, void *block, size_t old_size, size_t new_size) {
    clua_control *control = (clua_control *)ud;
    if (new_size == 0) {
        if (block) control->memory_used -= old_size;
        free(block);
        return NULL;
    }
    size_t old = block ? old_size : 0;
    if (control->memory_soft && new_size > old) {
        // For a new object Lua passes its type as the old size (manual, lua_Alloc).
        int is_too_long = !block && old_size == LUA_TSTRING && new_size > control->string_limit;
        int is_overflow = !block && clua_is_stack_overflow(control, new_size);
        if (is_too_long || is_overflow || new_size > 2 * control->memory_soft
            || control->memory_used - old + new_size > control->memory_hard) {
            control->stack_overflow = is_overflow;
            return NULL;
        }
    }
    void *result = realloc(block, new_size);
    if (!result) return NULL;
    control->memory_used += new_size - old;
    if (control->memory_used > control->memory_peak) control->memory_peak = control->memory_used;
    if (new_size > old && clua_is_over_memory(control) && !(control->pending & CLUA_PENDING_MEMORY))
        clua_add_pending(control, CLUA_PENDING_MEMORY);
    return result;
}

// Sets what the host holds for the owner; the hook looks at the limit when that is more than before.
static inline void clua_set_host_memory(clua_control *control, size_t bytes) {
    int grows = bytes > control->memory_host;
    control->memory_host = bytes;
    if (grows && clua_is_over_memory(control)) clua_add_pending(control, CLUA_PENDING_MEMORY);
}

// Creates the timer on the calling thread's CPU clock; its signal goes to this thread.
static inline int clua_create_timer(clua_control *control) {
    sigset_t signals;  // some thread pools start their threads with every signal blocked
    sigemptyset(&signals);
    sigaddset(&signals, clua_signal_number());
    pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
    struct sigevent event;
    memset(&event, 0, sizeof event);
    event.sigev_notify = 4;  // SIGEV_THREAD_ID
    event.sigev_signo = clua_signal_number();
    event.sigev_value.sival_ptr = control;
    event._sigev_un._tid = (int)syscall(SYS_gettid);
    if (timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &control->timer) != 0) return errno;
    control->has_timer = 1;
    return 0;
}

static inline void clua_delete_timer(clua_control *control) {
    if (control->has_timer) timer_delete(control->timer);
    control->has_timer = 0;
}

// Ends what runs in the state, from any thread; `thread` is the state's own.
static inline int clua_abort_from_outside(clua_control *control, pthread_t thread) {
    union sigval value;
    value.sival_ptr = control;
    return pthread_sigqueue(thread, clua_signal_number(), value);
}

static inline lua_State *clua_new_state(clua_control *control) {
    lua_State *L = lua_newstate(clua_allocate, control);
    if (L) *(clua_control **)lua_getextraspace(L) = control;
    return L;
}

#endif
