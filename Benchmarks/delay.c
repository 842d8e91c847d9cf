// delay MS [BYTES]: answers every GET with 200 and a body (1 KiB) MS milliseconds after it came, on many thousands of
// connections at once, from one thread. nginx cannot wait, and of a server with a thread for each that would be measured.
//
// Prints its port; GET /count says how many answers were sent whole. Ends when its standard input does.
#define _GNU_SOURCE
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { QUESTION = 10, LISTENERS = 8 };

// A request is not kept: only its first bytes, and how much of the empty line at its end has been seen.
struct client {
    uint32_t life;
    int seen, ending;
    char start[QUESTION];
};

// All wait equally long, so the order of arrival is the order of answering, and a line is enough for a timer.
struct waiting {
    int64_t due;
    uint32_t life;
    int socket;
};

static struct client *clients;
static struct waiting *line;
static size_t first, last, room = 1 << 16;
static char *answer;
static size_t answer_length;
static long answered;
static int poller, most;

static int64_t microseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static void hang_up(int socket) {
    clients[socket].life++;
    close(socket);
}

// An answer fits a socket's buffer; a client that leaves it there is gone.
static void reply(int socket, const char *bytes, size_t length, int counts) {
    if (send(socket, bytes, length, MSG_NOSIGNAL) != (ssize_t)length) hang_up(socket);
    else answered += counts;
}

static void reply_count(int socket) {
    char number[32], text[160];
    int digits = snprintf(number, sizeof number, "%ld", answered);
    int length = snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", digits, number);
    reply(socket, text, (size_t)length, 0);
}

static void enqueue(int socket, int64_t due) {
    if (last - first == room) {
        struct waiting *wider = malloc(2 * room * sizeof *wider);
        if (!wider) exit(1);
        for (size_t offset = first; offset < last; offset++) wider[offset % (2 * room)] = line[offset % room];
        free(line);
        line = wider;
        room *= 2;
    }
    line[last++ % room] = (struct waiting){due, clients[socket].life, socket};
}

static void take(int socket, int64_t delay) {
    char bytes[4096];
    struct client *client = &clients[socket];
    ssize_t length = recv(socket, bytes, sizeof bytes, 0);
    if (length <= 0) {
        hang_up(socket);
        return;
    }
    uint32_t life = client->life;
    for (ssize_t offset = 0; offset < length && client->life == life; offset++) {
        char byte = bytes[offset];
        if (client->seen < QUESTION) client->start[client->seen++] = byte;
        client->ending = byte == "\r\n\r\n"[client->ending] ? client->ending + 1 : byte == '\r';
        if (client->ending < 4) continue;
        client->ending = client->seen = 0;
        if (!memcmp(client->start, "GET /count", QUESTION)) reply_count(socket);
        else if (delay) enqueue(socket, microseconds() + delay);
        else reply(socket, answer, answer_length, 1);
    }
}

static void watch(int socket) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = socket};
    epoll_ctl(poller, EPOLL_CTL_ADD, socket, &event);
}

static void welcome(int listener) {
    int socket, on = 1;
    while ((socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        if (socket >= most) {
            close(socket);
            continue;
        }
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        clients[socket].seen = clients[socket].ending = 0;
        watch(socket);
    }
}

int main(int count, char **words) {
    if (count < 2) return 2;
    int64_t delay = atol(words[1]) * 1000;
    size_t body = count > 2 ? (size_t)atol(words[2]) : 1024;
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    most = limit.rlim_cur > 200000 ? 200000 : (int)limit.rlim_cur;
    clients = calloc((size_t)most, sizeof *clients);
    line = malloc(room * sizeof *line);
    answer = malloc(body + 200);
    if (!clients || !line || !answer) return 1;
    answer_length = (size_t)sprintf(
        answer, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n\r\n", body);
    memset(answer + answer_length, 'x', body);
    answer_length += body;

    // A waiting line holds 4,096 connections (somaxconn); who finds it full tries again a second later. So there are eight.
    int listeners[LISTENERS], on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    poller = epoll_create1(0);
    for (int index = 0; index < LISTENERS; index++) {
        int listener = listeners[index] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        if (setsockopt(listener, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on)
            || bind(listener, (struct sockaddr *)&address, size) || listen(listener, 65535)
            || getsockname(listener, (struct sockaddr *)&address, &size)) {
            perror("delay");
            return 1;
        }
        watch(listener);
    }
    watch(STDIN_FILENO);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);

    struct epoll_event events[1024];
    for (;;) {
        int patience = -1;
        if (first != last) {
            int64_t rest = line[first % room].due - microseconds();
            patience = rest <= 0 ? 0 : (int)((rest + 999) / 1000);
        }
        int ready = epoll_wait(poller, events, 1024, patience);
        for (int index = 0; index < ready; index++) {
            int socket = events[index].data.fd;
            if (socket == STDIN_FILENO) return 0;
            if (socket <= listeners[LISTENERS - 1]) welcome(socket);
            else take(socket, delay);
        }
        int64_t now = first != last ? microseconds() : 0;
        for (; first != last && line[first % room].due <= now; first++) {
            struct waiting next = line[first % room];
            if (clients[next.socket].life == next.life) reply(next.socket, answer, answer_length, 1);
        }
    }
}
