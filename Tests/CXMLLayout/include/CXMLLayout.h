#pragma once
// Nothing to call: the checks of XMLLayout.c are the compiler's.
