import FetchCore

extension Lesson {
    /// Start something, do something else, wait for it at the end.
    static func startThenAwait(_ site: String, _ fetcher: Fetcher) async throws -> Comparison {
        let (_, oneByOne) = try await timed {
            _ = try await fetcher.fetch("\(site)/delay/200")
            try await Task.sleep(for: .milliseconds(150))
        }
        let (text, allAtOnce) = try await timed {
            async let answer = fetcher.fetch("\(site)/delay/200")
            // Something else, meanwhile.
            try await Task.sleep(for: .milliseconds(150))
            return try await answer.text
        }
        return Comparison(
            found: "the answer was \(text.dropLast())", oneByOne: oneByOne, allAtOnce: allAtOnce)
    }
}
