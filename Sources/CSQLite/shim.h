#pragma once
#include <sqlite3.h>
#include <stdint.h>
#include <string.h>

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

/// One step of a seal. It is a bijection of the sum, so that a change of one word is always seen in the end.
static inline uint64_t csqlite_seal_word(uint64_t sum, uint64_t word) {
    sum = (sum ^ word) * 0xD6E8FEB86659FD93u;
    return sum ^ sum >> 32;
}

/// The sum of more bytes. Any damage is missed with a chance of 1 in 2^64; it does not protect against tampering.
static inline uint64_t csqlite_seal_bytes(uint64_t sum, const void *bytes, size_t count) {
    const unsigned char *next = (const unsigned char *)bytes;
    uint64_t word[4] = {0};
    sum = csqlite_seal_word(sum, count);
    if (count >= 64) {
        // Four sums that do not wait for each other are three times as fast.
        uint64_t lane[4] = {sum, sum + 1, sum + 2, sum + 3};
        for (; count >= 32; count -= 32, next += 32) {
            memcpy(word, next, 32);
            for (int index = 0; index < 4; index++) lane[index] = csqlite_seal_word(lane[index], word[index]);
        }
        for (int index = 0; index < 4; index++) sum = csqlite_seal_word(sum, lane[index]);
    }
    for (; count >= 8; count -= 8, next += 8) {
        memcpy(word, next, 8);
        sum = csqlite_seal_word(sum, word[0]);
    }
    if (count > 0) {
        word[0] = 0;
        memcpy(word, next, count);
        sum = csqlite_seal_word(sum, word[0]);
    }
    return sum;
}

/// The SQL function `seal(value, …)`: the sum of all values with their storage classes.
static inline void csqlite_seal(sqlite3_context *context, int count, sqlite3_value **values) {
    uint64_t sum = (uint64_t)count;
    for (int index = 0; index < count; index++) {
        sqlite3_value *value = values[index];
        int type = sqlite3_value_type(value);
        sum += (uint64_t)type;
        if (type == SQLITE_INTEGER) {
            sqlite3_int64 number = sqlite3_value_int64(value);
            sum = csqlite_seal_bytes(sum, &number, sizeof number);
        } else if (type == SQLITE_FLOAT) {
            double number = sqlite3_value_double(value);
            sum = csqlite_seal_bytes(sum, &number, sizeof number);
        } else if (type == SQLITE_TEXT) {
            const void *bytes = sqlite3_value_text(value);
            sum = csqlite_seal_bytes(sum, bytes, (size_t)sqlite3_value_bytes(value));
        } else {
            const void *bytes = sqlite3_value_blob(value);
            sum = csqlite_seal_bytes(sum, bytes, (size_t)sqlite3_value_bytes(value));
        }
    }
    sqlite3_result_int64(context, (sqlite3_int64)sum);
}

/// Makes `seal` known to a connection.
static inline int csqlite_provide_seal(sqlite3 *connection) {
    int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    return sqlite3_create_function_v2(connection, "seal", -1, flags, NULL, csqlite_seal, NULL, NULL, NULL);
}
