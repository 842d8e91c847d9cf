#pragma once
#include <zlib.h>

/// inflateInit2 is a macro that passes sizeof(z_stream), which Swift does not import.
/// windowBits 15 + 32 reads gzip and zlib streams by their magic bytes.
static inline int czlib_inflate_init(z_stream *stream, int windowBits) {
    return inflateInit2(stream, windowBits);
}

/// deflateInit2 is a macro as well; used by tests and fixtures to make gzip members.
static inline int czlib_deflate_init(z_stream *stream, int level, int windowBits) {
    return deflateInit2(stream, level, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY);
}
