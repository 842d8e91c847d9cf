import CCurl

/// Faults of libcurl that a server can reach, by the versions that have them. A workaround is in force only there.
struct CurlFaults: Equatable, Sendable {
    /// Whether a handle that was used before writes through a freed pointer when the first field line of a header begins
    /// with a blank. libcurl appends such a line to the last field that it stored, and from 7.83.0 to 8.0.1 the pointer to
    /// that one (`state.prevhead`) outlives it. https://github.com/curl/curl/issues/11101, fixed in 8.1.0.
    let writesThroughFreedField: Bool
    /// Whether an idle connection with unread bytes counts as alive, so that the next request takes what a response left
    /// behind for its own. https://github.com/curl/curl/pull/10690, fixed in 8.0.0.
    let reusesUncleanConnection: Bool
    /// Whether a response that calls itself HTTP/2 makes libcurl send several requests on an HTTP/1 connection at a time, so
    /// that their responses are mixed up. https://github.com/curl/curl/pull/13421, fixed in 8.8.0.
    let multiplexesHTTP1: Bool
    /// Whether `CURLINFO_OS_ERRNO` is that of an earlier transfer where this one had no error of the system.
    /// https://github.com/curl/curl/pull/13574, fixed in 8.8.0.
    let keepsSystemError: Bool
    /// Whether the host of a `Host` field that the user gave stays with the handle: the cookies of that host are sent with
    /// later requests to others. Fixed in 8.20.0 ("urldata: move cookiehost to struct SingleRequest", CVE-2026-6276).
    let keepsCookieHost: Bool

    /// The faults of a version.
    ///
    /// - Parameter version: `curl_version_info`'s `version_num`: 0xXXYYZZ for X.Y.Z.
    init(version: UInt32) {
        writesThroughFreedField = (0x07_53_00..<0x08_01_00).contains(version)
        reusesUncleanConnection = version < 0x08_00_00
        multiplexesHTTP1 = version < 0x08_08_00
        keepsSystemError = version < 0x08_08_00
        keepsCookieHost = version < 0x08_14_00
    }

    /// Whether each request must look at its connection before it is sent.
    var checksConnections: Bool { reusesUncleanConnection || multiplexesHTTP1 }

    /// Those of the libcurl that this process runs with.
    static let present = CurlFaults(version: ccurl_version()?.pointee.version_num ?? 0)
}
