import FetchCore

extension Lesson {
    /// Start an operation, do other work, and wait for the operation at the end.
    static func startThenAwait(_ site: String, _ fetcher: Fetcher) async throws -> Comparison {
        let (_, oneByOne) = try await timed {
            _ = try await fetcher.fetch("\(site)/delay/200")
            try await Task.sleep(for: .milliseconds(150))
        }
        let (text, allAtOnce) = try await timed {
            async let answer = fetcher.fetch("\(site)/delay/200")
            // The other work.
            try await Task.sleep(for: .milliseconds(150))
            return try await answer.text
        }
        return Comparison(
            found: "the answer was \(text.dropLast())", oneByOne: oneByOne, allAtOnce: allAtOnce)
    }
}
