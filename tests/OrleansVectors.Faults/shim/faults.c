/*
 * Preloaded into the server: lets calls that change files below one folder fail, and moves the wall clock.
 *
 * Idea: every call of the C library that writes, sizes, flushes, creates, renames or removes a file below the data folder
 * is counted. A page in a file that both sides map says which of the counted calls fail, with which error, how long each
 * takes, and by how much the wall clock is wrong. The test changes the page while the server runs.
 *
 * What it does not see: writes through mapped memory, and system calls that do not go through the C library.
 *
 * .NET looks its own calls up in the library "libc" by name, past a preloaded one. Hence dlopen: who asks for that library is
 * given this one, whose lookups go on to the real one for all it does not have.
 *
 * Environment: FAULTS_PAGE, the file to map; FAULTS_FOLDER, the folder (a real path without a slash at its end).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* Offsets are the same in ControlPage.cs. */
struct page {
  _Atomic uint64_t calls;         /*  0 counted since the last reset */
  _Atomic uint64_t fail_from;     /*  8 the first call that fails; 0 for none */
  _Atomic uint64_t fail_to;       /* 16 the last call that fails */
  _Atomic uint64_t failed;        /* 24 calls that failed */
  _Atomic int64_t error;          /* 32 errno of a failing call */
  _Atomic uint64_t short_writes;  /* 40 nonzero: the first failing write does half and the next call fails */
  _Atomic uint64_t delay_us;      /* 48 how long each counted call takes longer */
  _Atomic int64_t clock_seconds;  /* 56 what is added to the wall clock */
  char first_failed[128];         /* 64 name and file of the first call that failed */
};

#define FILES_MAX 65536

static struct page nothing;
static struct page *page = &nothing;
static char folder[PATH_MAX];
static size_t folder_length;
static char own_path[PATH_MAX];
static _Atomic unsigned char below[FILES_MAX]; /* which descriptors are of files below the folder */

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("FAULTS_PAGE");
  const char *data = getenv("FAULTS_FOLDER");
  Dl_info own;
  if (dladdr((void *)begin, &own) && own.dli_fname) snprintf(own_path, sizeof own_path, "%s", own.dli_fname);
  if (!path || !data) return;
  snprintf(folder, sizeof folder, "%s", data);
  folder_length = strlen(folder);
  int file = open(path, O_RDWR | O_CLOEXEC);
  if (file < 0) return;
  void *mapped = mmap(NULL, sizeof(struct page), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (mapped != MAP_FAILED) page = mapped;
  close(file);
}

#define REAL(name) \
  static __typeof__(&name) real; \
  if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static int is_below(const char *path) {
  return folder_length && path && !strncmp(path, folder, folder_length) && (path[folder_length] == '/' || !path[folder_length]);
}

static int is_file_below(int file) { return file >= 0 && file < FILES_MAX && below[file]; }

static int note_file(int file, const char *path) {
  if (file >= 0 && file < FILES_MAX) below[file] = (unsigned char)is_below(path);
  return file;
}

static void describe(const char *call, const char *path, int file) {
  char link[64], target[PATH_MAX];
  if (!path) {
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, target, sizeof target - 1);
    target[length < 0 ? 0 : length] = 0;
    path = target;
  }
  size_t skipped = is_below(path) ? folder_length : 0;
  snprintf(page->first_failed, sizeof page->first_failed, "%s %.100s", call, path + skipped);
}

/* Counts a call. The error it fails with, 0 for none, -1 for a write that does half. */
static int judge(const char *call, const char *path, int file, int is_write) {
  uint64_t delay = page->delay_us;
  if (delay) {
    struct timespec time = {(time_t)(delay / 1000000), (long)(delay % 1000000) * 1000};
    nanosleep(&time, NULL);
  }
  uint64_t number = atomic_fetch_add(&page->calls, 1) + 1;
  uint64_t from = page->fail_from;
  if (!from || number < from || number > page->fail_to) return 0;
  if (atomic_fetch_add(&page->failed, 1) == 0) describe(call, path, file);
  if (is_write && page->short_writes && number == from) {
    page->fail_to = page->fail_to == from ? from + 1 : page->fail_to;
    return -1;
  }
  return (int)page->error;
}

#define FAIL_PATH(call, path) \
  if (is_below(path)) { \
    int error = judge(call, path, -1, 0); \
    if (error) { errno = error; return -1; } \
  }

#define FAIL_FILE(call, file) \
  if (is_file_below(file)) { \
    int error = judge(call, NULL, file, 0); \
    if (error) { errno = error; return -1; } \
  }

/* --- opening --- */

#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    REAL(name); \
    va_list rest; \
    va_start(rest, flags); \
    mode_t mode = (flags & (O_CREAT | __O_TMPFILE)) ? va_arg(rest, mode_t) : 0; \
    va_end(rest); \
    if (flags & O_CREAT) FAIL_PATH(#name, path) \
    return note_file(real(path, flags, mode), path); \
  }

OPEN(open)
OPEN(open64)

