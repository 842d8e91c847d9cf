// Compares what Sources/CDynamic declares of libxml2 with libxml2's headers, when the tests are compiled.
#include "CDynamic.h"
#include "CXMLLayout.h"

#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include <stddef.h>

#define SAME_TYPE(a, b) _Static_assert(__builtin_types_compatible_p(__typeof__(a), __typeof__(b)), #a)
#define FIELD(type, name) (((type *)0)->name)
#define SAME_FIELD(theirs, ours, name)                                                              \
    _Static_assert(offsetof(theirs, name) == offsetof(ours, name), #ours "." #name);                 \
    _Static_assert(sizeof FIELD(theirs, name) == sizeof FIELD(ours, name), #ours "." #name)
#define SAME_CALLBACK(name)                                                                         \
    SAME_FIELD(xmlSAXHandler, struct cdynamic_xml_handler, name);                                    \
    SAME_TYPE(FIELD(xmlSAXHandler, name), FIELD(struct cdynamic_xml_handler, name))
#define SAME_FUNCTION(name) SAME_TYPE(&name, FIELD(struct cdynamic_xml, name))

_Static_assert(sizeof(xmlSAXHandler) == sizeof(struct cdynamic_xml_handler), "xmlSAXHandler");
SAME_CALLBACK(entityDecl);
SAME_CALLBACK(characters);
SAME_CALLBACK(cdataBlock);
SAME_CALLBACK(initialized);
SAME_CALLBACK(startElementNs);
SAME_CALLBACK(endElementNs);

SAME_FIELD(xmlParserCtxt, struct cdynamic_xml_context, myDoc);
SAME_FIELD(xmlParserCtxt, struct cdynamic_xml_context, wellFormed);
SAME_FIELD(xmlError, struct cdynamic_xml_error, message);
SAME_FIELD(xmlError, struct cdynamic_xml_error, line);

SAME_FUNCTION(xmlInitParser);
SAME_FUNCTION(xmlCreatePushParserCtxt);
SAME_FUNCTION(xmlCtxtUseOptions);
SAME_FUNCTION(xmlParseChunk);
SAME_FUNCTION(xmlFreeDoc);
SAME_FUNCTION(xmlFreeParserCtxt);
#if LIBXML_VERSION < 21200
// Its result has become const since, which no caller sees.
SAME_FUNCTION(xmlCtxtGetLastError);
#endif

_Static_assert(XML_PARSE_NOERROR == CDYNAMIC_XML_NOERROR, "XML_PARSE_NOERROR");
_Static_assert(XML_PARSE_NONET == CDYNAMIC_XML_NONET, "XML_PARSE_NONET");
_Static_assert(XML_SAX2_MAGIC == CDYNAMIC_XML_SAX2, "XML_SAX2_MAGIC");
