import FoundationEssentials
import Synchronization

/// A look-alike of GitHub's API for a `LoopbackServer`: REST and GraphQL, hourly limits with their headers, ETags,
/// redirects of renamed users, and faults at will.
///
///     let github = GitHubServer(GitHubAccount.numbered(1...100), tokens: ["t0ken"])
///     let server = try LoopbackServer(handler: github.reply)
///
/// It counts against the limits as GitHub does: `/rate_limit` and a 304 for a request with a token cost nothing.
package final class GitHubServer: Sendable {
    /// What it does beyond answering well.
    package struct Behaviour: Sendable {
        /// How long an answer takes.
        package var latency: Duration = .zero
        /// Requests an hour without a token.
        package var anonymousLimit = 60
        /// Requests (GraphQL: points) an hour with one.
        package var tokenLimit = 5000
        /// Seconds until the limits are full again, from the start.
        package var resetsIn = 3600
        /// Old logins and the numbers of the accounts that had them.
        package var renamed: [String: Int] = [:]
        /// Owners in a GraphQL request beyond which it answers 502.
        package var mostOwners: Int?
        /// Owners that GraphQL answers before its resources are used up; the rest are null with an error.
        package var answeredOwners: Int?
        /// Whether a missing owner has a NOT_FOUND error beside its null.
        package var reportsMissing = false
        /// Whether a request without a User-Agent is refused.
        package var requiresUserAgent = true
        /// Repositories on a page, whatever was asked for.
        package var pageSize: Int?
        /// Answers in its place where it gives something; requests are numbered from 1.
        package var fault: (@Sendable (LoopbackServer.Request, Int) -> LoopbackServer.Reply?)?

        /// It answers well.
        package init() {}
    }

    private struct Bucket {
        var used = 0
        var reset = 0
    }

    private struct State {
        var buckets: [String: Bucket] = [:]
        var requests = 0
    }

    let accounts: [String: GitHubAccount]
    private let byID: [Int: GitHubAccount]
    private let tokens: Set<String>
    let behaviour: Behaviour
    private let state = Mutex(State())

    /// An API with these accounts.
    package init(_ accounts: [GitHubAccount], tokens: Set<String> = ["t0ken"], _ behaviour: Behaviour = Behaviour()) {
        self.accounts = Dictionary(accounts.map { ($0.login.lowercased(), $0) }, uniquingKeysWith: { $1 })
        byID = Dictionary(accounts.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        self.tokens = tokens
        self.behaviour = behaviour
    }

    /// Answers a request.
    package func reply(_ request: LoopbackServer.Request) -> LoopbackServer.Reply {
        let number = state.withLock { state in
            state.requests += 1
            return state.requests
        }
        if let reply = behaviour.fault?(request, number) { return reply }
        guard !behaviour.requiresUserAgent || request.header("user-agent")?.isEmpty == false else {
            return .raw("HTTP/1.0 403 Forbidden\r\n\r\nRequest forbidden by administrative rules.\r\n")
        }
        let token = request.header("authorization").map { String($0.drop { $0 != " " }.dropFirst()) }
        if let token, !tokens.contains(token) { return json(#"{"message":"Bad credentials"}"#, status: 401) }
        var path = request.path
        // Where GitHub Enterprise has it.
        for prefix in ["/api/v3", "/api"] where path.hasPrefix(prefix + "/") {
            path = String(path.dropFirst(prefix.count))
        }
        if path == "/rate_limit" { return json(budget(token), fields: headers("core", token)) }
        let bucket = path == "/graphql" ? "graphql" : "core"
        if token == nil, bucket == "graphql" {
            return json(#"{"message":"This endpoint requires you to be authenticated."}"#, status: 401)
        }
        let content = bucket == "graphql" ? graphQL(request) : rest(path, request)
        let tag = "W/\"\(Self.hash(content.body + (token ?? "")))\""
        let isCurrent = request.method == "GET" && content.status == 200 && request.header("if-none-match") == tag
        guard isCurrent && token != nil || count(bucket, token) else {
            return json(
                #"{"message":"API rate limit exceeded for \#(token == nil ? "127.0.0.1" : "user ID 1")."}"#,
                status: 403,
                fields: headers(bucket, token))
        }
        var fields = headers(bucket, token) + content.fields
        if content.status == 200, request.method == "GET" {
            fields += [("ETag", tag), ("Cache-Control", "\(token == nil ? "public" : "private"), max-age=0")]
            fields += [("Vary", "Accept, Authorization, Cookie, X-GitHub-OTP")]
        }
        if isCurrent { return .status(304, headers: fields, after: behaviour.latency) }
        return json(content.body, status: content.status, fields: fields)
    }

    /// What an endpoint says.
    struct Content {
        var body: String
        var status = 200
        var fields: [(String, String)] = []

        static let missing = Content(body: #"{"message":"Not Found","documentation_url":"https://docs"}"#, status: 404)
    }

    private func rest(_ path: String, _ request: LoopbackServer.Request) -> Content {
        let base = "http://\(request.host)"
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        guard request.method == "GET", parts.count == 2 || parts.count == 3 && parts.last == "repos" else {
            return .missing
        }
        let account: GitHubAccount?
        let name = String(parts[2]).lowercased().replacing("%5b", with: "[").replacing("%5d", with: "]")
        switch parts[1] {
        case "user": account = Int(name).flatMap { byID[$0] }
        case "users":
            if let id = behaviour.renamed[name] {
                let url = "\(base)/user/\(id)\(parts.count == 3 ? "/repos" : "")"
                return Content(
                    body: #"{"message":"Moved Permanently","url":"\#(url)"}"#, status: 301, fields: [("Location", url)])
            }
            account = accounts[name]
        default: account = nil
        }
        guard let account else { return .missing }
        return parts.count == 3
            ? repositories(of: account, request, base) : Content(body: account.restJSON(base: base))
    }

    private func repositories(of account: GitHubAccount, _ request: LoopbackServer.Request, _ base: String) -> Content {
        let size = behaviour.pageSize ?? min(100, max(1, request.query("per_page").flatMap { Int($0) } ?? 30))
        let page = max(1, request.query("page").flatMap { Int($0) } ?? 1)
        let last = max(1, (account.publicRepos + size - 1) / size)
        let numbers = ((page - 1) * size + 1)..<max((page - 1) * size + 1, min(account.publicRepos, page * size) + 1)
        let list = numbers.map { account.repositoryJSON($0, base: base) }.joined(separator: ",")
        func link(_ page: Int, _ relation: String) -> String {
            "<\(base)/user/\(account.id)/repos?per_page=\(size)&page=\(page)>; rel=\"\(relation)\""
        }
        var links: [String] = []
        if page > 1 { links += [link(1, "first"), link(page - 1, "prev")] }
        if page < last { links += [link(page + 1, "next"), link(last, "last")] }
        return Content(body: "[\(list)]", fields: links.isEmpty ? [] : [("Link", links.joined(separator: ", "))])
    }

    private func json(_ body: String, status: Int = 200, fields: [(String, String)] = []) -> LoopbackServer.Reply {
        .response(
            status: status, headers: [("Content-Type", "application/json; charset=utf-8")] + fields,
            body: Array(body.utf8), after: behaviour.latency)
    }

    /// Counts a request; false when none is left.
    private func count(_ bucket: String, _ token: String?) -> Bool {
        state.withLock { state in
            var tally = self.tally(bucket, token, &state)
            guard tally.used < limit(token) else { return false }
            tally.used += 1
            state.buckets["\(bucket) \(token ?? "")"] = tally
            return true
        }
    }

    private func tally(_ bucket: String, _ token: String?, _ state: inout State) -> Bucket {
        let now = Int(Date().timeIntervalSince1970)
        var tally = state.buckets["\(bucket) \(token ?? "")"] ?? Bucket(reset: now + behaviour.resetsIn)
        if tally.reset <= now { tally = Bucket(reset: now + 3600) }
        state.buckets["\(bucket) \(token ?? "")"] = tally
        return tally
    }

    private func limit(_ token: String?) -> Int { token == nil ? behaviour.anonymousLimit : behaviour.tokenLimit }

    private func headers(_ bucket: String, _ token: String?) -> [(String, String)] {
        let tally = state.withLock { self.tally(bucket, token, &$0) }
        let limit = limit(token)
        return [
            ("X-RateLimit-Limit", "\(limit)"), ("X-RateLimit-Remaining", "\(limit - tally.used)"),
            ("X-RateLimit-Used", "\(tally.used)"), ("X-RateLimit-Reset", "\(tally.reset)"),
            ("X-RateLimit-Resource", bucket), ("X-GitHub-Media-Type", "github.v3; format=json"),
        ]
    }

    private func budget(_ token: String?) -> String {
        let buckets = ["core", "graphql"].map { bucket in
            let tally = state.withLock { self.tally(bucket, token, &$0) }
            let limit = bucket == "graphql" && token == nil ? 0 : limit(token)
            return #""\#(bucket)":{"limit":\#(limit),"used":\#(tally.used),"remaining":\#(limit - tally.used),"#
                + #""reset":\#(tally.reset)}"#
        }
        return #"{"resources":{\#(buckets.joined(separator: ","))},"rate":{}}"#
    }

    /// The same for the same text, in every run (FNV-1a).
    private static func hash(_ text: String) -> String {
        String(text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }, radix: 16)
    }
}
