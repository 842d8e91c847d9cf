#pragma once
// For the package's name and the Mac's linker: CDynamic includes the headers.
