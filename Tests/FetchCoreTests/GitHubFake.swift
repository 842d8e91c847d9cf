import FetchHTTP
import FetchScheduling
import FetchSystem
import FetchTransport
import TestSupport

@testable import FetchGitHub

/// A client over a fake transport, with clocks that the test moves.
struct GitHubFake: Sendable {
    let transport: FakeTransport
    var options = SchedulerOptions()
    var client = GitHubClient.Options()
    let time = ManualTime()
    let stop = StopSignal()
    /// Whether requests carry a token.
    var isAuthenticated = false

    init(_ transport: FakeTransport, max: Int = 10, isAuthenticated: Bool = false) {
        self.transport = transport
        self.isAuthenticated = isAuthenticated
        options.maxConcurrent = max
        options.retry.retries = 0
    }

    /// Runs to the end; gives the records in the order of the logins.
    func records(_ logins: [String]) async throws -> [GitHubRecord] {
        let api = try GitHubAPI(token: isAuthenticated ? try GitHubToken("t0ken") : nil)
        let scheduler = Scheduler(
            transport: transport, options: GitHubClient.plan(options), time: time, stop: stop)
        return await GitHubClient(scheduler: scheduler, api: api, options: client).records(of: logins)
    }

    /// `user-1`, `user-2`, …
    static func logins(_ count: Int) -> [String] { (1...count).map { "user-\($0)" } }

    /// An answer with a body and fields.
    static func answer(_ status: Int, _ body: String, _ fields: [(String, String)] = []) -> TransferResult {
        TransferResult(
            response: Response(
                status: status, headers: HeaderFields(fields.map { (name: $0.0, value: $0.1) }),
                body: .bytes(Array(body.utf8)), size: body.utf8.count))
    }

    /// The user that a REST request asks for.
    static func user(_ request: Request, _ fields: [(String, String)] = []) -> TransferResult {
        let login = request.url.path.split(separator: "/").last ?? ""
        return answer(200, #"{"login":"\#(login)","id":1,"public_repos":8}"#, fields)
    }

    /// The logins that a GraphQL request asks for; nil for any other.
    static func logins(in request: Request) -> [String]? {
        guard request.method == "POST", let body = request.body, let value = try? JSONValue.parse(body[...]),
            case .object(let variables)? = value["variables"]
        else { return nil }
        return variables.compactMap { variable in
            if case .string(let login) = variable.value { return login }
            return nil
        }
    }

    /// The answer to a GraphQL request with a user for each login that the closure wants.
    static func users(_ logins: [String], _ isThere: (String) -> Bool = { _ in true }) -> TransferResult {
        let data = logins.enumerated().map { index, login in
            isThere(login) ? #""u\#(index)":{"__typename":"User","login":"\#(login)"}"# : #""u\#(index)":null"#
        }
        return answer(200, #"{"data":{\#(data.joined(separator: ","))}}"#)
    }

    /// The fields of an answer after which so many are left, until a moment of the clock's start.
    static func limit(_ remaining: Int, resetsAt seconds: Int) -> [(String, String)] {
        [
            ("X-RateLimit-Limit", "60"), ("X-RateLimit-Remaining", "\(remaining)"),
            ("X-RateLimit-Reset", "\(1_767_225_600 + 1000 + seconds)"),
        ]
    }
}

extension GitHubRecord {
    /// The login of the user that was found.
    var found: String? {
        if case .success(let found) = result { return found.user.login }
        return nil
    }
}
