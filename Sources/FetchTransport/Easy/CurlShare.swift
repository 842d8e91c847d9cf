import FetchHTTP
import CCurl
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The cookies that all handles of a loop share. Everything happens on the loop's thread, so no locks are needed.
struct CurlShare {
    let pointer: UnsafeMutableRawPointer
    private let keeper: UnsafeMutableRawPointer
    /// The file that receives the cookies at the end.
    private let jar: String?

    /// Reads the cookie file, if there is one.
    init?(options: NetworkOptions) {
        guard let pointer = ccurl_share_init(), let keeper = ccurl_easy_init() else { return nil }
        self.pointer = UnsafeMutableRawPointer(pointer)
        self.keeper = keeper
        jar = options.cookieJar
        ccurl_share_set_data(pointer, CURL_LOCK_DATA_COOKIE)
        // Another handle reads the file than the one that writes the jar: before 8.0.0 libcurl reads all files of a handle
        // again before it writes, so that cookies return that a server has removed
        // (https://github.com/curl/curl/issues/10677).
        if let file = options.cookieFile, let reader = ccurl_easy_init() {
            ccurl_set_pointer(reader, CURLOPT_SHARE, pointer)
            ccurl_set_string(reader, CURLOPT_COOKIEFILE, file)
            if options.details?.dropsSessionCookies == true { ccurl_set_long(reader, CURLOPT_COOKIESESSION, 1) }
            // It is only read at the first transfer, unless it is requested.
            ccurl_set_string(reader, CURLOPT_COOKIELIST, "RELOAD")
            ccurl_easy_cleanup(reader)
        }
        ccurl_set_pointer(keeper, CURLOPT_SHARE, pointer)
        ccurl_set_string(keeper, CURLOPT_COOKIEFILE, "")
        if let file = options.cookieFile, !Self.isRegular(file) { dropCookiesOfAllHosts() }
    }

    /// Whether a file was checked before (``CookieFile``); a pipe cannot be.
    private static func isRegular(_ path: String) -> Bool { (try? Stat(path))?.type == .regular }

    /// Drops cookies without a domain, which libcurl sends to every host. 7.88.1 lists all others, and they are read again.
    private func dropCookiesOfAllHosts() {
        let lines = cookies
        ccurl_set_string(keeper, CURLOPT_COOKIELIST, "ALL")
        for line in lines {
            let isHTTPOnly = line.starts(with: "#HttpOnly_".utf8)
            let domain = line[(isHTTPOnly ? "#HttpOnly_".utf8.count : 0)...].prefix { $0 != 0x09 }
            if domain.isEmpty || domain.elementsEqual(".".utf8) { continue }
            (line + [0]).withUnsafeBytes { _ = ccurl_set_pointer(keeper, CURLOPT_COOKIELIST, $0.baseAddress) }
        }
    }

    /// Writes the cookie jar, if there is one, and frees everything.
    ///
    /// - Returns: Why it could not be written.
    func free() -> FetchError? {
        defer {
            ccurl_easy_cleanup(keeper)
            ccurl_share_cleanup(pointer)
        }
        guard let jar else { return nil }
        do throws(FetchError) {
            try CookieJar.write(cookies, to: jar)
            return nil
        } catch {
            return error
        }
    }

    /// A line of a Netscape cookie file for each cookie.
    private var cookies: [[UInt8]] {
        let list = ccurl_get_list(keeper, CURLINFO_COOKIELIST)
        defer { ccurl_list_free(list) }
        var lines: [[UInt8]] = []
        var node = list
        while let current = node {
            if let text = current.pointee.data {
                lines.append(Array(UnsafeRawBufferPointer(start: text, count: strlen(text))))
            }
            node = current.pointee.next
        }
        return lines
    }
}
