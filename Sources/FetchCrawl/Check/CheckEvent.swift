import FetchHTML
import FetchHTTP
import FetchScheduling
import FetchSystem

/// An event from outside the plan of a link checker.
enum CheckEvent: Sendable {
    /// A request ended.
    case answered(id: Int, CheckMethod, Outcome)
    /// The attempt to fetch a robots.txt ended.
    case robots(origin: String, RobotsAnswer, at: Int64)
    /// The body of a page was read.
    case scanned(id: Int, Result<ReadDocument, InputFailure>)
    /// A file was read.
    case read(path: String, Result<ReadDocument, InputFailure>)
    /// A page or a file was not read, because the run ends.
    case left
    /// The run must end.
    case stopped(StopReason)
    /// What is in flight is cancelled now.
    case graceIsOver
}

/// An action of a link checker.
enum CheckAction: Sendable {
    /// Send a request, after a pause.
    case ask(id: Int, FetchURL, CheckMethod, after: Duration)
    /// Fetch the robots.txt of an origin, after a pause.
    case askRobots(origin: String, after: Duration)
    /// Forget that an authority could not be reached: it is asked again. It has no event.
    case reset(authority: String)
    /// Read the links and anchors in the body of a page.
    case scan(id: Int, FetchURL, body: [UInt8], contentType: String?)
    /// Read the links and anchors of a file.
    case read(path: String, DocumentFormat)
}

/// How a URL is asked for.
enum CheckMethod: Sendable, Hashable {
    case head
    /// GET; the body is not read.
    case get
    /// GET; the body is read if it is a page.
    case page

    /// The method of the request.
    var name: String { self == .head ? "HEAD" : "GET" }
    /// The bodies that are read.
    var bodies: WantedBodies { self == .page ? .pages : .none }
}

/// What was read of a page or a file.
struct ReadDocument: Sendable {
    /// A link, what it leads to, and what is at the path of a file.
    struct FoundLink: Sendable {
        var link: DocumentLink
        var target: LinkTarget
        /// What is there, if the target is a file.
        var file: LocalFile.Answer?
    }

    var links: [FoundLink] = []
    var anchors: Set<String> = []
    /// The URL of a page; nil for a file.
    var url: FetchURL?
    /// The `href` of its first `base` as it is written; nil without one.
    var base: String?
}
