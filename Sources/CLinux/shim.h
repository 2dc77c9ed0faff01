// System calls that Swift cannot call by itself, because they are variadic, or hidden without _GNU_SOURCE.
//
// C functions get names of their own by assembler labels: a second declaration under the system's name, or including
// the system's headers, would make Swift take this module for the one that defines `stat` and `timespec`.
#ifndef CLINUX_SHIM_H
#define CLINUX_SHIM_H

#include <linux/openat2.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

extern long clinux_raw_syscall(long number, ...) __asm__("syscall");
extern int clinux_raw_open(const char *path, int flags, ...) __asm__("open");
extern int *clinux_raw_errno(void) __asm__("__errno_location");
extern int clinux_raw_default_attributes(void *attributes) __asm__("pthread_getattr_default_np");
extern int clinux_raw_set_default_attributes(const void *attributes) __asm__("pthread_setattr_default_np");
extern int clinux_raw_stack_size(const void *attributes, size_t *size) __asm__("pthread_attr_getstacksize");
extern int clinux_raw_set_stack_size(void *attributes, size_t size) __asm__("pthread_attr_setstacksize");

// openat2(2). Returns a descriptor or -errno.
static inline int clinux_openat2(const char *path, uint64_t flags, uint64_t resolve) {
    struct open_how how = {flags, 0, resolve};
    long result = clinux_raw_syscall(SYS_openat2, -100 /* AT_FDCWD */, path, &how, sizeof how);
    return result < 0 ? -*clinux_raw_errno() : (int)result;
}

// open(2). Returns a descriptor or -errno.
static inline int clinux_open(const char *path, int flags) {
    int result = clinux_raw_open(path, flags);
    return result < 0 ? -*clinux_raw_errno() : result;
}

static inline int clinux_o_path(void) { return 010000000; }
static inline uint64_t clinux_no_symlinks(void) { return RESOLVE_NO_SYMLINKS; }
static inline uint64_t clinux_no_magiclinks(void) { return RESOLVE_NO_MAGICLINKS; }

// The sixth of the 65-byte fields of `struct utsname`, which is hidden without _GNU_SOURCE.
static inline const char *clinux_domainname(const void *names) { return (const char *)names + 5 * 65; }

typedef struct clinux_mount {
    int64_t type;
    uint64_t block_size;  // unit of the block counts
    uint64_t blocks;
    uint64_t blocks_free;
    uint64_t blocks_available;
    uint64_t files;
    uint64_t files_free;
    int64_t name_max;
    int read_only;
} clinux_mount;

// statfs(2). Returns 0 or an errno.
static inline int clinux_statfs(const char *path, clinux_mount *mount) {
    struct statfs raw;
    if (statfs(path, &raw) != 0) return *clinux_raw_errno();
    mount->type = (int64_t)raw.f_type;
    mount->block_size = (uint64_t)(raw.f_frsize ? raw.f_frsize : raw.f_bsize);
    mount->blocks = raw.f_blocks;
    mount->blocks_free = raw.f_bfree;
    mount->blocks_available = raw.f_bavail;
    mount->files = raw.f_files;
    mount->files_free = raw.f_ffree;
    mount->name_max = (int64_t)raw.f_namelen;
    mount->read_only = (raw.f_flags & 1 /* ST_RDONLY */) != 0;
    return 0;
}

// Gives threads made from now on at least this stack size, in bytes. Returns 0 or an errno.
static inline int clinux_require_stack(size_t size) {
    union {
        char bytes[128];  // pthread_attr_t has 56 on 64-bit systems
        long alignment;
    } attributes;
    size_t now = 0;
    int code = clinux_raw_default_attributes(&attributes);
    if (code == 0) code = clinux_raw_stack_size(&attributes, &now);
    if (code != 0 || now >= size) return code;
    code = clinux_raw_set_stack_size(&attributes, size);
    return code != 0 ? code : clinux_raw_set_default_attributes(&attributes);
}

// strptime(3), which is hidden without _XOPEN_SOURCE. `parts` is a `struct tm`.
extern char *clinux_strptime(const char *text, const char *format, void *parts) __asm__("strptime");

// memfd_create(2): a file without a name, closed in programs that are started. Returns a descriptor or -errno.
static inline int clinux_memory_file(void) {
    long result = clinux_raw_syscall(SYS_memfd_create, "input", 1L /* MFD_CLOEXEC */);
    return result < 0 ? -*clinux_raw_errno() : (int)result;
}

