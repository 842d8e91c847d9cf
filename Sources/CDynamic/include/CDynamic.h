#pragma once
#include <jv.h>
#include <jq.h>
#include <cmark-gfm.h>
#include <cmark-gfm-extension_api.h>
#include <cmark-gfm-core-extensions.h>

// Three libraries that few runs need: linked, they take 2 ms of each start (docs/internals.md). Each field of a table has
// the name and the type of the library's function, so the compiler checks a call as any other.
//
// What is used of libxml2's types is declared here: SwiftPM links whatever it takes header flags from, and libxml2's
// headers cannot be found without. Tests/CXMLLayout compares every declaration with the real headers.

struct _xmlDoc;
struct _xmlError;
struct _xmlParserCtxt;
struct _xmlSAXHandler;

/// XML_PARSE_NOERROR and XML_PARSE_NONET
enum { CDYNAMIC_XML_NOERROR = 1 << 5, CDYNAMIC_XML_NONET = 1 << 11 };
/// XML_SAX2_MAGIC
#define CDYNAMIC_XML_SAX2 0xDEEDBEAFu

/// xmlSAXHandler; what is not used stays NULL.
struct cdynamic_xml_handler {
    void *_Nullable beforeEntityDecl[6];
    void (*_Nullable entityDecl)(
        void *_Nullable data, const unsigned char *_Nullable name, int type, const unsigned char *_Nullable publicID,
        const unsigned char *_Nullable systemID, unsigned char *_Nullable content);
    void *_Nullable beforeCharacters[10];
    void (*_Nullable characters)(void *_Nullable data, const unsigned char *_Nullable text, int count);
    void *_Nullable beforeCDATA[7];
    void (*_Nullable cdataBlock)(void *_Nullable data, const unsigned char *_Nullable text, int count);
    void *_Nullable externalSubset;
    unsigned initialized;
    void *_Nullable _private;
    void (*_Nullable startElementNs)(
        void *_Nullable data, const unsigned char *_Nullable name, const unsigned char *_Nullable prefix,
        const unsigned char *_Nullable uri, int namespaces, const unsigned char *_Nullable *_Nullable declared, int count,
        int defaulted, const unsigned char *_Nullable *_Nullable attributes);
    void (*_Nullable endElementNs)(
        void *_Nullable data, const unsigned char *_Nullable name, const unsigned char *_Nullable prefix,
        const unsigned char *_Nullable uri);
    void *_Nullable serror;
};

/// How an xmlParserCtxt begins.
struct cdynamic_xml_context {
    void *_Nullable sax, *_Nullable userData;
    struct _xmlDoc *_Nullable myDoc;
    int wellFormed;
};

/// How an xmlError begins.
struct cdynamic_xml_error {
    int domain, code;
    const char *_Nullable message;
    int level;
    const char *_Nullable file;
    int line;
};

/// The functions of libxml2 that are used.
struct cdynamic_xml {
    void (*_Nonnull xmlInitParser)(void);
    struct _xmlParserCtxt *_Nullable (*_Nonnull xmlCreatePushParserCtxt)(
        struct _xmlSAXHandler *_Nonnull handler, void *_Nullable data, const char *_Nullable bytes, int count,
        const char *_Nullable name);
    int (*_Nonnull xmlCtxtUseOptions)(struct _xmlParserCtxt *_Nonnull context, int options);
    int (*_Nonnull xmlParseChunk)(
        struct _xmlParserCtxt *_Nonnull context, const char *_Nullable bytes, int count, int end);
    struct _xmlError *_Nullable (*_Nonnull xmlCtxtGetLastError)(void *_Nonnull context);
    void (*_Nonnull xmlFreeDoc)(struct _xmlDoc *_Nonnull document);
    void (*_Nonnull xmlFreeParserCtxt)(struct _xmlParserCtxt *_Nonnull context);
};

