#pragma once
// Without it curl.h hides the four variadic functions behind macros that want the option as a constant.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <stdio.h>
#include <dlfcn.h>
#ifndef RTLD_DEFAULT
// glibc hides it behind _GNU_SOURCE.
#define RTLD_DEFAULT ((void *)0)
#endif

// curl_easy_setopt, curl_multi_setopt, curl_share_setopt and curl_easy_getinfo are variadic, which Swift does not
// import. One wrapper per C argument type. A function and its data pointer are always set together and so are never out
// of step.

typedef size_t (*ccurl_data_function)(char *bytes, size_t size, size_t count, void *transfer);
typedef int (*ccurl_socket_function)(CURL *easy, curl_socket_t socket, int what, void *shard, void *unused);
typedef int (*ccurl_seek_function)(void *stream, curl_off_t offset, int origin);
typedef int (*ccurl_timer_function)(CURLM *multi, long milliseconds, void *shard);
typedef curl_socket_t (*ccurl_open_function)(void *agent, curlsocktype purpose, struct curl_sockaddr *address);
typedef int (*ccurl_close_function)(void *agent, curl_socket_t socket);

static inline CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

/// The string is copied by libcurl, except for CURLOPT_POSTFIELDS.
static inline CURLcode ccurl_set_string(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

/// The pointed-to object must outlive its use by libcurl.
static inline CURLcode ccurl_set_pointer(CURL *easy, CURLoption option, const void *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_write_function(CURL *easy, ccurl_data_function function, void *transfer) {
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    return curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, function);
}

static inline CURLcode ccurl_set_header_function(CURL *easy, ccurl_data_function function, void *transfer) {
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    return curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, function);
}

static inline CURLcode ccurl_set_read_functions(
    CURL *easy, ccurl_data_function read, ccurl_seek_function seek, void *stream) {
    curl_easy_setopt(easy, CURLOPT_READDATA, stream);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, read);
    curl_easy_setopt(easy, CURLOPT_SEEKDATA, stream);
    return curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, seek);
}

static inline CURLcode ccurl_set_socket_functions(
    CURL *easy, ccurl_open_function open, ccurl_close_function close, void *agent) {
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, agent);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, agent);
    return curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, close);
}

/// Makes libcurl tell the function what it does; see CURLOPT_DEBUGFUNCTION. In 7.88.1 the requests of CURLOPT_DOH_URL do not
/// have the function, but say as much, with their credentials: it goes to the sink.
static inline CURLcode ccurl_set_debug_function(CURL *easy, curl_debug_callback function, void *transfer, FILE *sink) {
    curl_easy_setopt(easy, CURLOPT_STDERR, sink);
    curl_easy_setopt(easy, CURLOPT_DEBUGDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, function);
    return curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
}

/// Called before each request is sent, on a new connection or a reused one; see CURLOPT_PREREQFUNCTION (since 7.80.0).
static inline CURLcode ccurl_set_before_function(CURL *easy, curl_prereq_callback before, void *transfer) {
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
    return curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, before);
}

/// Called whenever bytes have arrived, also of a body that libcurl drops; see CURLOPT_XFERINFOFUNCTION. Not 0 ends the transfer.
static inline CURLcode ccurl_set_progress_function(CURL *easy, curl_xferinfo_callback progress, void *transfer) {
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, transfer);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, progress);
    return curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
}

static inline CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

static inline CURLMcode ccurl_multi_set_functions(
    CURLM *multi, ccurl_socket_function socket, ccurl_timer_function timer, void *shard) {
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, shard);
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, socket);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, shard);
    return curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, timer);
}

static inline CURLSHcode ccurl_share_set_data(CURLSH *share, curl_lock_data data) {
    return curl_share_setopt(share, CURLSHOPT_SHARE, data);
}

static inline long ccurl_get_long(CURL *easy, CURLINFO info) {
    long value = 0;
    curl_easy_getinfo(easy, info, &value);
    return value;
}

static inline curl_off_t ccurl_get_offset(CURL *easy, CURLINFO info) {
    curl_off_t value = 0;
    curl_easy_getinfo(easy, info, &value);
    return value;
}

/// The caller frees the list; NULL when there is none.
static inline struct curl_slist *ccurl_get_list(CURL *easy, CURLINFO info) {
    struct curl_slist *value = 0;
    curl_easy_getinfo(easy, info, &value);
    return value;
}

/// The result belongs to the easy handle and lives until its next use; NULL when there is none.
static inline const char *ccurl_get_string(CURL *easy, CURLINFO info) {
    const char *value = 0;
    curl_easy_getinfo(easy, info, &value);
    return value;
}

