#pragma once
#include <libpsl.h>
#include "../CPosix/lazy.h"

// libcurl brings libpsl along, so its first use finds it loaded.
#define CPSL_FILE "libpsl.so.5"

/// The list that the library has built in; NULL where there is none.
static inline const psl_ctx_t *cpsl_builtin(void) {
    __typeof__(&psl_builtin) builtin = LAZY(CPSL_FILE, psl_builtin);
    return builtin ? builtin() : 0;
}

static inline const char *cpsl_registrable_domain(const psl_ctx_t *list, const char *host) {
    return LAZY(CPSL_FILE, psl_registrable_domain)(list, host);
}
