#include "CPosix.h"
#include <pthread.h>
#include <time.h>

_Static_assert(sizeof(pthread_t) <= sizeof(uintptr_t), "a thread's handle goes through a number");

uintptr_t cposix_thread_start(void *(*body)(void *), void *argument) {
    pthread_t thread;
    return pthread_create(&thread, 0, body, argument) == 0 ? (uintptr_t)thread : 0;
}

void cposix_thread_join(uintptr_t thread) { pthread_join((pthread_t)thread, 0); }

void cposix_thread_detach(uintptr_t thread) { pthread_detach((pthread_t)thread); }

uintptr_t cposix_thread_current(void) { return (uintptr_t)pthread_self(); }

struct cposix_flag {
    pthread_mutex_t mutex;
    pthread_cond_t condition;
    int is_set;
};

cposix_flag *cposix_flag_make(void) {
    cposix_flag *flag = calloc(1, sizeof *flag);
    if (!flag) return 0;
    pthread_mutex_init(&flag->mutex, 0);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
#ifdef __linux__
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
#endif
    pthread_cond_init(&flag->condition, &attributes);
    pthread_condattr_destroy(&attributes);
    return flag;
}

/// One wait, which may end early; 0 when it was woken.
static int wait_once(cposix_flag *flag, uint64_t until) {
    if (until == UINT64_MAX) return pthread_cond_wait(&flag->condition, &flag->mutex);
#ifdef __APPLE__
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    uint64_t then = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
    uint64_t left = until > then ? until - then : 0;
    struct timespec time = { (time_t)(left / 1000000000), (long)(left % 1000000000) };
    return pthread_cond_timedwait_relative_np(&flag->condition, &flag->mutex, &time);
#else
    struct timespec time = { (time_t)(until / 1000000000), (long)(until % 1000000000) };
    return pthread_cond_timedwait(&flag->condition, &flag->mutex, &time);
#endif
}

void cposix_flag_wait(cposix_flag *flag, uint64_t until) {
    pthread_mutex_lock(&flag->mutex);
    while (!flag->is_set && wait_once(flag, until) == 0) {}
    flag->is_set = 0;
    pthread_mutex_unlock(&flag->mutex);
}

void cposix_flag_set(cposix_flag *flag) {
    pthread_mutex_lock(&flag->mutex);
    flag->is_set = 1;
    pthread_cond_signal(&flag->condition);
    pthread_mutex_unlock(&flag->mutex);
}
