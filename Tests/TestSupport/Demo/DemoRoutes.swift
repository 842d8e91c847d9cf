import Synchronization

/// The site of the demo server: a handler for a `LoopbackServer` that behaves well.
///
///     let server = try LoopbackServer(handler: DemoRoutes(latency: .milliseconds(5)).reply)
///
/// `/latency/{i}`, `/profile/{id}`, `/orders/{id}` and `/notifications/{id}` take their time, `/delay/{ms}` as long as it
/// is asked to; everything else is answered at once.
package final class DemoRoutes: Sendable {
    /// How long `/latency/{i}` and `/profile/{id}` take; `/orders/{id}` takes two of it, `/notifications/{id}` three.
    package let latency: Duration

    /// How often each key of `/flaky` has failed.
    private let failures = Mutex<[String: Int]>([:])

    /// The most failures that are remembered, so that a crawl through made-up keys does not fill the memory.
    private static let failureLimit = 100_000

    /// The site, with nothing asked of it yet.
    package init(latency: Duration = .milliseconds(100)) {
        self.latency = latency
        var behaviour = GitHubServer.Behaviour()
        behaviour.requiresUserAgent = false
        behaviour.anonymousLimit = 5000
        github = GitHubServer(DemoData.accounts, tokens: ["demo-token"], behaviour)
    }

    /// Answers `/users/{login}`, `/user/{id}`, `/graphql` and `/rate_limit` as GitHub does; the token is `demo-token`.
    private let github: GitHubServer

    /// Answers a request.
    package func reply(_ request: LoopbackServer.Request) -> LoopbackServer.Reply {
        let path = request.path
        if ["/users/", "/user/", "/graphql", "/rate_limit"].contains(where: path.hasPrefix) {
            return github.reply(request)
        }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        switch parts.count {
        case 1: return page(path, request)
        case 2: return item(parts[1], of: parts[2])
        case 3 where parts[1] == "flaky": return flaky(parts[2], key: parts[3])
        default: return .status(404)
        }
    }

    /// Paths of one part.
    private func page(_ path: String, _ request: LoopbackServer.Request) -> LoopbackServer.Reply {
        switch path {
        case "/": .html(Self.home)
        case "/products": .json(Self.products)
        case "/image.png": .response(headers: [("Content-Type", "image/png")], body: DemoData.image)
        case "/robots.txt": .ok("User-agent: *\nDisallow: /private/\n")
        case "/stats":
            .json(
                #"{"requests":\#(request.counts.requests),"connections":\#(request.counts.connections),"#
                    + #""open_connections":\#(request.counts.openConnections),"in_flight":\#(request.counts.inFlight),"#
                    + #""peak_in_flight":\#(request.counts.peakInFlight),"#
                    + #""peak_connections":\#(request.counts.peakConnections)}"#)
        default: .status(404)
        }
    }

    /// Paths of two parts: a collection and what is asked of it.
    private func item(_ collection: Substring, of name: Substring) -> LoopbackServer.Reply {
        switch collection {
        case "products":
            return Int(name).flatMap(DemoData.product).map { .json($0) }
                ?? .json(#"{"error":"no such product"}"#, status: 404)
        case "private":
            return .html("<!doctype html><title>Private</title><p>robots.txt asks you not to come here.")
        default: break
        }
        guard let number = Int(name), number >= 0 else { return .status(404) }
        switch collection {
        case "profile": return .json(#"{"id":\#(number),"name":"User \#(number)"}"#, after: latency)
        case "orders":
            return .json(#"{"id":\#(number),"orders":[\#(number * 10),\#(number * 10 + 1)]}"#, after: latency * 2)
        case "notifications": return .json(#"{"id":\#(number),"unread":\#(number % 7)}"#, after: latency * 3)
        case "latency": return .ok("\(number)\n", after: latency)
        case "delay": return number <= 600_000 ? .ok("\(number)\n", after: .milliseconds(number)) : .status(404)
        case "status": return (200...599).contains(number) ? .status(number) : .status(404)
        case "redirect":
            return number == 0 ? .html(Self.home) : .redirect(to: number == 1 ? "/" : "/redirect/\(number - 1)")
        case "large":
            return .stream(
                length: number, of: Self.filler, headers: [("Content-Type", "application/octet-stream")])
        case "pages": return Self.page(number).map { .html($0) } ?? .status(404)
        default: return .status(404)
        }
    }

    /// Fails so often for each key, then works.
    private func flaky(_ times: Substring, key: Substring) -> LoopbackServer.Reply {
        guard let times = Int(times), times >= 0 else { return .status(404) }
        let name = "\(times)/\(key)"
        let fails = failures.withLock { failures in
            let before = failures[name] ?? 0
            guard before < times, before > 0 || failures.count < Self.failureLimit else { return false }
            failures[name] = before + 1
            return true
        }
        return fails ? .status(503) : .ok("worked after \(times) failures\n")
    }

    /// Every byte value once, 256 times.
    private static let filler = (0..<65_536).map { UInt8(truncatingIfNeeded: $0) }

    private static let products =
        "[" + (1...DemoData.productCount).compactMap(DemoData.product).joined(separator: ",") + "]"

    private static let home = """
        <!doctype html>
        <html lang="en"><head><title>fetchall demo</title></head><body>
        <h1>fetchall demo</h1>
        <ul>
        <li><a href="/pages/1">Pages</a></li>
        <li><a href="/products">Products</a>, <a href="/products/1">the first</a></li>
        <li><a href="users/octocat">A user</a></li>
        <li><a href="/redirect/2">A redirect</a></li>
        <li><a href="/status/404">A broken link</a></li>
        <li><a href="/private/diary">Not for robots</a></li>
        </ul>
        <img src="/image.png" alt="">
        </body></html>

        """

    private static func page(_ number: Int) -> String? {
        guard (1...DemoData.pageCount).contains(number) else { return nil }
        let links = Set([number + 1, number * 2, number * 3, number - 1]).subtracting([number])
            .filter { (1...DemoData.pageCount).contains($0) }.sorted()
            .map { "<li><a href=\"/pages/\($0)\">Page \($0)</a></li>\n" }.joined()
        return """
            <!doctype html>
            <html lang="en"><head><title>Page \(number)</title></head><body>
            <h1>Page \(number)</h1>
            <ul>
            \(links)<li><a href="../products/\(number)">Product \(number)</a></li>
            <li><a href="/#top">Home</a></li>
            </ul>
            </body></html>

            """
    }
}

extension DemoRoutes {
    /// A list for `fetchall` of the server at this address: comments, identifiers and a line for every kind of route.
    package static func list(baseURL: String) -> String {
        var lines = ["# What the demo server at \(baseURL) has to offer", "home\t\(baseURL)/", "\(baseURL)/products"]
        lines += (1...5).map { "product-\($0)\t\(baseURL)/products/\($0)" }
        lines += ["octocat", "torvalds", "gvanrossum"].map { "\($0)\t\(baseURL)/users/\($0)" }
        lines += ["", "# One user's dashboard: three requests that take one, two and three latencies"]
        lines += ["profile", "orders", "notifications"].map { "\($0)\t\(baseURL)/\($0)/7" }
        lines += ["", "# Slow, flaky, moved and missing"]
        lines += (1...4).map { "\(baseURL)/latency/\($0)" }
        lines += ["/delay/250", "/flaky/2/list", "/redirect/3", "/status/404", "/pages/1", "/robots.txt"]
            .map { baseURL + $0 }
        lines += ["large\t\(baseURL)/large/1000000", "image\t\(baseURL)/image.png", "stats\t\(baseURL)/stats"]
        return lines.joined(separator: "\n") + "\n"
    }
}
