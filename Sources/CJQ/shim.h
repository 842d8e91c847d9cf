#pragma once
#include <jv.h>
#include <jq.h>
#include "../CPosix/lazy.h"

// Only --jq and --pick want libjq, so their first use loads it. jv.h's own jv_is_valid calls the library at once and is
// not used. All functions that take a jv give it back, except cjq_copy.
#define CJQ_FILE "libjq.so.1"

/// Loads the library; 0 where it is not installed. Everything below wants that first.
static inline int cjq_load(void) { return lazy_is_there(CJQ_FILE); }

static inline jq_state *cjq_init(void) { return LAZY(CJQ_FILE, jq_init)(); }

static inline void cjq_teardown(jq_state **state) { LAZY(CJQ_FILE, jq_teardown)(state); }

static inline void cjq_set_error_callback(jq_state *state, jq_msg_cb callback, void *data) {
    LAZY(CJQ_FILE, jq_set_error_cb)(state, callback, data);
}

static inline void cjq_set_attribute(jq_state *state, jv name, jv value) {
    LAZY(CJQ_FILE, jq_set_attr)(state, name, value);
}

static inline int cjq_compile(jq_state *state, const char *text) { return LAZY(CJQ_FILE, jq_compile)(state, text); }

static inline void cjq_start(jq_state *state, jv value) { LAZY(CJQ_FILE, jq_start)(state, value, 0); }

static inline jv cjq_next(jq_state *state) { return LAZY(CJQ_FILE, jq_next)(state); }

static inline int cjq_halted(jq_state *state) { return LAZY(CJQ_FILE, jq_halted)(state); }

static inline jv cjq_string(const char *text) { return LAZY(CJQ_FILE, jv_string)(text); }

static inline jv cjq_array(void) { return LAZY(CJQ_FILE, jv_array)(); }

static inline jv cjq_parse(const char *bytes, int count) { return LAZY(CJQ_FILE, jv_parse_sized)(bytes, count); }

static inline jv_kind cjq_kind(jv value) { return LAZY(CJQ_FILE, jv_get_kind)(value); }

static inline jv cjq_copy(jv value) { return LAZY(CJQ_FILE, jv_copy)(value); }

static inline void cjq_free(jv value) { LAZY(CJQ_FILE, jv_free)(value); }

static inline int cjq_has_message(jv value) { return LAZY(CJQ_FILE, jv_invalid_has_msg)(value); }

static inline jv cjq_message(jv value) { return LAZY(CJQ_FILE, jv_invalid_get_msg)(value); }

static inline jv cjq_dump(jv value) { return LAZY(CJQ_FILE, jv_dump_string)(value, 0); }

static inline int cjq_length(jv string) { return LAZY(CJQ_FILE, jv_string_length_bytes)(string); }

/// The bytes belong to the string, which stays the caller's.
static inline const char *cjq_bytes(jv string) { return LAZY(CJQ_FILE, jv_string_value)(string); }
