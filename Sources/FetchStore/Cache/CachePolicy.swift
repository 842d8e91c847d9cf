import FetchHTTP

/// What a private cache for GET may store and use (RFC 9111). Pure: it takes messages and the time, and returns
/// decisions.
enum CachePolicy {
    /// What to do with a stored response.
    enum Use: Sendable, Hashable {
        /// Use it; nothing is sent.
        case fresh
        /// Revalidate it with these headers (§4.3.1).
        case revalidate(HeaderFields)
        /// It cannot be used: send the request as if there were none.
        case none
    }

    /// The longest heuristic lifetime in seconds: a day.
    static let longestGuess = 86_400

    // MARK: Requests

    /// Whether the cache handles a request. Ranges and conditions of the user's own are left to the user.
    static func isConcerned(with request: Request) -> Bool {
        guard request.method == "GET", !request.hasBody else { return false }
        if ownFields.contains(where: { request.headers.contains($0) }) { return false }
        return !request.headers.leavesOut("if-none-match") && !request.headers.leavesOut("if-modified-since")
    }

    private static let ownFields = [
        "range", "if-range", "if-match", "if-none-match", "if-modified-since", "if-unmodified-since",
    ]

    /// Whether a response invalidates what is stored for the URL (§4.4).
    static func invalidates(_ request: Request, _ status: Int) -> Bool {
        !["GET", "HEAD", "OPTIONS", "TRACE"].contains(request.method) && (200..<400).contains(status)
    }

    // MARK: Storing (§3)

    /// Whether the response to such a request may be stored, and is worth storing.
    static func isStorable(_ response: Response, to request: Request) -> Bool {
        guard keptStatuses.contains(response.status) else { return false }
        let control = CacheControl(response.headers)
        if CacheControl(request: request.headers).noStore { return false }
        // All statuses of the list are understood, so must-understand replaces no-store (§5.2.2.3).
        if control.noStore, !control.mustUnderstand { return false }
        if variedFields(response.headers).contains("*") { return false }
        let isExplicit =
            control.maxAge != nil || control.isPublic || control.isPrivate || response.headers.contains("expires")
        guard isExplicit || guessedStatuses.contains(response.status) else { return false }
        // A response that is neither fresh nor can be revalidated would never be used.
        return hasValidator(response.headers) || lifetime(response.headers, status: response.status, receivedAt: 0) > 0
    }

    /// The statuses that are stored. Those that ask for another attempt or for a login are not, although some of them
    /// may be (§3), and parts are not (§3.3).
    private static let keptStatuses: Set = [200, 203, 204, 300, 301, 302, 303, 307, 308, 404, 405, 410, 414]
    /// The heuristically cacheable statuses (RFC 9110 §15.1).
    private static let guessedStatuses: Set = [200, 203, 204, 300, 301, 308, 404, 405, 410, 414]

    /// The headers to store (§3.1). A cookie that was set is a secret and is not stored.
    static func storedFields(_ headers: HeaderFields) -> HeaderFields {
        let named = headers.values(of: "connection").flatMap { $0.split(separator: ",") }
            .map { $0.lowercased().filter { $0 != " " && $0 != "\t" } }
        return headers.filter { name in
            let name = name.lowercased()
            return !unstoredFields.contains(name) && !named.contains(name)
        }
    }

    private static let unstoredFields: Set = [
        "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authentication-info",
        "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade", "set-cookie", "set-cookie2",
    ]

    /// The request headers that the response depends on, in lower case and sorted (§4.1).
    static func variedFields(_ headers: HeaderFields) -> [String] {
        let names = headers.values(of: "vary").flatMap { $0.split(separator: ",") }
            .map { $0.lowercased().filter { $0 != " " && $0 != "\t" } }
        return Set(names.filter { !$0.isEmpty }).sorted()
    }

    // MARK: Using (§4)

    /// What to do with a stored response for a request.
    ///
    /// - Parameter now: Milliseconds since 1970.
    static func use(_ stored: StoredResponse, for request: Request, limits: TransferLimits, now: Int64) -> Use {
        if stored.isBodyDropped, !limits.dropsRedirectBody { return .none }
        // The stored body is decoded.
        if limits.packed?.coding(of: stored.headers, url: request.url) != nil { return .none }
        if let limit = limits.maxBodySize, stored.size > limit { return .none }
        let asked = CacheControl(request: request.headers)
        if asked.noStore { return .none }
        let control = CacheControl(stored.headers)
        let age = age(of: stored, now: now)
        let lifetime = lifetime(stored.headers, status: stored.status, receivedAt: stored.receivedAt)
        var isUsable = age + (asked.minFresh ?? 0) < lifetime
        if !isUsable, let patience = asked.maxStale, !control.mustRevalidate {
            // §5.2.1.2; without a value, any staleness is accepted.
            isUsable = patience == .max || age - lifetime <= patience
        }
        if let most = asked.maxAge, age > most { isUsable = false }
        if asked.noCache || control.noCache { isUsable = false }
        if isUsable { return .fresh }
        let conditions = conditions(for: stored.headers)
        return conditions.isEmpty ? .none : .revalidate(conditions)
    }

