import FetchHTTP
import FetchSystem

/// The interpreted result of one request to GitHub.
struct GitHubReply: Sendable {
    /// The content of a reply.
    enum Content: Sendable {
        /// A user from REST.
        case user(GitHubUser)
        /// Several users from GraphQL.
        case query(GitHubQueryAnswer)
        /// A page of repositories, its Link header, and the URL that it came from.
        case page([GitHubRepository], link: String?, base: FetchURL)
        /// The remaining requests of each bucket.
        case budget([GitHubLimitNotice])
        /// A limit refused it; it can be sent again.
        case limited
        /// The token was rejected.
        case unauthorized(FetchError)
        /// No response, or one that is a failure.
        case failed(FetchError)
    }

    var content: Content
    /// What it says about the limits.
    var notice = GitHubLimitNotice()
    /// The status of the response, if there was one.
    var status: Int?
    /// The URL of the request, for the pages that follow.
    var url: FetchURL?

    /// Interprets an outcome.
    ///
    /// - Parameters:
    ///   - outcome: The scheduler's outcome; its body is in memory.
    ///   - work: The request.
    ///   - now: Our clock in seconds since 1970.
    init(_ outcome: Outcome, to work: GitHubWork, now: Int64) {
        status = outcome.response?.status
        if case .success(let request) = outcome.input.request { url = request.url }
        var body: [UInt8] = []
        if case .bytes(let bytes)? = outcome.response?.body { body = bytes }
        let message = outcome.isOK ? nil : Self.message(body)
        if let response = outcome.response { notice = GitHubLimitNotice(response, message: message, now: now) }
        guard let error = outcome.error else {
            content = Self.read(body, of: outcome, work, now)
            if case .query(.limited(let words)) = content {
                notice.refusal = GitHubLimitNotice.isSecondary(words) ? .secondary : .primary
                content = .limited
            }
            return
        }
        if status == 401, error.kind == .httpStatus || error.kind == .rateLimited {
            content = .unauthorized(
                FetchError(.httpStatus, "401 Unauthorized: GitHub rejects the token", curlCode: .httpReturnedError))
        } else if notice.refusal != nil {
            content = .limited
        } else if case .users = work, Self.isOverload(error, status) {
            content = .query(.tooLarge(error))
        } else if case .users = work, status == 404 {
            content = .query(.refused(error))
        } else {
            content = .failed(Self.explained(error, message))
        }
    }

    private static func read(
        _ body: [UInt8], of outcome: Outcome, _ work: GitHubWork, _ now: Int64
    ) -> Content {
        do throws(FetchError) {
            switch work {
            case .budget: return .budget(try budget(body, now: now))
            case .user: return .user(try GitHubUser.parse(body))
            case .users(let targets): return .query(try GitHubQueryAnswer.parse(body, count: targets.count))
            case .page:
                guard let base = outcome.effectiveURL else { throw .unparsable("the response has no URL") }
                let link = outcome.response?.headers.references("link").joined(separator: ", ")
                return .page(try GitHubRepository.parsePage(body), link: link, base: base)
            }
        } catch {
            return .failed(error)
        }
    }

    /// The response of `GET /rate_limit`: `{"resources":{"core":{"limit":…,"remaining":…,"reset":…},…}}`.
    private static func budget(_ body: [UInt8], now: Int64) throws(FetchError) -> [GitHubLimitNotice] {
        guard case .object(let buckets)? = try JSONValue.parse(answer: body)["resources"] else {
            throw .unparsable("the response contains no rate limits")
        }
        return buckets.compactMap { bucket in
            func number(_ name: String) -> Int64? {
                if case .number(let text)? = bucket.value[name] { return Int64(text) }
                return nil
            }
            guard let remaining = number("remaining"), let reset = number("reset"), reset - now < 1 << 32 else {
                return nil
            }
            var notice = GitHubLimitNotice()
            notice.bucket = bucket.key
            notice.limit = number("limit").map { Int(clamping: $0) }
            notice.remaining = Int(clamping: max(0, remaining))
            notice.resetIn = .seconds(max(0, reset - now))
            notice.resetEpoch = reset
            return notice
        }
    }

    /// Whether a GraphQL request failed in the way of requests that are too expensive for the server.
    private static func isOverload(_ error: FetchError, _ status: Int?) -> Bool {
        error.kind == .httpStatus ? [500, 502, 503, 504].contains(status ?? 0) : error.isTransient
    }

    /// The error with the server's own message, if a status alone says little.
    private static func explained(_ error: FetchError, _ message: String?) -> FetchError {
        guard error.kind == .httpStatus, let message, !message.isEmpty, message != "Not Found" else { return error }
        return FetchError(
            error.kind, "\(error.message): \(TerminalText.fit(message, to: 200))", curlCode: error.curlCode,
            retryAfter: error.retryAfter)
    }

    private static func message(_ body: [UInt8]) -> String? {
        guard let value = try? JSONValue.parse(body[...]), case .string(let text)? = value["message"] else {
            return nil
        }
        return text
    }
}
