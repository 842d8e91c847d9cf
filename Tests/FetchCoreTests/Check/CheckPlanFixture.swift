import FetchHTTP
import FetchScheduling
import FetchSystem

@testable import FetchCrawl
@testable import FetchHTML

/// A web for ``CheckPlan``: it answers the plan's actions from a table until nothing is left.
struct CheckPlanFixture {
    /// What a URL answers.
    enum Answer {
        case status(Int)
        /// A page with these links and anchors.
        case page([String], anchors: Set<String> = [])
        case redirect(Int, String)
        /// The same, the first so many times another answer.
        indirect case first(Int, Answer, then: Answer)
        case fails(FetchError.Kind)
        /// 429 with a wait that is longer than the maximum.
        case limits
        /// HEAD is refused.
        indirect case noHead(Answer)
        /// A body of another type.
        case file
    }

    var options: CheckOptions
    var web: [String: Answer]
    /// The robots.txt of origins; 404 for others.
    var robots: [String: String] = [:]
    /// The documents, with their links.
    var files: [String: ReadDocument] = [:]
    /// `METHOD URL` in order.
    private(set) var asked: [String] = []
    /// The largest number of requests to one authority before it had answered.
    private(set) var robotsAsked = 0
    private(set) var findings: [Finding] = []
    /// The authorities whose pace was reset.
    private(set) var resets: [String] = []
    private(set) var counts = CheckCounts()
    private(set) var notices: [String] = []

    init(_ seeds: [String] = ["http://a.test/"], _ web: [String: Answer] = [:]) {
        options = CheckOptions(seeds: seeds.map { Samples.url($0) })
        self.web = web
    }

    /// Runs the plan to its end.
    mutating func run(stopAfter limit: Int = .max) {
        var plan = CheckPlan(options)
        plan.begin()
        var events: [CheckEvent] = []
        while true {
            let actions = plan.takeActions()
            findings += plan.takeFindings()
            events += actions.compactMap { perform($0) }
            if plan.isOver { break }
            if asked.count >= limit, plan.stop == nil { events.append(.stopped(.interrupted)) }
            guard !events.isEmpty else { break }
            plan.receive(events.removeFirst())
        }
        plan.finish()
        findings += plan.takeFindings()
        notices += plan.takeNotices()
        counts = plan.counts
    }

    /// `document line:column kind target`, without what is not known.
    var lines: [String] {
        findings.map { finding in
            let place = finding.location.line.map { ":\($0)" } ?? ""
            return "\(finding.location.document)\(place) \(finding.kind) \(finding.target)"
        }
    }

    private mutating func perform(_ action: CheckAction) -> CheckEvent? {
        switch action {
        case .reset(let authority):
            resets.append(authority)
            return nil
        case .ask(let id, let url, let method, _):
            asked.append("\(method.name) \(url.href)")
            return .answered(id: id, method, outcome(url, method))
        case .askRobots(let origin, _):
            robotsAsked += 1
            let text = robots[origin]
            let ending = RobotsFetchRule.Ending.response(status: text == nil ? 404 : 200, retryAfter: nil)
            return .robots(origin: origin, RobotsAnswer(ending: ending, body: Array((text ?? "").utf8)), at: 0)
        case .scan(let id, let url, let body, _):
            guard case .page(let links, let anchors)? = Self.content(web[url.href]) else { return .left }
            _ = body
            return .scanned(id: id, .success(Self.document(links, anchors, .url(url))))
        case .read(let path, _):
            return .read(
                path: path, files[path].map { .success($0) } ?? .failure(InputFailure("\(path): no such file")))
        }
    }

    /// The page that a URL has at last.
    private static func content(_ answer: Answer?) -> Answer? {
        switch answer {
        case .first(_, let first, let then):
            if case .page = first { return first }
            return content(then)
        case .noHead(let other): return content(other)
        default: return answer
        }
    }

    /// A document with a link on each line.
    static func document(
        _ links: [String], _ anchors: Set<String> = [], _ document: LinkContext.Document
    ) -> ReadDocument {
        let context = LinkContext(document: document)
        let found = links.enumerated().map { index, target in
            ReadDocument.FoundLink(
                link: DocumentLink(target: target, line: index + 1, column: 1, text: "text"),
                target: LinkTarget.read(target, in: context), file: nil)
        }
        return ReadDocument(links: found, anchors: anchors)
    }

    private mutating func outcome(_ url: FetchURL, _ method: CheckMethod) -> Outcome {
        var answer = web[url.href] ?? .status(404)
        if case .first(let count, let first, let then) = answer {
            answer = count > 0 ? first : then
            if count > 0 { web[url.href] = .first(count - 1, first, then: then) }
        }
        if case .noHead(let other) = answer { answer = method == .head ? .status(405) : other }
        let input = Input(index: 0, text: url.href, request: .success(Request(url, method: method.name)))
        var outcome = Outcome(input: input, effectiveURL: url)
        func respond(_ status: Int, _ fields: [(String, String)] = []) {
            outcome.response = Response(
                status: status, headers: HeaderFields(fields.map { (name: $0.0, value: $0.1) }), body: .bytes([]))
            if !(200...299).contains(status) { outcome.error = FetchError(.httpStatus, StatusText.line(status)) }
        }
        switch answer {
        case .status(let status): respond(status, [("Content-Type", "text/plain")])
        case .page, .first, .noHead: respond(200, [("Content-Type", "text/html")])
        case .file: respond(200, [("Content-Type", "application/pdf")])
        case .redirect(let status, let target): respond(status, [("Location", target)])
        case .fails(let kind): outcome.error = FetchError(kind, "it fails")
        case .limits:
            respond(429)
            outcome.error = FetchError(.rateLimited, "asked to wait 3600 s", retryAfter: .seconds(3600))
        }
        return outcome
    }
}
