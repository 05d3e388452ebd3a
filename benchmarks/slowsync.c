/* Makes every fsync of a process SLOWSYNC_US microseconds longer, as an ordinary disk would, and
 * counts them in the first eight bytes of the file SLOWSYNC_COUNT. Built by benchmarks/slowsync.py
 * and handed to a process as LD_PRELOAD. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static struct timespec pause_for;
static _Atomic unsigned long long *counted;

__attribute__((constructor)) static void begin(void)
{
    const char *wait = getenv("SLOWSYNC_US"), *path = getenv("SLOWSYNC_COUNT");
    long microseconds = wait ? atol(wait) : 0;
    real_fsync = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    pause_for.tv_sec = microseconds / 1000000;
    pause_for.tv_nsec = microseconds % 1000000 * 1000;
    int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (file >= 0) {
        void *page = mmap(NULL, sizeof *counted, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        counted = page == MAP_FAILED ? NULL : page;
        close(file);
    }
}

static int slowly(int (*sync)(int), int file)
{
    if (counted)
        atomic_fetch_add(counted, 1);
    nanosleep(&pause_for, NULL);
    return sync(file);
}

int fsync(int file)
{
    return slowly(real_fsync, file);
}

int fdatasync(int file)
{
    return slowly(real_fdatasync, file);
}
