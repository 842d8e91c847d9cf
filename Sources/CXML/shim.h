#pragma once
// Debian's libxml2 pulls ICU's headers in; in one module with Foundation, which brings its own ICU, their enums clash.
// Nothing here uses them.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include "../CPosix/lazy.h"

// Only sitemaps want libxml2, and it brings ICU along: 31 MB in every start. The name of the file follows the headers,
// as the layout of the structs does.
#if LIBXML_VERSION >= 21400
#define CXML_FILE "libxml2.so.16"
#else
#define CXML_FILE "libxml2.so.2"
#endif

/// Loads the library and starts it; 0 where it is not installed. Everything below wants that first.
static inline int cxml_start(void) {
    if (!lazy_is_there(CXML_FILE)) return 0;
    LAZY(CXML_FILE, xmlInitParser)();
    return 1;
}

static inline xmlParserCtxtPtr cxml_make(xmlSAXHandlerPtr handler, void *data) {
    return LAZY(CXML_FILE, xmlCreatePushParserCtxt)(handler, data, 0, 0, 0);
}

static inline int cxml_set_options(xmlParserCtxtPtr context, int options) {
    return LAZY(CXML_FILE, xmlCtxtUseOptions)(context, options);
}

static inline int cxml_parse(xmlParserCtxtPtr context, const char *bytes, int count, int end) {
    return LAZY(CXML_FILE, xmlParseChunk)(context, bytes, count, end);
}

static inline const xmlError *cxml_last_error(xmlParserCtxtPtr context) {
    return LAZY(CXML_FILE, xmlCtxtGetLastError)(context);
}

static inline void cxml_free(xmlParserCtxtPtr context) {
    if (context->myDoc) LAZY(CXML_FILE, xmlFreeDoc)(context->myDoc);
    LAZY(CXML_FILE, xmlFreeParserCtxt)(context);
}
