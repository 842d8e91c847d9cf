#pragma once
#include <dlfcn.h>

// A library that few runs need is loaded by the first call of one of its functions: LAZY(file, function)(arguments).
// The function's type is the header's, so the compiler checks the call as any other. The caller makes sure first, by
// lazy_is_there, that the library is installed. A Mac links as usual: there the names of files are of no use.
#if defined(__APPLE__)
#define LAZY(file, function) function
static inline int lazy_is_there(const char *file) { (void)file; return 1; }
#else
static inline int lazy_is_there(const char *file) { return dlopen(file, RTLD_NOW) != 0; }
#define LAZY(file, function)                                                               \
    ({                                                                                     \
        static __typeof__(&function) known;                                                \
        __typeof__(&function) found = __atomic_load_n(&known, __ATOMIC_RELAXED);           \
        if (!found) {                                                                      \
            found = (__typeof__(&function))dlsym(dlopen(file, RTLD_NOW), #function);       \
            __atomic_store_n(&known, found, __ATOMIC_RELAXED);                             \
        }                                                                                  \
        found;                                                                             \
    })
#endif
