#pragma once
#include <libxml/xmlversion.h>
// encoding.h includes ICU's headers where libxml2 was built with it, and the compiler refuses a module beside Swift's own
// copy of ICU (which GRDB's Foundation brings). Nothing of ICU is in what we call.
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <libxml/xmlerror.h>