#define OPENAT(name) \
  int name(int at, const char *path, int flags, ...) { \
    REAL(name); \
    va_list rest; \
    va_start(rest, flags); \
    mode_t mode = (flags & (O_CREAT | __O_TMPFILE)) ? va_arg(rest, mode_t) : 0; \
    va_end(rest); \
    if (flags & O_CREAT) FAIL_PATH(#name, path) \
    return note_file(real(at, path, flags, mode), path); \
  }

OPENAT(openat)
OPENAT(openat64)

int close(int file) {
  REAL(close);
  if (file >= 0 && file < FILES_MAX) below[file] = 0;
  return real(file);
}

/* --- writing --- */

ssize_t write(int file, const void *bytes, size_t count) {
  REAL(write);
  int error = is_file_below(file) ? judge("write", NULL, file, count > 1) : 0;
  if (error > 0) { errno = error; return -1; }
  return real(file, bytes, error ? count / 2 : count);
}

#define PWRITE(name, offset_type) \
  ssize_t name(int file, const void *bytes, size_t count, offset_type offset) { \
    REAL(name); \
    int error = is_file_below(file) ? judge(#name, NULL, file, count > 1) : 0; \
    if (error > 0) { errno = error; return -1; } \
    return real(file, bytes, error ? count / 2 : count, offset); \
  }

PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

/* Half of a vectored write is its first part alone. */
static int half(const struct iovec *parts, int count, struct iovec *first) {
  first->iov_base = parts->iov_base;
  first->iov_len = count > 1 ? parts->iov_len : (parts->iov_len + 1) / 2;
  return 1;
}

ssize_t writev(int file, const struct iovec *parts, int count) {
  REAL(writev);
  struct iovec first;
  int error = is_file_below(file) ? judge("writev", NULL, file, count > 0) : 0;
  if (error > 0) { errno = error; return -1; }
  return error ? real(file, &first, half(parts, count, &first)) : real(file, parts, count);
}

#define PWRITEV(name, offset_type) \
  ssize_t name(int file, const struct iovec *parts, int count, offset_type offset) { \
    REAL(name); \
    struct iovec first; \
    int error = is_file_below(file) ? judge(#name, NULL, file, count > 0) : 0; \
    if (error > 0) { errno = error; return -1; } \
    return error ? real(file, &first, half(parts, count, &first), offset) : real(file, parts, count, offset); \
  }

PWRITEV(pwritev, off_t)
PWRITEV(pwritev64, off64_t)

/* --- sizing and flushing --- */

#define FALLOCATE(name, offset_type) \
  int name(int file, int mode, offset_type offset, offset_type length) { \
    REAL(name); \
    FAIL_FILE(#name, file) \
    return real(file, mode, offset, length); \
  }

FALLOCATE(fallocate, off_t)
FALLOCATE(fallocate64, off64_t)

#define POSIX_FALLOCATE(name, offset_type) \
  int name(int file, offset_type offset, offset_type length) { \
    REAL(name); \
    int error = is_file_below(file) ? judge(#name, NULL, file, 0) : 0; \
    return error ? error : real(file, offset, length); \
  }

POSIX_FALLOCATE(posix_fallocate, off_t)
POSIX_FALLOCATE(posix_fallocate64, off64_t)

#define FTRUNCATE(name, offset_type) \
  int name(int file, offset_type length) { \
    REAL(name); \
    FAIL_FILE(#name, file) \
    return real(file, length); \
  }

FTRUNCATE(ftruncate, off_t)
FTRUNCATE(ftruncate64, off64_t)

int fsync(int file) {
  REAL(fsync);
  FAIL_FILE("fsync", file)
  return real(file);
}

int fdatasync(int file) {
  REAL(fdatasync);
  FAIL_FILE("fdatasync", file)
  return real(file);
}

/* --- names --- */

int mkdir(const char *path, mode_t mode) {
  REAL(mkdir);
  FAIL_PATH("mkdir", path)
  return real(path, mode);
}

int unlink(const char *path) {
  REAL(unlink);
  FAIL_PATH("unlink", path)
  return real(path);
}

int rmdir(const char *path) {
  REAL(rmdir);
  FAIL_PATH("rmdir", path)
  return real(path);
}

int link(const char *from, const char *to) {
  REAL(link);
  FAIL_PATH("link", to)
  return real(from, to);
}

int rename(const char *from, const char *to) {
  REAL(rename);
  FAIL_PATH("rename", to)
  return real(from, to);
}

int renameat(int from_at, const char *from, int to_at, const char *to) {
  REAL(renameat);
  FAIL_PATH("renameat", to)
  return real(from_at, from, to_at, to);
}

/* --- the wall clock; the monotonic clock is left alone --- */

int clock_gettime(clockid_t clock, struct timespec *time) {
  REAL(clock_gettime);
  int result = real(clock, time);
  if (!result && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) time->tv_sec += page->clock_seconds;
  return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
  static int (*real)(struct timeval *restrict, void *restrict);
  if (!real) real = (int (*)(struct timeval *restrict, void *restrict))dlsym(RTLD_NEXT, "gettimeofday");
  int result = real(time, zone);
  if (!result) time->tv_sec += page->clock_seconds;
  return result;
}

time_t time(time_t *target) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (target) *target = now.tv_sec;
  return now.tv_sec;
}

/* --- lookups by name --- */

void *dlopen(const char *name, int flags) {
  REAL(dlopen);
  int is_libc = name && (!strcmp(name, "libc") || !strcmp(name, "libc.so.6"));
  return real(is_libc && own_path[0] ? own_path : name, flags);
}
