import FetchHTML
import FetchHTTP
import FetchScheduling
import FetchSystem

/// What the answer for a URL means for the links to it. Pure.
enum CheckVerdict: Sendable {
    case sound
    /// It leads on; the verdict is that of the target.
    case redirect(FetchURL, isPermanent: Bool)
    case broken(Fault)
    case skipped(CheckSkip)

    /// What is wrong with a link.
    struct Fault: Sendable, Hashable {
        /// A slug.
        var kind: String
        /// A sentence for a person.
        var message: String
        /// Whether it may be the fault of a moment, so that the URL is asked once more.
        var isTransport = false
        /// Whether it says something about the whole authority.
        var reach = Reach.url

        /// What a failure is about.
        enum Reach: Sendable, Hashable {
            /// The URL only.
            case url
            /// Perhaps the whole authority: it was connected to and said nothing.
            case silence
            /// The whole authority.
            case host
        }
    }

    /// Reads an outcome.
    ///
    /// - Parameters:
    ///   - outcome: The outcome of a single hop.
    ///   - url: Its URL.
    ///   - method: How it was asked for.
    ///   - followsRedirects: Whether redirects are followed.
    init(_ outcome: Outcome, of url: FetchURL, _ method: CheckMethod, followsRedirects: Bool) {
        let error = outcome.error
        if let stopped = Self.stopped(error?.kind) {
            self = .skipped(stopped)
        } else if let error, error.kind == .rateLimited,
            outcome.response == nil || error.retryAfter != nil && outcome.retries == 0
        {
            // The pause that the server asked for was not made: nothing is known about the URL.
            self = .skipped(.rateLimit)
        } else if let response = outcome.response, Self.isAnswer(error, response, method) {
            self = Self.verdict(outcome, response, url, followsRedirects)
        } else if let error {
            self = .broken(Self.fault(error))
        } else {
            self = .sound
        }
    }

    /// Whether a HEAD with this outcome says nothing about the URL, so that GET is sent: many servers answer HEAD wrongly.
    static func needsGET(_ outcome: Outcome) -> Bool {
        guard let error = outcome.error, error.kind != .rateLimited, stopped(error.kind) == nil else { return false }
        if let response = outcome.response {
            return response.status != 429
                && !(RedirectPolicy.isRedirect(response.status) && response.headers.contains("location"))
        }
        switch error.kind {
        case .emptyReply, .connectionReset, .truncated, .protocolError, .undecodable, .tooLarge: return true
        default: return false
        }
    }

    /// Whether the server answered, whatever happened to a body that is not needed.
    private static func isAnswer(_ error: FetchError?, _ response: Response, _ method: CheckMethod) -> Bool {
        guard let error, error.kind != .httpStatus, error.kind != .rateLimited else { return true }
        if error.kind == .protocolError, RedirectPolicy.isRedirect(response.status) { return false }
        if method.bodies.wants(response.headers.contentType) {
            // The beginning of a large page is there.
            guard error.kind == .tooLarge, case .bytes(let body) = response.body else { return false }
            return !body.isEmpty
        }
        switch error.kind {
        case .timedOut, .tooSlow, .connectionReset, .truncated, .undecodable: return true
        default: return false
        }
    }

    private static func verdict(
        _ outcome: Outcome, _ response: Response, _ url: FetchURL, _ followsRedirects: Bool
    ) -> Self {
        if followsRedirects, let target = RedirectChain.target(of: response, from: url) {
            switch target {
            case .success(let target):
                return .redirect(target, isPermanent: response.status == 301 || response.status == 308)
            case .failure(let error): return .broken(Fault(kind: error.kind.rawValue, message: error.message))
            }
        }
        guard let error = outcome.error, error.kind == .httpStatus || error.kind == .rateLimited else { return .sound }
        let line = StatusText.line(response.status)
        let leadsNowhere = RedirectPolicy.isRedirect(response.status) && !response.headers.contains("location")
        return .broken(
            Fault(
                kind: FetchError.Kind.httpStatus.rawValue,
                message: leadsNowhere ? "\(line) without a Location" : line))
    }

    private static func fault(_ error: FetchError) -> Fault {
        var fault = Fault(kind: error.kind.rawValue, message: error.message)
        switch error.kind {
        case .nameNotResolved, .connectionRefused, .connectTimedOut, .tlsFailed, .hostDown, .blockedAddress:
            fault.reach = .host
            fault.isTransport = error.kind != .blockedAddress
        case .timedOut:
            fault.reach = .silence
            fault.isTransport = true
        case .tooSlow, .connectionReset, .emptyReply, .truncated, .protocolError, .undecodable, .localLimit, .io:
            fault.isTransport = true
        default: break
        }
        return fault
    }

    private static func stopped(_ kind: FetchError.Kind?) -> CheckSkip? {
        switch kind {
        case .cancelled: .interrupted
        case .deadline: .deadline
        default: nil
        }
    }
}

/// Why a link was not checked.
enum CheckSkip: String, Sendable, Hashable, CaseIterable {
    case robots
    case excluded
    case budget
    case rateLimit = "rate limit"
    case offline
    case scheme = "other scheme"
    case base = "no root"
    case interrupted
    case deadline

    init(_ reason: StopReason) { self = reason == .deadline ? .deadline : .interrupted }

    /// The reason as a slug, for records.
    var slug: String { rawValue.replacing(text: " ", with: "-") }

    /// The reason as a sentence.
    var message: String {
        switch self {
        case .robots: "not checked: robots.txt forbids it"
        case .excluded: "not checked: it is excluded"
        case .budget: "not checked: the maximum number of pages is reached"
        case .rateLimit: "not checked: the server asks for a longer wait than the maximum"
        case .offline: "not checked: nothing is sent"
        case .scheme: "not checked: only http, https and mailto are"
        case .base: "not checked: nothing is known to resolve it against"
        case .interrupted: "not checked: the run was interrupted"
        case .deadline: "not checked: the deadline of the run has passed"
        }
    }
}
