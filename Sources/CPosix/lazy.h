#pragma once
#include <dlfcn.h>

// A library that few runs need is loaded by the first call of one of its functions: LAZY(file, function)(arguments), or
// LAZY_IN(handle, function)(arguments) where the file has several names. The function's type is the header's, so the
// compiler checks the call as any other. It is NULL where the library is not installed; lazy_is_there tells that beforehand.
// A Mac links as usual: there the names of files are of no use.
#if defined(__APPLE__)
#define LAZY(file, function) (function)
#define LAZY_IN(handle, function) (function)
static inline int lazy_is_there(const char *file) { (void)file; return 1; }
#else
static inline int lazy_is_there(const char *file) { return dlopen(file, RTLD_NOW) != 0; }
#define LAZY(file, function) LAZY_IN(dlopen(file, RTLD_NOW), function)
#define LAZY_IN(handle, function)                                                          \
    ({                                                                                     \
        static __typeof__(&(function)) known;                                              \
        __typeof__(&(function)) found = __atomic_load_n(&known, __ATOMIC_RELAXED);         \
        if (__builtin_expect(!found, 0)) {                                                 \
            found = (__typeof__(&(function)))dlsym(handle, #function);                     \
            __atomic_store_n(&known, found, __ATOMIC_RELAXED);                             \
        }                                                                                  \
        found;                                                                             \
    })
#endif
