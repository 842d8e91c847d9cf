#include "CPosix.h"
#include <pthread.h>

_Static_assert(sizeof(pthread_t) <= sizeof(uintptr_t), "a thread's handle goes through a number");

uintptr_t cposix_thread_start(void *(*body)(void *), void *argument) {
    pthread_t thread;
    return pthread_create(&thread, 0, body, argument) == 0 ? (uintptr_t)thread : 0;
}

void cposix_thread_join(uintptr_t thread) { pthread_join((pthread_t)thread, 0); }

void cposix_thread_detach(uintptr_t thread) { pthread_detach((pthread_t)thread); }

uintptr_t cposix_thread_current(void) { return (uintptr_t)pthread_self(); }
