import FetchCore

extension Lesson {
    /// Results in the order of the arguments, whichever completes first.
    static func gatherDashboard(_ site: String, _ fetcher: Fetcher) async throws -> Comparison {
        let (_, oneByOne) = try await timed {
            _ = try await fetcher.fetch("\(site)/profile/42")
            _ = try await fetcher.fetch("\(site)/orders/42")
            _ = try await fetcher.fetch("\(site)/notifications/42")
        }
        let ((name, orders, unread), allAtOnce) = try await timed {
            try await gather(
                { try await fetcher.fetch("\(site)/profile/42").json()["name"]?.string },
                { try await fetcher.fetch("\(site)/orders/42").json()["orders"]?[0]?.integer },
                { try await fetcher.fetch("\(site)/notifications/42").json()["unread"]?.integer })
        }
        return Comparison(
            found: "\(name ?? "nobody"), first order \(orders ?? 0), \(unread ?? 0) unread", oneByOne: oneByOne,
            allAtOnce: allAtOnce)
    }
}
