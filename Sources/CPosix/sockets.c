#include "CPosix.h"
#include <netinet/in.h>
#include <sys/socket.h>
#ifdef __linux__
// Not netinet/tcp.h, whose struct tcp_info ends before tcpi_bytes_received; the two cannot be included together.
#include <linux/tcp.h>
#include <stddef.h>

_Static_assert(sizeof(((struct tcp_info *)0)->tcpi_bytes_received) == sizeof(int64_t), "the count has 64 bits");
#endif

int64_t cposix_received_bytes(int socket) {
#ifdef __linux__
    struct tcp_info info;
    socklen_t size = sizeof info;
    // An older kernel fills in less.
    const socklen_t enough = offsetof(struct tcp_info, tcpi_bytes_received) + sizeof info.tcpi_bytes_received;
    if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 || size < enough) return -1;
    return (int64_t)info.tcpi_bytes_received;
#else
    (void)socket;
    return -1;
#endif
}

int cposix_local_port(int socket) {
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    if (getsockname(socket, (struct sockaddr *)&address, &size) != 0) return 0;
    if (address.ss_family == AF_INET) return ntohs(((struct sockaddr_in *)&address)->sin_port);
    return address.ss_family == AF_INET6 ? ntohs(((struct sockaddr_in6 *)&address)->sin6_port) : 0;
}

int cposix_is_readable(int socket) {
    char byte;
    return recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0;
}
