/// The forms of a URL that leave something out: what is compared, sent and printed.
extension FetchURL {
    /// scheme://host[:port], no credentials: what security decides on (WHATWG URL §4.7).
    public var origin: Origin {
        Origin(serialization: join(offsets.hostStart, offsets.pathStart))
    }

    /// host:port, the port always there: what pace decides on.
    public var authority: Authority {
        let authority = slice(offsets.hostStart, offsets.pathStart)
        return Authority(offsets.hostEnd == offsets.pathStart ? authority + ":\(scheme.defaultPort)" : authority)
    }

    /// Whether scheme, credentials, host and port of two URLs are written alike.
    func hasSameOrigin(as other: FetchURL) -> Bool {
        let end = Int(offsets.pathStart)
        guard offsets.pathStart == other.offsets.pathStart, offsets.hostStart == other.offsets.hostStart else {
            return false
        }
        return href.utf8.withContiguousStorageIfAvailable { mine in
            other.href.utf8.withContiguousStorageIfAvailable { PlainRun.areEqual(mine, $0, count: end) } ?? false
        } ?? false
    }

    /// path[?query], as sent in a request line (RFC 9112 §3.2.1, origin-form).
    public var requestTarget: String { slice(offsets.pathStart, offsets.queryEnd) }

    /// ``href`` without credentials and fragment: what libcurl gets (RFC 9110 §4.2.4 and §7.1).
    public var requestString: String {
        guard hasCredentials || offsets.queryEnd < length else { return href }
        return join(offsets.hostStart, offsets.queryEnd)
    }

    /// Where the request target starts in ``href``, if nothing but it comes behind and no credentials before: then
    /// ``href`` can be used in place.
    var plainPathStart: Int? {
        hasCredentials || offsets.queryEnd < length ? nil : Int(offsets.pathStart)
    }

    /// ``href`` with any password as `***`: the only form that is printed or stored (RFC 9110 §4.2.4).
    ///
    /// A user name without a password may be a token, as in `https://TOKEN@host/`, and is hidden as well.
    public var redacted: String {
        guard hasCredentials else { return href }
        let user = hasPassword ? username + ":***@" : "***@"
        return slice(0, authorityStart) + user + slice(offsets.hostStart, length)
    }

    /// The same URL without user and password.
    public var withoutCredentials: FetchURL {
        guard hasCredentials else { return self }
        return FetchURL(
            href: join(offsets.hostStart, length),
            offsets: offsets.withoutCredentials(ofLength: offsets.hostStart - authorityStart))
    }

    /// The same URL with the user and password of another, which has some.
    func withCredentials(of other: FetchURL) -> FetchURL {
        let plain = withoutCredentials
        let userinfo = other.slice(other.authorityStart, other.offsets.hostStart)
        let text = plain.slice(0, plain.authorityStart) + userinfo + plain.slice(plain.authorityStart, plain.length)
        return FetchURL(text) ?? plain
    }

    /// The scheme with "://", and the bytes from one offset to another.
    private func join(_ start: UInt32, _ end: UInt32) -> String {
        start == authorityStart ? slice(0, end) : slice(0, authorityStart) + slice(start, end)
    }
}