// prctl(2): makes this process the parent of its descendants whose own parents have ended. Returns 0 or an errno.
static inline int clinux_adopt_orphans(void) {
    return clinux_raw_syscall(SYS_prctl, 36L /* PR_SET_CHILD_SUBREAPER */, 1L, 0L, 0L, 0L) == 0
               ? 0
               : *clinux_raw_errno();
}

// prctl(2): programs that are run from now on get no more rights than this thread has. Returns 0 or an errno.
static inline int clinux_no_new_privileges(void) {
    return clinux_raw_syscall(SYS_prctl, 38L /* PR_SET_NO_NEW_PRIVS */, 1L, 0L, 0L, 0L) == 0 ? 0
                                                                                             : *clinux_raw_errno();
}

extern int clinux_raw_ppoll(void *descriptors, unsigned long count, const void *time, const void *mask) __asm__("ppoll");
extern int clinux_raw_epoll_create(int flags) __asm__("epoll_create1");
extern int clinux_raw_epoll_control(int watch, int operation, int descriptor, void *event) __asm__("epoll_ctl");
extern int clinux_raw_epoll_wait(int watch, void *events, int count, int timeout) __asm__("epoll_wait");

// struct epoll_event of epoll_ctl(2), whose layout x86-64 has from 32-bit programs.
#ifdef __x86_64__
typedef struct __attribute__((packed)) clinux_event {
#else
typedef struct clinux_event {
#endif
    uint32_t events;
    uint64_t data;
} clinux_event;

// Returns a descriptor, closed in programs that are started, or -1 with errno.
static inline int clinux_watch_create(void) { return clinux_raw_epoll_create(02000000 /* EPOLL_CLOEXEC */); }

// Watches for what comes to a descriptor, and for its errors: told once, until it is watched again. Returns 0 or an errno.
static inline int clinux_watch(int watch, int descriptor, int isKnown) {
    clinux_event event = {0x40000001u /* EPOLLIN | EPOLLONESHOT */, (uint64_t)descriptor};
    int operation = isKnown ? 3 /* EPOLL_CTL_MOD */ : 1 /* EPOLL_CTL_ADD */;
    return clinux_raw_epoll_control(watch, operation, descriptor, &event) == 0 ? 0 : *clinux_raw_errno();
}

// Waits for the next descriptor to which something has come. Returns it, or -errno.
static inline int clinux_watch_wait(int watch) {
    for (;;) {
        clinux_event event;
        int count = clinux_raw_epoll_wait(watch, &event, 1, -1);
        if (count == 1) return (int)event.data;
        if (count < 0 && *clinux_raw_errno() != 4 /* EINTR */) return -*clinux_raw_errno();
    }
}

// Waits for something to come to one of two descriptors, of which either may be -1. Returns whether it has.
static inline int clinux_wait_briefly(int first, int second, long nanoseconds) {
    struct {
        int descriptor;
        short events, found;
    } descriptors[2] = {{first, 1 /* POLLIN */, 0}, {second, 1, 0}};
    struct {
        long seconds, nanoseconds;
    } time = {0, nanoseconds};
    return clinux_raw_ppoll(descriptors, 2, &time, (void *)0) > 0;
}

// The version of Landlock (landlock_create_ruleset(2)); 0 where the kernel has none.
static inline int clinux_landlock_version(void) {
    long version = clinux_raw_syscall(444, (void *)0, (size_t)0, 1L /* LANDLOCK_CREATE_RULESET_VERSION */);
    return version < 0 ? 0 : (int)version;
}

// Makes a set of rules about these kinds of access to files. Returns a descriptor or -errno.
static inline int clinux_landlock_create(uint64_t access) {
    long result = clinux_raw_syscall(444, &access, sizeof access, 0L);
    return result < 0 ? -*clinux_raw_errno() : (int)result;
}

// Allows access below an opened path (landlock_add_rule(2)). Returns 0 or an errno.
static inline int clinux_landlock_allow(int rules, int path, uint64_t access) {
    struct __attribute__((packed)) {
        uint64_t allowed_access;
        int32_t parent_fd;
    } rule = {access, path};
    return clinux_raw_syscall(445, (long)rules, 1L /* LANDLOCK_RULE_PATH_BENEATH */, &rule, 0L) == 0
               ? 0
               : *clinux_raw_errno();
}

// Subjects this thread and those it starts to the rules (landlock_restrict_self(2)). Returns 0 or an errno.
static inline int clinux_landlock_restrict(int rules) {
    return clinux_raw_syscall(446, (long)rules, 0L) == 0 ? 0 : *clinux_raw_errno();
}

#endif
