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

typedef uint8_t block __attribute__((vector_size(16)));

static inline block bare_crs(const uint8_t *bytes) {
    block here, next;
    memcpy(&here, bytes, sizeof here);
    memcpy(&next, bytes + 1, sizeof next);
    return (block)((here == 0x0D) & (next != 0x0A));
}

int cposix_has_bare_cr(const void *start, size_t count) {
    const uint8_t *bytes = start;
    if (count <= sizeof(block)) {
        for (size_t index = 0; index < count; index++)
            if (bytes[index] == 0x0D && (index + 1 == count || bytes[index + 1] != 0x0A)) return 1;
        return 0;
    }
    // The last block may overlap the one before.
    const size_t last = count - sizeof(block) - 1;
    block found = bare_crs(bytes + last);
    for (size_t index = 0; index < last; index += sizeof(block)) found |= bare_crs(bytes + index);
    uint64_t halves[2];
    memcpy(halves, &found, sizeof halves);
    return (halves[0] | halves[1]) != 0 || bytes[count - 1] == 0x0D;
}
