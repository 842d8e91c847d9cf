#pragma once
#include <idn2.h>
#include "../CPosix/lazy.h"

// libcurl brings libidn2 along, so its first use finds it loaded.
#define CIDN2_FILE "libidn2.so.0"

/// idn2_to_ascii_8z; IDN2_MALLOC where the library is not installed.
static inline int cidn2_to_ascii(const char *name, char **result, int flags) {
    __typeof__(&idn2_to_ascii_8z) convert = LAZY(CIDN2_FILE, idn2_to_ascii_8z);
    return convert ? convert(name, result, flags) : IDN2_MALLOC;
}

static inline void cidn2_free(void *result) { LAZY(CIDN2_FILE, idn2_free)(result); }
