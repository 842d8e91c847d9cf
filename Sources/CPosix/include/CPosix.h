#pragma once

// Swift's Glibc module leaves these headers out. Other systems have neither and use poll(2).
#ifdef __linux__
#include <sys/epoll.h>
#include <sys/eventfd.h>
#endif
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

/// Heaps that keep what they have. By default each thread of glibc gets a heap of its own, which grows and shrinks
/// page by page (4,000 system calls for 10,000 requests); setting one of these turns off that the threshold for mmap
/// adapts to libcurl's buffer of 256 KiB, hence the second. Pieces of up to 160 bytes, as an input on its way is, are not joined
/// with their neighbours when they are freed: they are wanted again at once (180 instructions a request).
void cposix_tune_malloc(void);

/// Whether there is a CR that no LF follows. In C, because Swift 6.3 compares vectors byte by byte: here it is one
/// instruction for two bytes.
int cposix_has_bare_cr(const void *bytes, size_t count);

/// Bytes that a socket has received, in the order and to the end that the other side sent them (TCP_INFO); -1 where the
/// system does not say. The FIN counts as one.
int64_t cposix_received_bytes(int socket);

/// The local port of an IPv4 or IPv6 socket; 0 where there is none.
int cposix_local_port(int socket);

/// Whether a socket that is not waited for has something to read already: bytes, or the end of the connection.
int cposix_is_readable(int socket);

/// Opens a new file without a name in a folder (O_TMPFILE); -1 where the system or the file system knows no such thing.
int cposix_open_unnamed(int folder);

/// Gives a file that cposix_open_unnamed has opened a name in a folder. By its descriptor (AT_EMPTY_PATH), which systems
/// before Linux 6.10 allow to root only, or else by way of /proc.
int cposix_link_unnamed(int descriptor, int folder, const char *name);

/// Whether the file system of a folder may say at the close of a file that bytes were lost: all but those that are known to
/// keep them, or to refuse them at the write, quotas included (ext4, XFS, Btrfs, tmpfs).
int cposix_close_may_fail(int folder);

/// The time of the last change of a regular file in a folder, in seconds since 1970, and its size; INT64_MIN if there is none.
int64_t cposix_modified(int folder, const char *name, int64_t *size);

/// Reads an extended attribute of a file in a folder; -1 if there is none, or the file system has none.
ssize_t cposix_attribute(int folder, const char *name, const char *attribute, void *value, size_t room);

/// Sets an extended attribute of an open file, where the file system has them.
void cposix_set_attribute(int descriptor, const char *attribute, const void *value, size_t count);

/// Sets the time of the last change of a file, in seconds since 1970, and leaves the time of the last access.
void cposix_set_modified(int descriptor, int64_t seconds);

/// Starts a thread and gives its handle as a number, 0 for none: pthread_t is an integer here and a pointer there, and
/// passing it inout crashes the compiler of Swift 6.3.1 (SendNonSendable).
uintptr_t cposix_thread_start(void *(*body)(void *), void *argument);
void cposix_thread_join(uintptr_t thread);
void cposix_thread_detach(uintptr_t thread);
uintptr_t cposix_thread_current(void);

/// A flag that one thread waits for until a time of the monotonic clock, in nanoseconds, and that any thread sets. It needs no
/// descriptor. NULL where the system has no memory.
typedef struct cposix_flag cposix_flag;
cposix_flag *cposix_flag_make(void);

/// Waits until the flag is set or the time has come, and clears it. UINT64_MAX waits for the flag alone.
void cposix_flag_wait(cposix_flag *flag, uint64_t until);
void cposix_flag_set(cposix_flag *flag);

/// Starts a program of the PATH without a shell. It reads /dev/null, writes to a descriptor, leads a process group of its
/// own, and has no signal blocked or ignored. The arguments end with NULL. Returns 0 or an errno.
int cposix_spawn(pid_t *process, char *const arguments[], int output);
