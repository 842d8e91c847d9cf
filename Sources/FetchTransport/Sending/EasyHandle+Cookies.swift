import CCurl
import FetchHTTP

/// Requests whose cookies libcurl keeps.
extension EasyHandle {
    /// The fields of a request without its Cookie, which libcurl joins with its own: there is one such field
    /// (RFC 6265 §5.4).
    func fieldsBesideCookies(of request: Request) -> HeaderFields {
        let fields = withCookieHost(request)
        var cookie: [UInt8] = []
        fields.forEachField { name, value in
            guard name.lowercased() == "cookie" else { return }
            cookie += (cookie.isEmpty ? [] : Array("; ".utf8)) + value
        }
        if cookie != appliedCookie {
            if cookie.isEmpty {
                ccurl_set_pointer(pointer, CURLOPT_COOKIE, nil)
            } else {
                (cookie + [0]).withUnsafeBytes { _ = ccurl_set_pointer(pointer, CURLOPT_COOKIE, $0.baseAddress) }
            }
            appliedCookie = cookie
        }
        return cookie.isEmpty ? fields : fields.filter { $0.lowercased() != "cookie" }
    }

    /// The fields of a request, with its `Host` in words once libcurl keeps another one.
    private func withCookieHost(_ request: Request) -> HeaderFields {
        guard CurlFaults.present.keepsCookieHost else { return request.headers }
        if request.headers.contains("host") { hasCookieHost = true }
        guard hasCookieHost, !request.headers.contains("host") else { return request.headers }
        var fields = request.headers
        fields.append("Host", String(request.url.origin.serialization.drop { $0 != "/" }.drop { $0 == "/" }))
        return fields
    }
}
