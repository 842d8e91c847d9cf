/// Follows redirects hop by hop, as browsers do (Fetch §4.4, RFC 9110 §15.4), and decides which of the user's headers
/// are sent along. Pure: it takes a response and returns the next request.
public struct RedirectPolicy: Sendable {
    /// The decision on a response.
    public enum Step: Sendable {
        /// It is the final response.
        case answer
        /// Send this request next.
        case follow(Request)
        /// The chain ends here with an error.
        case fail(FetchError)
    }

    /// The maximum number of redirects in a chain; nil to follow none.
    public var maxRedirects: Int?
    /// The statuses after which POST stays POST, with its body, where browsers send GET: 301, 302, 303.
    package var keepsPOST: Set<Int> = []
    /// The schemes that a redirect may lead to; nil for all that are supported.
    package var schemes: Set<FetchURL.Scheme>?

    /// Makes a policy.
    public init(maxRedirects: Int? = 10) { self.maxRedirects = maxRedirects }

    /// Whether a status leads elsewhere, given a Location (RFC 9110 §15.4): not 300, whose Location is only the server's
    /// preference among several, and not 304.
    package static func isRedirect(_ status: Int) -> Bool { [301, 302, 303, 307, 308].contains(status) }

    /// Decides on a response.
    ///
    /// - Parameters:
    ///   - response: The response.
    ///   - request: The request of the response.
    ///   - followed: The number of redirects followed so far.
    public func step(after response: Response, to request: Request, followed: Int) -> Step {
        guard let maxRedirects, Self.isRedirect(response.status) else { return .answer }
        let target: FetchURL
        do throws(FetchError) {
            guard let location = try Self.location(in: response.headers) else { return .answer }
            guard followed < maxRedirects else {
                throw FetchError(
                    .tooManyRedirects, "more than \(maxRedirects) redirects", curlCode: .tooManyRedirects)
            }
            target = try Self.target(of: location, base: request.url)
            if let schemes, !schemes.contains(target.scheme) {
                throw FetchError(
                    .blockedScheme, "redirect: the scheme \(target.scheme.rawValue) is not allowed",
                    curlCode: .unsupportedProtocol)
            }
        } catch {
            return .fail(error)
        }
        // Credentials in a Location were not given by the user and are not trusted.
        var next = request
        next.url = target.withoutCredentials
        let becomesGET =
            response.status == 303
            ? request.method != "HEAD"
            : response.status <= 302 && request.method == "POST"
        if becomesGET, request.method != "POST" || !keepsPOST.contains(response.status) {
            next.method = "GET"
            next.body = nil
            next.upload = nil
            next.headers = next.headers.keeping { !Self.bodyFields.contains($0.lowercased()) }
        }
        if target.origin == request.url.origin {
            // The same origin: the user's headers for it stay, and so does the password in the URL.
            if request.url.hasCredentials { next.url = target.withCredentials(of: request.url) }
        } else {
            next.headers = next.headers.keeping { Self.isHarmless($0) }
        }
        return .follow(next)
    }

    /// The Location of a response; nil without one, or if it is empty.
    ///
    /// - Throws: ``FetchError`` of kind `protocol-error` for two that differ: which of them counts is not defined, and
    ///   browsers and libcurl since 8.17.0 refuse them too.
    package static func location(in headers: HeaderFields) throws(FetchError) -> String? {
        let values = headers.references("location").filter { !$0.isEmpty }
        guard let first = values.first else { return nil }
        guard values.allSatisfy({ $0 == first }) else {
            throw FetchError(.protocolError, "two Location fields differ", curlCode: .weirdServerReply)
        }
        return first
    }

    /// The target of a Location, which inherits the fragment of the URL before it (RFC 9110 §10.2.2). A control character
    /// in it is not valid, although browsers encode it.
    ///
    /// - Throws: ``FetchError`` of kind `invalid-url` or `blocked-scheme`.
    package static func target(of location: String, base: FetchURL) throws(FetchError) -> FetchURL {
        guard location.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
            throw FetchError(
                .invalidURL, "redirect: there is a control character in the Location", curlCode: .urlMalformat)
        }
        do throws(FetchError) {
            return try FetchURL.parse(location, base: base).inheritingFragment(of: base)
        } catch {
            throw FetchError(error.kind, "redirect: \(error.message)", curlCode: error.curlCode)
        }
    }

    /// The URLs of a chain that ended with an error, for a message: its beginning and its end, without passwords and
    /// cut.
    package static func text(of chain: [FetchURL]) -> String {
        func cut(_ url: FetchURL) -> String {
            let text = url.redacted
            return text.utf8.count > 120 ? text.prefix(119) + "…" : text
        }
        guard chain.count > 6 else { return chain.map(cut).joined(separator: " → ") }
        return (chain.prefix(3).map(cut) + ["…"] + chain.suffix(2).map(cut)).joined(separator: " → ")
    }

    /// Whether a header may be sent to another origin.
    package static func isHarmless(_ name: String) -> Bool { harmlessFields.contains(name.lowercased()) }

    /// Headers about a body that is not sent any more.
    private static let bodyFields: Set<String> = [
        "content-type", "content-length", "content-encoding", "content-language", "content-location",
    ]

    /// Headers that are sent to another origin, because they cannot contain a secret. All others are dropped, and
    /// because each hop is made from the one before, they do not come back when a later hop returns.
    private static let harmlessFields: Set<String> = [
        "accept", "accept-language", "user-agent", "content-type", "range",
    ]
}