    /// The number of seconds for which a response is fresh (§4.2.1); 0 for never.
    ///
    /// - Parameter receivedAt: Milliseconds since 1970; replaces a missing Date.
    static func lifetime(_ headers: HeaderFields, status: Int, receivedAt: Int64) -> Int {
        if let maxAge = CacheControl(headers).maxAge { return maxAge }
        let date = headers["date"].flatMap(HTTPDate.parse) ?? receivedAt / 1000
        if let expires = headers["expires"] {
            // `0` and any other invalid date mean the past (§5.3).
            guard let end = HTTPDate.parse(expires) else { return 0 }
            return bounded(end, minus: date)
        }
        // A tenth of the time since its last modification, for statuses that allow a heuristic (§4.2.2).
        guard guessedStatuses.contains(status), let changed = headers["last-modified"].flatMap(HTTPDate.parse) else {
            return 0
        }
        return min(bounded(date, minus: changed) / 10, longestGuess)
    }

    /// The number of seconds since the origin generated it (§4.2.3).
    static func age(of stored: StoredResponse, now: Int64) -> Int {
        let received = stored.receivedAt / 1000
        let date = stored.headers["date"].flatMap(HTTPDate.parse) ?? received
        let apparent = bounded(received, minus: date)
        let said = stored.headers["age"].map { CacheControl.seconds($0) } ?? 0
        let delay = Int(max(0, stored.receivedAt - stored.requestedAt) / 1000)
        // A clock that was set back makes no response younger.
        return max(apparent, said + delay) + bounded(now / 1000, minus: received)
    }

    /// The headers of a response that is used without revalidation, with its Age (§5.1).
    static func aged(_ stored: StoredResponse, now: Int64) -> HeaderFields {
        var fields = stored.headers.filter { $0.lowercased() != "age" }
        fields.append("Age", "\(age(of: stored, now: now))")
        return fields
    }

    private static func bounded(_ end: Int64, minus start: Int64) -> Int {
        let (difference, isOverflow) = end.subtractingReportingOverflow(start)
        return isOverflow ? 0 : Int(min(max(0, difference), Int64(CacheControl.largest)))
    }

    // MARK: Asking again (§4.3)

    private static func hasValidator(_ headers: HeaderFields) -> Bool { !conditions(for: headers).isEmpty }

    /// The conditions of a revalidation (§4.3.1); empty if the response has no validator.
    static func conditions(for headers: HeaderFields) -> HeaderFields {
        var conditions = HeaderFields()
        if let tag = headers.bytes(of: "etag"), !tag.isEmpty { conditions.append("If-None-Match", bytes: tag) }
        if let changed = headers["last-modified"], HTTPDate.parse(changed) != nil {
            conditions.append("If-Modified-Since", changed)
        }
        return conditions
    }

    /// Whether a 304 is about this response (§4.3.4): one with another strong tag is not.
    static func confirms(_ answer: HeaderFields, _ stored: StoredResponse) -> Bool {
        guard let tag = answer.bytes(of: "etag"), !tag.starts(with: "W/".utf8) else { return true }
        return tag == stored.headers.bytes(of: "etag")
    }

    /// The headers of a stored response after a 304 (§3.2): those of the 304 replace those with the same name, except
    /// headers about a body, which a 304 does not have.
    static func updated(_ stored: HeaderFields, by answer: HeaderFields) -> HeaderFields {
        let news = storedFields(answer).filter { !describesBody($0) }
        // An Age that the 304 does not repeat was that of the earlier message.
        let replaced = Set(news.fields.map { $0.name.lowercased() } + ["age"])
        var fields = stored.filter { !replaced.contains($0.lowercased()) }
        fields.append(contentsOf: news)
        return fields
    }

    private static func describesBody(_ name: String) -> Bool {
        ["content-length", "content-encoding", "content-type", "content-range"].contains(name.lowercased())
    }
}
