#pragma once
#include <curl/curl.h>
#include <dlfcn.h>

// curl_easy_setopt, curl_multi_setopt, curl_share_setopt and curl_easy_getinfo are variadic, which Swift does not
// import. One wrapper per C argument type; the parentheses skip curl's type-checking macros, so that the option is a
// plain value. A function and its data pointer are always set together and so are never out of step.

typedef size_t (*ccurl_data_function)(char *bytes, size_t size, size_t count, void *transfer);
typedef int (*ccurl_socket_function)(CURL *easy, curl_socket_t socket, int what, void *shard, void *unused);
typedef int (*ccurl_timer_function)(CURLM *multi, long milliseconds, void *shard);
typedef curl_socket_t (*ccurl_open_function)(void *agent, curlsocktype purpose, struct curl_sockaddr *address);
typedef int (*ccurl_close_function)(void *agent, curl_socket_t socket);

static inline CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value) {
    return (curl_easy_setopt)(easy, option, value);
}

static inline CURLcode ccurl_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return (curl_easy_setopt)(easy, option, value);
}

/// The string is copied by libcurl, except for CURLOPT_POSTFIELDS.
static inline CURLcode ccurl_set_string(CURL *easy, CURLoption option, const char *value) {
    return (curl_easy_setopt)(easy, option, value);
}

/// The pointed-to object must outlive its use by libcurl.
static inline CURLcode ccurl_set_pointer(CURL *easy, CURLoption option, const void *value) {
    return (curl_easy_setopt)(easy, option, value);
}

static inline CURLcode ccurl_set_write_function(CURL *easy, ccurl_data_function function, void *transfer) {
    (curl_easy_setopt)(easy, CURLOPT_WRITEDATA, transfer);
    return (curl_easy_setopt)(easy, CURLOPT_WRITEFUNCTION, function);
}

static inline CURLcode ccurl_set_header_function(CURL *easy, ccurl_data_function function, void *transfer) {
    (curl_easy_setopt)(easy, CURLOPT_HEADERDATA, transfer);
    return (curl_easy_setopt)(easy, CURLOPT_HEADERFUNCTION, function);
}

static inline CURLcode ccurl_set_socket_functions(
    CURL *easy, ccurl_open_function open, ccurl_close_function close, void *agent) {
    (curl_easy_setopt)(easy, CURLOPT_OPENSOCKETDATA, agent);
    (curl_easy_setopt)(easy, CURLOPT_OPENSOCKETFUNCTION, open);
    (curl_easy_setopt)(easy, CURLOPT_CLOSESOCKETDATA, agent);
    return (curl_easy_setopt)(easy, CURLOPT_CLOSESOCKETFUNCTION, close);
}

static inline CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return (curl_multi_setopt)(multi, option, value);
}

static inline CURLMcode ccurl_multi_set_functions(
    CURLM *multi, ccurl_socket_function socket, ccurl_timer_function timer, void *shard) {
    (curl_multi_setopt)(multi, CURLMOPT_SOCKETDATA, shard);
    (curl_multi_setopt)(multi, CURLMOPT_SOCKETFUNCTION, socket);
    (curl_multi_setopt)(multi, CURLMOPT_TIMERDATA, shard);
    return (curl_multi_setopt)(multi, CURLMOPT_TIMERFUNCTION, timer);
}

static inline CURLSHcode ccurl_share_set_data(CURLSH *share, curl_lock_data data) {
    return (curl_share_setopt)(share, CURLSHOPT_SHARE, data);
}

static inline long ccurl_get_long(CURL *easy, CURLINFO info) {
    long value = 0;
    (curl_easy_getinfo)(easy, info, &value);
    return value;
}

static inline curl_off_t ccurl_get_offset(CURL *easy, CURLINFO info) {
    curl_off_t value = 0;
    (curl_easy_getinfo)(easy, info, &value);
    return value;
}

/// The result belongs to the easy handle and lives until its next use; NULL when there is none.
static inline const char *ccurl_get_string(CURL *easy, CURLINFO info) {
    const char *value = 0;
    (curl_easy_getinfo)(easy, info, &value);
    return value;
}

static inline void *ccurl_get_private(CURL *easy) {
    char *value = 0;
    (curl_easy_getinfo)(easy, CURLINFO_PRIVATE, &value);
    return value;
}

/// CURLMsg.data is a union, which Swift sees without its members' meaning.
static inline CURLcode ccurl_message_result(const CURLMsg *message) {
    return message->data.result;
}

/// The names and versions of libcurl and what is below it, without starting anything.
static inline const curl_version_info_data *ccurl_version(void) {
    return curl_version_info(CURLVERSION_NOW);
}

/// curl_global_init, with the memory of mimalloc where that is installed: a request takes some 45 pieces of memory from
/// libcurl, and glibc's allocator spends a tenth of all instructions on them.
static inline CURLcode ccurl_global_init(void) {
#if defined(__linux__)
    void *library = dlopen("libmimalloc.so.2", RTLD_NOW | RTLD_LOCAL);
    if (library) {
        curl_malloc_callback take = (curl_malloc_callback)dlsym(library, "mi_malloc");
        curl_free_callback give_back = (curl_free_callback)dlsym(library, "mi_free");
        curl_realloc_callback resize = (curl_realloc_callback)dlsym(library, "mi_realloc");
        curl_strdup_callback copy = (curl_strdup_callback)dlsym(library, "mi_strdup");
        curl_calloc_callback take_zeroed = (curl_calloc_callback)dlsym(library, "mi_calloc");
        if (take && give_back && resize && copy && take_zeroed)
            return curl_global_init_mem(CURL_GLOBAL_ALL, take, give_back, resize, copy, take_zeroed);
    }
#endif
    return curl_global_init(CURL_GLOBAL_ALL);
}
