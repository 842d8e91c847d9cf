import FetchCore

extension Lesson {
    /// The same five requests, sequentially and concurrently.
    static func concurrent(_ site: String, _ fetcher: Fetcher) async throws -> Comparison {
        let urls = (1...5).map { "\(site)/latency/\($0)" }
        let (inTurn, oneByOne) = try await timed {
            var answers: [String] = []
            for url in urls { answers.append(try await fetcher.fetch(url).text) }
            return answers
        }
        let (together, allAtOnce) = try await timed {
            await fetcher.fetchAll(urls).map { $0.response?.text ?? "" }
        }
        return Comparison(
            found: "\(urls.count) answers, \(inTurn == together ? "the same" : "different") both ways",
            oneByOne: oneByOne, allAtOnce: allAtOnce)
    }
}
