package import FetchHTTP

/// What the end of a request says about its whole server, not only about its URL. The pace of an authority and the
/// crawl of an origin decide by it.
package enum ServerCondition: Sendable, Hashable {
    /// It refuses requests that come too fast (429, RFC 6585 §4).
    case limiting
    /// It has too much to do (503, RFC 9110 §15.6.4; a GOAWAY).
    case overloaded
    /// It cannot be reached.
    case unreachable

    /// The condition that the status of a response shows; nil if it shows none.
    init?(status: Int) {
        switch status {
        case 429: self = .limiting
        case 503: self = .overloaded
        default: return nil
        }
    }

    /// The condition that the error of a hop without response shows; nil if it shows none.
    init?(_ error: FetchError) {
        switch error.kind {
        case .connectionRefused, .connectTimedOut, .nameNotResolved: self = .unreachable
        // A GOAWAY, also after another connection. libcurl does not distinguish ENHANCE_YOUR_CALM:
        // https://github.com/curl/curl/issues/5119
        case .protocolError where error.curlCode == .http2: self = .overloaded
        default: return nil
        }
    }

    /// The condition that an outcome shows, also one that ``AuthorityPace`` refused; nil if it shows none.
    package init?(_ outcome: Outcome) {
        if let status = outcome.response?.status {
            self.init(status: status)
        } else if let error = outcome.error {
            if case .hostDown = error.kind { self = .unreachable } else { self.init(error) }
        } else {
            return nil
        }
    }
}
