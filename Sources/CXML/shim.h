#pragma once
// For the flags that pkg-config knows: Tests/CXMLLayout includes the headers.
