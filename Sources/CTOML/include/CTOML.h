#ifndef FETCHALL_CTOML_H
#define FETCHALL_CTOML_H

// TOML 1.0 as a flat list: toml++ behind a C interface. Nothing is kept after ctoml_free, nothing runs before ctoml_parse,
// and no C++ exception leaves a function.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The maximum size of a text in bytes.
#define CTOML_MAXIMUM_SIZE (1 << 20)
/// The maximum number of parts of one dotted key, and of tables and arrays written inside each other.
#define CTOML_MAXIMUM_DEPTH 16
/// The maximum number of entries.
#define CTOML_MAXIMUM_COUNT 10000

/// What an entry is.
typedef enum {
    CTOMLKindTable = 0,
    CTOMLKindArray = 1,
    CTOMLKindString = 2,
    CTOMLKindInteger = 3,
    CTOMLKindReal = 4,
    CTOMLKindBoolean = 5,
    CTOMLKindDate = 6,
} CTOMLKind;

/// A table, an array, an element of an array, or a value. A table and an array come before what is in them; the elements of
/// an array have its path. What is inside a table or array that is an element is not listed.
typedef struct {
    CTOMLKind kind;
    /// Where the key is, or the element; from 1.
    uint32_t line;
    uint32_t column;
    /// The index of an element of an array; -1 for anything else.
    int32_t index;
    /// The keys from the root, with a NUL between two; UTF-8, without a NUL at the end. No key contains a NUL.
    const char *_Nonnull path;
    size_t path_length;
    /// The text of a string; UTF-8, which may contain NUL.
    const char *_Nonnull text;
    size_t text_length;
    /// The value of an integer; 1 or 0 for a boolean.
    int64_t integer;
    double real;
} CTOMLEntry;

/// A text that was read.
typedef struct CTOMLDocument CTOMLDocument;

/// Reads a text. NULL when memory is exhausted.
CTOMLDocument *_Nullable ctoml_parse(const uint8_t *_Nullable bytes, size_t count);

/// What is wrong, in UTF-8; NULL if nothing is. The position is then that of the mistake, 0 where it has none.
const char *_Nullable ctoml_error(
    const CTOMLDocument *_Nonnull document, uint32_t *_Nonnull line, uint32_t *_Nonnull column);

/// The number of entries; 0 if there is a mistake.
size_t ctoml_count(const CTOMLDocument *_Nonnull document);

/// An entry. Its texts live as long as the document.
CTOMLEntry ctoml_entry(const CTOMLDocument *_Nonnull document, size_t index);

void ctoml_free(CTOMLDocument *_Nullable document);

#ifdef __cplusplus
}
#endif

#endif