/// OpenSSL's session of the handle's connection; NULL without TLS and with another TLS library.
static inline void *ccurl_openssl(CURL *easy) {
    struct curl_tlssessioninfo *session = 0;
    if (curl_easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &session) != CURLE_OK || !session) return 0;
    return session->backend == CURLSSLBACKEND_OPENSSL ? session->internals : 0;
}

/// A function of the TLS library, which is libcurl's own: it is looked up once among what is loaded.
static inline void *ccurl_tls_function(void **known, const char *name) {
    void *function = __atomic_load_n(known, __ATOMIC_RELAXED);
    if (!function) {
        function = dlsym(RTLD_DEFAULT, name);
        __atomic_store_n(known, function, __ATOMIC_RELAXED);
    }
    return function;
}

/// Whether the TLS library has bytes of the handle's connection that libcurl has not read.
static inline int ccurl_has_decrypted_bytes(CURL *easy) {
    static void *known;
    void *ssl = ccurl_openssl(easy);
    if (!ssl) return 0;
    int (*pending)(const void *) = (int (*)(const void *))ccurl_tls_function(&known, "SSL_pending");
    return pending && pending(ssl) > 0;
}

/// What the TLS handshake of the handle's connection has agreed on (ALPN): 2 for HTTP/2, 1 for anything else or nothing;
/// 0 if it is unknown.
static inline int ccurl_negotiated_http(CURL *easy) {
    static void *known;
    void *ssl = ccurl_openssl(easy);
    if (!ssl) return 0;
    void (*selected)(const void *, const unsigned char **, unsigned int *) =
        (void (*)(const void *, const unsigned char **, unsigned int *))ccurl_tls_function(
            &known, "SSL_get0_alpn_selected");
    if (!selected) return 0;
    const unsigned char *name = 0;
    unsigned int length = 0;
    selected(ssl, &name, &length);
    return length == 2 && name[0] == 'h' && name[1] == '2' ? 2 : 1;
}

static inline void *ccurl_get_private(CURL *easy) {
    char *value = 0;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &value);
    return value;
}

/// CURLMsg.data is a union, which Swift sees without its members' meaning.
static inline CURLcode ccurl_message_result(const CURLMsg *message) {
    return message->data.result;
}

/// The names and versions of libcurl and what is below it, without starting anything.
static inline const curl_version_info_data *ccurl_version(void) { return curl_version_info(CURLVERSION_NOW); }

/// curl_global_init with everything that libcurl may need.
static inline CURLcode ccurl_global_init(void) { return curl_global_init(CURL_GLOBAL_ALL); }

static inline CURL *ccurl_easy_init(void) { return curl_easy_init(); }

static inline void ccurl_easy_cleanup(CURL *easy) { curl_easy_cleanup(easy); }

static inline const char *ccurl_easy_strerror(CURLcode code) { return curl_easy_strerror(code); }

static inline CURLM *ccurl_multi_init(void) { return curl_multi_init(); }

static inline void ccurl_multi_cleanup(CURLM *multi) { curl_multi_cleanup(multi); }

static inline CURLMcode ccurl_multi_add(CURLM *multi, CURL *easy) {
    return curl_multi_add_handle(multi, easy);
}

static inline void ccurl_multi_remove(CURLM *multi, CURL *easy) {
    curl_multi_remove_handle(multi, easy);
}

static inline void ccurl_multi_act(CURLM *multi, curl_socket_t socket, int events) {
    int running = 0;
    curl_multi_socket_action(multi, socket, events, &running);
}

static inline const CURLMsg *ccurl_multi_next_message(CURLM *multi) {
    int left = 0;
    return curl_multi_info_read(multi, &left);
}

static inline CURLSH *ccurl_share_init(void) { return curl_share_init(); }

static inline void ccurl_share_cleanup(CURLSH *share) { curl_share_cleanup(share); }

static inline struct curl_slist *ccurl_list_append(struct curl_slist *list, const char *text) {
    return curl_slist_append(list, text);
}

static inline void ccurl_list_free(struct curl_slist *list) { curl_slist_free_all(list); }

static inline CURLU *ccurl_url_init(void) { return curl_url(); }

static inline void ccurl_url_cleanup(CURLU *url) { curl_url_cleanup(url); }

static inline CURLUcode ccurl_url_set(CURLU *url, CURLUPart part, const char *text) {
    return curl_url_set(url, part, text, 0);
}
