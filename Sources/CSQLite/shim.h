#pragma once
#include <sqlite3.h>

/// SQLITE_STATIC and SQLITE_TRANSIENT are casts to function pointers, which Swift does not import.

/// Binds a text that stays where it is until the binding is cleared.
static inline int csqlite_bind_text_static(sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 count) {
    return sqlite3_bind_text64(statement, index, (const char *)bytes, count, SQLITE_STATIC, SQLITE_UTF8);
}

/// Binds a copy of a text.
static inline int csqlite_bind_text_copy(sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 count) {
    return sqlite3_bind_text64(statement, index, (const char *)bytes, count, SQLITE_TRANSIENT, SQLITE_UTF8);
}

/// Binds bytes that stay where they are until the binding is cleared.
static inline int csqlite_bind_blob_static(sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 count) {
    return sqlite3_bind_blob64(statement, index, bytes, count, SQLITE_STATIC);
}

/// sqlite3_db_config is variadic. A text in double quotes is then a name and nothing else, as in standard SQL.
static inline void csqlite_refuse_double_quoted_texts(sqlite3 *connection) {
    sqlite3_db_config(connection, SQLITE_DBCONFIG_DQS_DDL, 0, (int *)0);
    sqlite3_db_config(connection, SQLITE_DBCONFIG_DQS_DML, 0, (int *)0);
}
