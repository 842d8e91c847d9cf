import FetchCore

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension Lesson {
    /// The lines of large files, with only a few of them in memory.
    static func lines(_ site: String, _ fetcher: Fetcher) async throws -> Comparison {
        let paths = try (1...4).map { number in
            let path = "/tmp/fetchall-lesson-\(getpid())-\(number).log"
            try write((1...50_000).map { "\($0) \($0 % 100 == 0 ? "500" : "200")\n" }.joined(), to: path)
            return path
        }
        defer { for path in paths { unlink(path) } }
        @Sendable func errors(in path: String) async throws -> Int {
            var count = 0
            for try await line in AsyncLines(path: path) where line.hasSuffix(" 500") { count += 1 }
            return count
        }
        let (inTurn, oneByOne) = try await timed {
            var sum = 0
            for path in paths { sum += try await errors(in: path) }
            return sum
        }
        let (together, allAtOnce) = try await timed {
            try await gatherAll(paths) { try await errors(in: $0) }.reduce(0, +)
        }
        return Comparison(
            found: "\(together) of 200000 lines end in 500\(inTurn == together ? "" : ", or \(inTurn)")",
            oneByOne: oneByOne, allAtOnce: allAtOnce)
    }

    private static func write(_ text: String, to path: String) throws {
        guard let file = fopen(path, "w"), fputs(text, file) >= 0, fclose(file) == 0 else {
            throw InputFailure("cannot write \(path)")
        }
    }
}
