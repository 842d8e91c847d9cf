#include "CDynamic.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>

static struct cdynamic_xml xml;
static struct cdynamic_jq jq;
static struct cdynamic_cmark cmark;
static int has_xml, has_jq, has_cmark;

/// A function's name and its field in a table.
struct function {
    const char *name;
    size_t offset;
};

#define FUNCTION(table, name) { #name, offsetof(struct table, name) }
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct function xml_functions[] = {
    FUNCTION(cdynamic_xml, xmlInitParser),
    FUNCTION(cdynamic_xml, xmlCreatePushParserCtxt),
    FUNCTION(cdynamic_xml, xmlCtxtUseOptions),
    FUNCTION(cdynamic_xml, xmlParseChunk),
    FUNCTION(cdynamic_xml, xmlCtxtGetLastError),
    FUNCTION(cdynamic_xml, xmlFreeDoc),
    FUNCTION(cdynamic_xml, xmlFreeParserCtxt),
};

static const struct function jq_functions[] = {
    FUNCTION(cdynamic_jq, jq_init),
    FUNCTION(cdynamic_jq, jq_teardown),
    FUNCTION(cdynamic_jq, jq_set_error_cb),
    FUNCTION(cdynamic_jq, jq_set_attr),
    FUNCTION(cdynamic_jq, jq_compile),
    FUNCTION(cdynamic_jq, jq_start),
    FUNCTION(cdynamic_jq, jq_next),
    FUNCTION(cdynamic_jq, jq_halted),
    FUNCTION(cdynamic_jq, jq_halt),
    FUNCTION(cdynamic_jq, jv_invalid),
    FUNCTION(cdynamic_jq, jv_string),
    FUNCTION(cdynamic_jq, jv_array),
    FUNCTION(cdynamic_jq, jv_parse_sized),
    FUNCTION(cdynamic_jq, jv_get_kind),
    FUNCTION(cdynamic_jq, jv_copy),
    FUNCTION(cdynamic_jq, jv_free),
    FUNCTION(cdynamic_jq, jv_invalid_has_msg),
    FUNCTION(cdynamic_jq, jv_invalid_get_msg),
    FUNCTION(cdynamic_jq, jv_dump_string),
    FUNCTION(cdynamic_jq, jv_string_length_bytes),
    FUNCTION(cdynamic_jq, jv_string_value),
};

static const struct function cmark_functions[] = {
    FUNCTION(cdynamic_cmark, cmark_gfm_core_extensions_ensure_registered),
    FUNCTION(cdynamic_cmark, cmark_find_syntax_extension),
    FUNCTION(cdynamic_cmark, cmark_parser_new),
    FUNCTION(cdynamic_cmark, cmark_parser_attach_syntax_extension),
    FUNCTION(cdynamic_cmark, cmark_parser_feed),
    FUNCTION(cdynamic_cmark, cmark_parser_finish),
    FUNCTION(cdynamic_cmark, cmark_parser_free),
    FUNCTION(cdynamic_cmark, cmark_node_free),
    FUNCTION(cdynamic_cmark, cmark_node_get_type),
    FUNCTION(cdynamic_cmark, cmark_node_get_type_string),
    FUNCTION(cdynamic_cmark, cmark_node_get_literal),
    FUNCTION(cdynamic_cmark, cmark_node_get_url),
    FUNCTION(cdynamic_cmark, cmark_node_get_start_line),
    FUNCTION(cdynamic_cmark, cmark_node_get_start_column),
    FUNCTION(cdynamic_cmark, cmark_node_get_end_line),
    FUNCTION(cdynamic_cmark, cmark_node_get_fenced),
    FUNCTION(cdynamic_cmark, cmark_node_next),
    FUNCTION(cdynamic_cmark, cmark_iter_new),
    FUNCTION(cdynamic_cmark, cmark_iter_next),
    FUNCTION(cdynamic_cmark, cmark_iter_get_node),
    FUNCTION(cdynamic_cmark, cmark_iter_free),
};

_Static_assert(COUNT(xml_functions) * sizeof(void *) == sizeof xml, "a function of libxml2 is not resolved");
_Static_assert(COUNT(jq_functions) * sizeof(void *) == sizeof jq, "a function of libjq is not resolved");
_Static_assert(COUNT(cmark_functions) * sizeof(void *) == sizeof cmark, "a function of libcmark-gfm is not resolved");

/// Fills a table; 0 if the library is not installed or lacks a function. A name without a slash is looked up where the
/// system keeps its libraries, never beside the program (which has no RUNPATH: scripts/binary-test.sh).
static int load(const char *file, const struct function *functions, size_t count, void *table) {
#if defined(__APPLE__)
    // A Mac links them: its loader has them in one cache, and the names of files are of no use there.
    file = NULL;
#endif
    void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (!library) return 0;
    for (size_t i = 0; i < count; i++) {
        void *address = dlsym(library, functions[i].name);
        if (!address) {
            dlclose(library);
            return 0;
        }
        memcpy((char *)table + functions[i].offset, &address, sizeof address);
    }
    return 1;
}

static void load_xml(void) {
    // Version 2.14 has another name; what is used here is the same in both.
    has_xml = load("libxml2.so.2", xml_functions, COUNT(xml_functions), &xml)
        || load("libxml2.so.16", xml_functions, COUNT(xml_functions), &xml);
    // It wants that from one thread, before the first parser.
    if (has_xml) xml.xmlInitParser();
}

static void load_jq(void) { has_jq = load("libjq.so.1", jq_functions, COUNT(jq_functions), &jq); }

static void load_cmark(void) {
    // Its names contain the version. Debian 12 has 6, Ubuntu 22.04 has 3, Debian 13 has 13; what is used here is the same in
    // all. The library of the extensions brings libcmark-gfm along, and dlsym finds the functions of both in it.
    static const char *const files[] = {
        "libcmark-gfm-extensions.so.0.29.0.gfm.13", "libcmark-gfm-extensions.so.0.29.0.gfm.12",
        "libcmark-gfm-extensions.so.0.29.0.gfm.11", "libcmark-gfm-extensions.so.0.29.0.gfm.10",
        "libcmark-gfm-extensions.so.0.29.0.gfm.9", "libcmark-gfm-extensions.so.0.29.0.gfm.8",
        "libcmark-gfm-extensions.so.0.29.0.gfm.7", "libcmark-gfm-extensions.so.0.29.0.gfm.6",
        "libcmark-gfm-extensions.so.0.29.0.gfm.3",
    };
    for (size_t i = 0; i < COUNT(files) && !has_cmark; i++) {
        has_cmark = load(files[i], cmark_functions, COUNT(cmark_functions), &cmark);
    }
    // It is not safe from several threads.
    if (has_cmark) cmark.cmark_gfm_core_extensions_ensure_registered();
}

const struct cdynamic_xml *cdynamic_load_xml(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load_xml);
    return has_xml ? &xml : NULL;
}

const struct cdynamic_jq *cdynamic_load_jq(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load_jq);
    return has_jq ? &jq : NULL;
}

const struct cdynamic_cmark *cdynamic_load_cmark(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load_cmark);
    return has_cmark ? &cmark : NULL;
}