/// The functions of libjq that are used. All that take a jv consume it, except jv_copy and jv_string_value. jv.h's own
/// jv_is_valid calls the library directly and must not be used.
struct cdynamic_jq {
    __typeof__(jq_init) *_Nonnull jq_init;
    __typeof__(jq_teardown) *_Nonnull jq_teardown;
    __typeof__(jq_set_error_cb) *_Nonnull jq_set_error_cb;
    __typeof__(jq_set_attr) *_Nonnull jq_set_attr;
    __typeof__(jq_compile) *_Nonnull jq_compile;
    __typeof__(jq_start) *_Nonnull jq_start;
    __typeof__(jq_next) *_Nonnull jq_next;
    __typeof__(jq_halted) *_Nonnull jq_halted;
    __typeof__(jq_halt) *_Nonnull jq_halt;
    __typeof__(jv_invalid) *_Nonnull jv_invalid;
    __typeof__(jv_string) *_Nonnull jv_string;
    __typeof__(jv_array) *_Nonnull jv_array;
    __typeof__(jv_parse_sized) *_Nonnull jv_parse_sized;
    __typeof__(jv_get_kind) *_Nonnull jv_get_kind;
    __typeof__(jv_copy) *_Nonnull jv_copy;
    __typeof__(jv_free) *_Nonnull jv_free;
    __typeof__(jv_invalid_has_msg) *_Nonnull jv_invalid_has_msg;
    __typeof__(jv_invalid_get_msg) *_Nonnull jv_invalid_get_msg;
    __typeof__(jv_dump_string) *_Nonnull jv_dump_string;
    __typeof__(jv_string_length_bytes) *_Nonnull jv_string_length_bytes;
    __typeof__(jv_string_value) *_Nonnull jv_string_value;
};

/// The functions of libcmark-gfm and libcmark-gfm-extensions that are used. Its extensions are registered. Parsing is not
/// safe from several threads: version 0.29.0.gfm.6 keeps the special characters of the extensions in a static table
/// while it parses.
struct cdynamic_cmark {
    __typeof__(cmark_gfm_core_extensions_ensure_registered) *_Nonnull cmark_gfm_core_extensions_ensure_registered;
    __typeof__(cmark_find_syntax_extension) *_Nonnull cmark_find_syntax_extension;
    __typeof__(cmark_parser_new) *_Nonnull cmark_parser_new;
    __typeof__(cmark_parser_attach_syntax_extension) *_Nonnull cmark_parser_attach_syntax_extension;
    __typeof__(cmark_parser_feed) *_Nonnull cmark_parser_feed;
    __typeof__(cmark_parser_finish) *_Nonnull cmark_parser_finish;
    __typeof__(cmark_parser_free) *_Nonnull cmark_parser_free;
    __typeof__(cmark_node_free) *_Nonnull cmark_node_free;
    __typeof__(cmark_node_get_type) *_Nonnull cmark_node_get_type;
    __typeof__(cmark_node_get_type_string) *_Nonnull cmark_node_get_type_string;
    __typeof__(cmark_node_get_literal) *_Nonnull cmark_node_get_literal;
    __typeof__(cmark_node_get_url) *_Nonnull cmark_node_get_url;
    __typeof__(cmark_node_get_start_line) *_Nonnull cmark_node_get_start_line;
    __typeof__(cmark_node_get_start_column) *_Nonnull cmark_node_get_start_column;
    __typeof__(cmark_node_get_end_line) *_Nonnull cmark_node_get_end_line;
    __typeof__(cmark_node_get_fenced) *_Nonnull cmark_node_get_fenced;
    __typeof__(cmark_node_next) *_Nonnull cmark_node_next;
    __typeof__(cmark_iter_new) *_Nonnull cmark_iter_new;
    __typeof__(cmark_iter_next) *_Nonnull cmark_iter_next;
    __typeof__(cmark_iter_get_node) *_Nonnull cmark_iter_get_node;
    __typeof__(cmark_iter_free) *_Nonnull cmark_iter_free;
};

/// Loads libxml2 with the first call, from any thread; NULL where it is not installed or lacks one of the functions.
const struct cdynamic_xml *_Nullable cdynamic_load_xml(void);

/// Loads libjq with the first call, from any thread; NULL where it is not installed or lacks one of the functions.
const struct cdynamic_jq *_Nullable cdynamic_load_jq(void);

/// Loads libcmark-gfm and libcmark-gfm-extensions with the first call, from any thread; NULL where they are not installed or
/// lack one of the functions.
const struct cdynamic_cmark *_Nullable cdynamic_load_cmark(void);
