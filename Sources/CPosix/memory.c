#include "CPosix.h"
#ifdef __GLIBC__
#include <malloc.h>
#endif

void cposix_tune_malloc(void) {
#ifdef __GLIBC__
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
    mallopt(M_MMAP_THRESHOLD, 4 << 20);
    mallopt(M_MXFAST, 160);
#endif
}
