import FetchCore

extension Lesson {
    /// One GitHub user, then many (from the demo server, which knows ten).
    static func users(_ site: String, _ fetcher: Fetcher) async throws -> Comparison {
        @Sendable func repositories(of login: String) async throws -> Int {
            // The distance of GitHub.
            try await Task.sleep(for: .milliseconds(50))
            return try await fetcher.fetch("\(site)/users/\(login)").json()["public_repos"]?.integer ?? 0
        }
        let logins = ["octocat", "torvalds", "gvanrossum", "lattner", "bagder"]
        let (first, oneByOne) = try await timed {
            var counts: [Int] = []
            for login in logins { counts.append(try await repositories(of: login)) }
            return counts
        }
        let (all, allAtOnce) = try await timed { try await gatherAll(logins) { try await repositories(of: $0) } }
        let list = zip(logins, all).map { "\($0) \($1)" }.joined(separator: ", ")
        return Comparison(
            found: first == all ? list : "different both ways", oneByOne: oneByOne, allAtOnce: allAtOnce)
    }
}
