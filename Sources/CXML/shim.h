#pragma once
// Debian's libxml2 pulls ICU's headers in; in one module with Foundation, which brings its own ICU, their enums clash.
// Nothing here uses them.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <libxml/xmlerror.h>
