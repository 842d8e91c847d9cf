import CCurl

/// Faults of libcurl that a server can reach, by the versions that have them. A workaround is in force only there.
struct CurlFaults: Equatable, Sendable {
    /// Whether a handle that was used before writes through a freed pointer when the first field line of a header begins
    /// with a blank. libcurl appends such a line to the last field that it stored, and from 7.83.0 to 8.0.1 the pointer to
    /// that one (`state.prevhead`) outlives it. https://github.com/curl/curl/issues/11101, fixed in 8.1.0.
    let writesThroughFreedField: Bool

    /// The faults of a version.
    ///
    /// - Parameter version: `curl_version_info`'s `version_num`: 0xXXYYZZ for X.Y.Z.
    init(version: UInt32) {
        writesThroughFreedField = (0x07_53_00..<0x08_01_00).contains(version)
    }

    /// Those of the libcurl that this process runs with.
    static let present = CurlFaults(version: ccurl_version()?.pointee.version_num ?? 0)
}
