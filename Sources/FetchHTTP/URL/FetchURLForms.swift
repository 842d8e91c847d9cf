import FetchSystem

/// The forms of a URL that omit something, for comparing, sending and printing.
extension FetchURL {
    /// scheme://host[:port] without credentials: security is decided on it (WHATWG URL §4.7).
    public var origin: Origin {
        Origin(serialization: join(offsets.hostStart, offsets.pathStart))
    }

    /// host:port, always with the port: pace is decided on it.
    package var authority: Authority {
        let authority = slice(offsets.hostStart, offsets.pathStart)
        return Authority(offsets.hostEnd == offsets.pathStart ? authority + ":\(scheme.defaultPort)" : authority)
    }

    /// Whether scheme, credentials, host and port of two URLs are equal.
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

    /// ``href`` without credentials and fragment, for libcurl (RFC 9110 §4.2.4 and §7.1).
    public var requestString: String {
        guard hasCredentials || offsets.queryEnd < length else { return href }
        return join(offsets.hostStart, offsets.queryEnd)
    }

    /// The offset of the request target in ``href``, if nothing follows it and no credentials precede it: then ``href``
    /// can be used in place.
    package var plainPathStart: Int? {
        hasCredentials || offsets.queryEnd < length ? nil : Int(offsets.pathStart)
    }

    /// ``href`` with any password replaced by `***`: the only form that is printed or stored (RFC 9110 §4.2.4).
    ///
    /// A user name without a password may be a token, as in `https://TOKEN@host/`, and is hidden too.
    public var redacted: String {
        guard hasCredentials else { return href }
        let user = hasPassword ? username + ":***@" : "***@"
        return slice(0, authorityStart) + user + slice(offsets.hostStart, length)
    }

    /// The same URL without user name and password.
    public var withoutCredentials: FetchURL {
        guard hasCredentials else { return self }
        return FetchURL(
            href: join(offsets.hostStart, length),
            offsets: offsets.withoutCredentials(ofLength: offsets.hostStart - authorityStart))
    }

    /// The same URL with the fragment of another one, unless it has one, or would become too long.
    func inheritingFragment(of other: FetchURL) -> FetchURL {
        guard offsets.queryEnd == length, other.offsets.queryEnd < other.length else { return self }
        let text = href + other.slice(other.offsets.queryEnd, other.length)
        return text.utf8.count > Self.maximumLength ? self : FetchURL(href: text, offsets: offsets)
    }

    /// The same URL with the user name and password of another one, which has some.
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
