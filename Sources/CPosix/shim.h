#pragma once

// Swift's Glibc module leaves these headers out. Other systems have neither and use poll(2).
#ifdef __linux__
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/vfs.h>
#endif

#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/// Heaps that keep what they have. By default each thread of glibc gets a heap of its own, which grows and shrinks
/// page by page (4,000 system calls for 10,000 requests); setting one of these turns off that the threshold for mmap
/// adapts to libcurl's buffer of 256 KiB, hence the second. Pieces of up to 160 bytes, as an input on its way is, are not joined
/// with their neighbours when they are freed: they are wanted again at once (180 instructions a request).
static inline void cposix_tune_malloc(void) {
#ifdef __GLIBC__
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
    mallopt(M_MMAP_THRESHOLD, 4 << 20);
    mallopt(M_MXFAST, 160);
#endif
}

/// Bytes that a socket has received, in the order and to the end that the other side sent them (TCP_INFO); -1 where the
/// system does not say. The FIN counts as one. linux/tcp.h cannot be included beside netinet/tcp.h, hence the numbers.
static inline int64_t cposix_received_bytes(int socket) {
#ifdef __linux__
    unsigned char info[136];
    socklen_t size = sizeof info;
    int64_t received;
    if (getsockopt(socket, IPPROTO_TCP, 11, info, &size) != 0 || size < sizeof info) return -1;
    memcpy(&received, info + 128, sizeof received);
    return received;
#else
    return -1;
#endif
}

/// Opens a new file without a name in a folder (O_TMPFILE, which glibc shows to GNU sources only; the number is the
/// kernel's on all machines that Swift runs on); -1 where the system or the file system knows no such thing.
static inline int cposix_open_unnamed(int folder) {
#ifdef __linux__
    return openat(folder, ".", O_WRONLY | O_DIRECTORY | 020000000 | O_CLOEXEC, 0666);
#else
    errno = ENOTSUP;
    return -1;
#endif
}

/// Whether the file system of a folder may say at the close of a file that bytes were lost: all but those that are known to
/// keep them, or to refuse them at the write, quotas included (ext4, XFS, Btrfs, tmpfs).
static inline int cposix_close_may_fail(int folder) {
#ifdef __linux__
    struct statfs system;
    if (fstatfs(folder, &system) != 0) return 1;
    switch ((uint32_t)system.f_type) {
    case 0xEF53: case 0x58465342: case 0x9123683E: case 0x01021994: return 0;
    }
#endif
    return 1;
}

/// Gives a file that cposix_open_unnamed has opened a name in a folder. By its descriptor (AT_EMPTY_PATH), which systems
/// before Linux 6.10 allow to root only, or else by way of /proc.
static inline int cposix_link_unnamed(int descriptor, int folder, const char *name) {
    if (linkat(descriptor, "", folder, name, 0x1000) == 0) return 0;
    if (errno != ENOENT && errno != EPERM && errno != EINVAL) return -1;
    char source[32];
    snprintf(source, sizeof source, "/proc/self/fd/%d", descriptor);
    return linkat(AT_FDCWD, source, folder, name, AT_SYMLINK_FOLLOW);
}

/// Starts a thread and gives its handle as a number, 0 for none: pthread_t is an integer here and a pointer there, and
/// passing it inout crashes the compiler of Swift 6.3.1 (SendNonSendable).
static inline uintptr_t cposix_thread_start(void *(*body)(void *), void *argument) {
    pthread_t thread;
    return pthread_create(&thread, 0, body, argument) == 0 ? (uintptr_t)thread : 0;
}

static inline void cposix_thread_join(uintptr_t thread) {
    pthread_join((pthread_t)thread, 0);
}

static inline void cposix_thread_detach(uintptr_t thread) {
    pthread_detach((pthread_t)thread);
}

static inline uintptr_t cposix_thread_current(void) {
    return (uintptr_t)pthread_self();
}
