#define _GNU_SOURCE
#include "CPosix.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/magic.h>
#include <sys/vfs.h>

// linux/magic.h has no name for it: fs/xfs/libxfs/xfs_format.h.
#define XFS_SUPER_MAGIC 0x58465342
#endif

int cposix_open_unnamed(int folder) {
#ifdef __linux__
    return openat(folder, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0666);
#else
    (void)folder;
    errno = ENOTSUP;
    return -1;
#endif
}

int cposix_link_unnamed(int descriptor, int folder, const char *name) {
#ifdef __linux__
    if (linkat(descriptor, "", folder, name, AT_EMPTY_PATH) == 0) return 0;
    if (errno != ENOENT && errno != EPERM && errno != EINVAL) return -1;
    char source[32];
    snprintf(source, sizeof source, "/proc/self/fd/%d", descriptor);
    return linkat(AT_FDCWD, source, folder, name, AT_SYMLINK_FOLLOW);
#else
    (void)descriptor, (void)folder, (void)name;
    errno = ENOTSUP;
    return -1;
#endif
}

int cposix_close_may_fail(int folder) {
#ifdef __linux__
    struct statfs system;
    if (fstatfs(folder, &system) != 0) return 1;
    switch ((uint32_t)system.f_type) {
    case EXT4_SUPER_MAGIC:
    case XFS_SUPER_MAGIC:
    case BTRFS_SUPER_MAGIC:
    case TMPFS_MAGIC: return 0;
    }
#else
    (void)folder;
#endif
    return 1;
}

void cposix_set_modified(int descriptor, int64_t seconds) {
    const struct timespec times[2] = { { 0, UTIME_OMIT }, { (time_t)seconds, 0 } };
    futimens(descriptor, times);
}

int64_t cposix_modified(int folder, const char *name, int64_t *size) {
    struct stat status;
    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status.st_mode)) return INT64_MIN;
    *size = (int64_t)status.st_size;
    return (int64_t)status.st_mtime;
}

ssize_t cposix_attribute(int folder, const char *name, const char *attribute, void *value, size_t room) {
    int file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file < 0) return -1;
#ifdef __linux__
    ssize_t count = fgetxattr(file, attribute, value, room);
#else
    ssize_t count = fgetxattr(file, attribute, value, room, 0, 0);
#endif
    close(file);
    return count;
}

void cposix_set_attribute(int descriptor, const char *attribute, const void *value, size_t count) {
#ifdef __linux__
    (void)fsetxattr(descriptor, attribute, value, count, 0);
#else
    (void)fsetxattr(descriptor, attribute, value, count, 0, 0);
#endif
}
