#pragma once

// libxml2's headers would bring in those of ICU, which Foundation has a copy of under another name: a compiler that sees both
// in one module refuses them ('UErrorCode' has different definitions in different modules). What depends on ICU is the
// inside of a character encoding handler, which nobody here looks into.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED

#include <libxml/parser.h>
#include <libxml/xmlerror.h>
