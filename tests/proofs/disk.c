// Loaded into the server (LD_PRELOAD), it stands between the server and the files of its database, those with `.db` in their
// names.
//
// Writes to those whose names end with what the file $DISK_FULL holds fail, as they do on a full disk; an empty file, or none,
// lets all of them through. And before the $DISK_KILL-th call that changes one of them or its folder, the process is killed.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static void count(const char *path) {
    static atomic_long calls;
    const char *last = getenv("DISK_KILL");
    if (last && strstr(path, ".db") && atomic_fetch_add(&calls, 1) + 1 == atol(last))
        syscall(SYS_kill, getpid(), SIGKILL);
}

static int ends_as_full(const char *path) {
    char ending[64];
    const char *control = getenv("DISK_FULL");
    int opened = control ? (int)syscall(SYS_openat, AT_FDCWD, control, O_RDONLY | O_CLOEXEC) : -1;
    if (opened < 0) return 0;
    long length = syscall(SYS_read, opened, ending, sizeof ending), size = (long)strlen(path);
    syscall(SYS_close, opened);
    return length > 0 && size >= length && memcmp(path + size - length, ending, (size_t)length) == 0;
}

// Counts a call on an open file, and says whether its disk is full.
static int is_full(int file) {
    char link[32], path[4096];
    int before = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    long size = readlink(link, path, sizeof path - 1);
    path[size > 0 ? size : 0] = 0;
    count(path);
    int full = strstr(path, ".db") && ends_as_full(path);
    errno = before;
    return full;
}

#define FAIL_IF_FULL(file) \
    if (is_full(file)) {   \
        errno = ENOSPC;    \
        return -1;         \
    }

ssize_t write(int file, const void *bytes, size_t size) {
    FAIL_IF_FULL(file)
    return syscall(SYS_write, file, bytes, size);
}

ssize_t pwrite(int file, const void *bytes, size_t size, off_t offset) {
    FAIL_IF_FULL(file)
    return syscall(SYS_pwrite64, file, bytes, size, offset);
}

ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t offset) {
    FAIL_IF_FULL(file)
    return syscall(SYS_pwrite64, file, bytes, size, offset);
}

int fsync(int file) {
    is_full(file);
    return (int)syscall(SYS_fsync, file);
}

int fdatasync(int file) {
    is_full(file);
    return (int)syscall(SYS_fdatasync, file);
}

int ftruncate(int file, off_t size) {
    is_full(file);
    return (int)syscall(SYS_ftruncate, file, size);
}

int ftruncate64(int file, off64_t size) {
    is_full(file);
    return (int)syscall(SYS_ftruncate, file, size);
}

int unlink(const char *path) {
    count(path);
    return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

int rename(const char *from, const char *to) {
    count(from);
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

#define OPEN(name)                                                                \
    int name(const char *path, int flags, ...) {                                  \
        va_list rest;                                                             \
        va_start(rest, flags);                                                    \
        mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
        va_end(rest);                                                             \
        if (flags & (O_CREAT | O_TRUNC)) count(path);                             \
        return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);             \
    }

OPEN(open)
OPEN(open64)
