import FetchHTTP
import CCurl

/// The cookies that all handles of a loop share. Everything happens on the loop's thread, so no locks are needed.
struct CurlShare {
    let pointer: UnsafeMutableRawPointer
    private let keeper: UnsafeMutableRawPointer

    /// Reads the cookie file, if there is one.
    init?(options: NetworkOptions) {
        guard let pointer = ccurl_share_init(), let keeper = ccurl_easy_init() else { return nil }
        self.pointer = UnsafeMutableRawPointer(pointer)
        self.keeper = keeper
        ccurl_share_set_data(pointer, CURL_LOCK_DATA_COOKIE)
        ccurl_set_pointer(keeper, CURLOPT_SHARE, pointer)
        ccurl_set_string(keeper, CURLOPT_COOKIEFILE, options.cookieFile ?? "")
        // A file of COOKIEFILE is only read at the first transfer, unless it is requested.
        ccurl_set_string(keeper, CURLOPT_COOKIELIST, "RELOAD")
        if let jar = options.cookieJar { ccurl_set_string(keeper, CURLOPT_COOKIEJAR, jar) }
    }

    /// Writes the cookie jar, if there is one, and frees everything.
    func free() {
        ccurl_easy_cleanup(keeper)
        ccurl_share_cleanup(pointer)
    }
}
