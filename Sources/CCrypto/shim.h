#pragma once
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

/// HMAC with SHA-256 and a key, ready for a message; NULL where memory is short. A parameter's text is not const, which
/// Swift cannot express.
static inline EVP_MAC_CTX *ccrypto_hmac_sha256(EVP_MAC *hmac, const unsigned char *key, size_t size) {
    char digest[] = "SHA2-256";
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_construct_end(),
    };
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(hmac);
    if (context && EVP_MAC_init(context, key, size, parameters) == 1) return context;
    EVP_MAC_CTX_free(context);
    return NULL;
}
