import CCurl

/// Facts about the libcurl that this process runs with.
package enum CurlLibrary {
    /// Its version and those of the libraries below it that HTTP needs, as `curl --version` shows them:
    /// `libcurl/7.88.1 OpenSSL/3.0.19 zlib/1.2.13 libidn2/2.3.3 nghttp2/1.52.0`.
    package static var version: String {
        // Not curl_version(), which starts LDAP to ask for its version; that loads the plug-ins of SASL and takes 3 ms.
        guard let info = ccurl_version()?.pointee else { return "libcurl" }
        var parts = ["libcurl/" + text(info.version)]
        if let ssl = info.ssl_version { parts.append(text(ssl)) }
        if let zlib = info.libz_version { parts.append("zlib/" + text(zlib)) }
        if let idn = info.libidn { parts.append("libidn2/" + text(idn)) }
        if let nghttp2 = info.nghttp2_version { parts.append("nghttp2/" + text(nghttp2)) }
        return parts.joined(separator: " ")
    }

    /// Makes libcurl's global state, once; every ``TransferLoop`` asks for it. It is never torn down: other threads may still
    /// be in it at exit.
    ///
    /// - Returns: Whether libcurl could start.
    static func start() -> Bool { started }

    private static let started: Bool = ccurl_global_init() == CURLE_OK

    private static func text(_ text: UnsafePointer<CChar>?) -> String { text.map { String(cString: $0) } ?? "" }
}
