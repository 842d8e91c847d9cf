/// The offsets of the components of a canonical http(s) URL, in bytes from its start.
///
///     https://user:pass@example.org:8443/path?query#fragment
///            |   |     |           |    |    |     |
///            |   |     hostStart   |    |    |     queryEnd
///            |   userEnd           |    |    pathEnd
///            schemeEnd + 3         |    pathStart
///                                  hostEnd
///
/// An absent component has no width, delimiters included, so that an empty query ("?") and no query are different.
struct URLOffsets: Sendable, Hashable {
    /// The end of the user name; equal to ``hostStart`` without credentials.
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

    /// The same components after `count` bytes before the host, and with them the credentials, were removed.
    func withoutCredentials(ofLength count: UInt32) -> URLOffsets {
        URLOffsets(
            userEnd: hostStart - count, hostStart: hostStart - count, hostEnd: hostEnd - count,
            pathStart: pathStart - count, pathEnd: pathEnd - count, queryEnd: queryEnd - count)
    }
}
