#pragma once

// Swift's Glibc module leaves these headers out. Other systems have neither and use poll(2).
#ifdef __linux__
#include <sys/epoll.h>
#include <sys/eventfd.h>
#endif
