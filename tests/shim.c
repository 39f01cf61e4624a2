/* Preloaded into the program by tests/trouble.rs: a clock that jumps (SHIM_CLOCK, seconds), a file system without locks (SHIM_NOLOCK). */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *time) {
    long failed = syscall(SYS_clock_gettime, clock, time);
    const char *jump = getenv("SHIM_CLOCK");
    if (failed == 0 && jump != NULL && clock == CLOCK_REALTIME) time->tv_sec += atol(jump);
    return (int)failed;
}

static int control(int file, int command, void *argument) {
    if (getenv("SHIM_NOLOCK") != NULL && (command == F_SETLK || command == F_SETLKW || command == F_GETLK)) {
        errno = ENOLCK;
        return -1;
    }
    return (int)syscall(SYS_fcntl, file, command, argument);
}

int fcntl(int file, int command, ...) {
    va_list more;
    va_start(more, command);
    void *argument = va_arg(more, void *);
    va_end(more);
    return control(file, command, argument);
}

int fcntl64(int file, int command, ...) {
    va_list more;
    va_start(more, command);
    void *argument = va_arg(more, void *);
    va_end(more);
    return control(file, command, argument);
}
