/* Preloaded into the room by tests/server/failing_fsync.rs: while the file that FAILING_FSYNC names is there, nothing can be made durable. */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static int failing(void) {
    const char *flag = getenv("FAILING_FSYNC");
    return flag != NULL && access(flag, F_OK) == 0;
}

static int sync_by(long call, int fd) {
    if (failing()) {
        errno = EIO;
        return -1;
    }
    return (int)syscall(call, fd);
}

int fsync(int fd) { return sync_by(SYS_fsync, fd); }
int fdatasync(int fd) { return sync_by(SYS_fdatasync, fd); }
