import FetchCore

extension Lesson {
    /// A timeout that prints a message and gives nil. The lesson's is 5 s; this one is shorter, so that it ends sooner.
    static func timeout(_ site: String, _ fetcher: Fetcher) async throws -> Comparison {
        @Sendable func fetchInTime(_ url: String) async throws -> String? {
            do {
                return try await withTimeout(.milliseconds(300)) { try await fetcher.fetch(url).text }
            } catch let error as FetchError where error.kind == .timedOut {
                print("  \(url.split(separator: "/").last ?? "") ms: \(error.message)")
                return nil
            }
        }
        let urls = [100, 5000, 200].map { "\(site)/delay/\($0)" }
        let (_, oneByOne) = try await timed { for url in urls { _ = try await fetchInTime(url) } }
        let (answers, allAtOnce) = try await timed { try await gatherAll(urls) { try await fetchInTime($0) } }
        return Comparison(
            found: "\(answers.count { $0 != nil }) in time, \(answers.count { $0 == nil }) not", oneByOne: oneByOne,
            allAtOnce: allAtOnce)
    }
}
