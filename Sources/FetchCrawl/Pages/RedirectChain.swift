import FetchHTTP

/// The redirects that led to a URL. A redirect that leads back to a URL of its own chain is the next hop of the same
/// visit: the page is asked for again, as browsers do. Pure.
///
/// A site that sets a cookie and redirects to the same URL (a "cookie wall") expects that, and so does one that corrects
/// a spelling: `/%7Eme/` and `/~me/` are one URL of the crawl, but not of the server. Whether a URL is known already is a
/// question about links only. A chain without end is `too-many-redirects`.
struct RedirectChain: Sendable {
    /// The fingerprints of the URLs of the chain, with the current one.
    private(set) var fingerprints: [UInt64]
    /// The number of redirects so far.
    private(set) var followed: Int
    /// The maximum number of redirects; nil to follow none.
    private let maximum: Int?

    /// The chain of a URL.
    ///
    /// - Parameters:
    ///   - url: The URL.
    ///   - earlier: The fingerprints of the URLs that redirected to it, as far as they are known.
    ///   - maximum: The maximum number of redirects; nil to follow none.
    init(_ url: QueuedURL, earlier: [UInt64], maximum: Int?) {
        fingerprints = earlier + [url.fingerprint]
        followed = url.redirects
        self.maximum = maximum
    }

    /// The next hop of the visit; nil if the response is the end of it, or redirects to a URL outside the chain.
    mutating func nextHop(after outcome: Outcome, from url: FetchURL) -> FetchURL? {
        guard let maximum, followed < maximum, let response = outcome.response,
            outcome.error.map({ $0.kind == .httpStatus }) ?? true,
            case .success(let target) = Self.target(of: response, from: url),
            fingerprints.contains(CanonicalURL(target).fingerprint)
        else { return nil }
        followed += 1
        return target
    }

    /// The target of a response without credentials and fragment; nil if it does not redirect.
    static func target(of response: Response, from url: FetchURL) -> Result<FetchURL, FetchError>? {
        guard RedirectPolicy.isRedirect(response.status) else { return nil }
        do throws(FetchError) {
            guard let location = try RedirectPolicy.location(in: response.headers) else { return nil }
            return .success(try RedirectPolicy.target(of: location, base: url).plain)
        } catch {
            return .failure(error)
        }
    }
}
