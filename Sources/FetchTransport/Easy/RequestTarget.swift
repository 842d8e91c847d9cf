import FetchHTTP
import CCurl

/// Gives libcurl a URL in two parts: the origin, parsed once by the loop, and the request target, byte for byte as in
/// ``FetchURL``. libcurl's own parsing of each URL takes 18 % of a small request's instructions (docs/benchmarks.md),
/// and it would write percent-encoded bytes in lower case.
struct RequestTarget {
    private let easy: UnsafeMutableRawPointer
    /// The origin whose parsed URL the handle points to, and which must live as long.
    private var applied: KnownOrigin?

    /// For an easy handle without proxy and cookies.
    init(easy: UnsafeMutableRawPointer) { self.easy = easy }

    /// Sets the URL; returns false, with nothing set, if it cannot be set in this way.
    mutating func set(_ url: FetchURL, of origin: KnownOrigin) -> Bool {
        guard let pathStart = url.plainPathStart else {
            reset()
            return false
        }
        return url.href.withCString { text in
            if applied !== origin {
                guard let parsed = origin.parsed(text, pathStart) else {
                    reset()
                    return false
                }
                applied = origin
                ccurl_set_pointer(easy, CURLOPT_CURLU, UnsafeRawPointer(parsed))
            }
            ccurl_set_string(easy, CURLOPT_REQUEST_TARGET, text + pathStart)
            return true
        }
    }

    private mutating func reset() {
        guard applied != nil else { return }
        applied = nil
        ccurl_set_pointer(easy, CURLOPT_CURLU, nil)
        ccurl_set_pointer(easy, CURLOPT_REQUEST_TARGET, nil)
    }
}
