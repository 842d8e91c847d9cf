/// Where the components of a canonical http(s) URL lie, in bytes from its start.
///
///     https://user:pass@example.org:8443/path?query#fragment
///            |   |     |           |    |    |     |
///            |   |     hostStart   |    |    |     queryEnd
///            |   userEnd           |    |    pathEnd
///            schemeEnd + 3         |    pathStart
///                                  hostEnd
///
/// A component that is absent has no width, delimiters included, so that an empty query ("?") and none are told apart.
struct URLOffsets: Sendable, Hashable {
    /// The end of the user name; where there are no credentials the same as ``hostStart``.
    var userEnd: UInt32 = 0
    /// The start of the host, after any "@".
    var hostStart: UInt32 = 0
    /// The end of the host, before any ":".
    var hostEnd: UInt32 = 0
    /// The "/" every path starts with.
    var pathStart: UInt32 = 0
    /// The end of the path, before any "?".
    var pathEnd: UInt32 = 0
    /// The end of the query, before any "#".
    var queryEnd: UInt32 = 0

    /// The same components after `count` bytes before the host were taken out, and with them the credentials.
    func withoutCredentials(ofLength count: UInt32) -> URLOffsets {
        URLOffsets(
            userEnd: hostStart - count, hostStart: hostStart - count, hostEnd: hostEnd - count,
            pathStart: pathStart - count, pathEnd: pathEnd - count, queryEnd: queryEnd - count)
    }
}
