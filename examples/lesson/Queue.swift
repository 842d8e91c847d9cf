import FetchCore

extension Lesson {
    /// A producer and three consumers over a queue with a capacity of five; its end is the sentinel.
    static func producerAndConsumers(_ site: String, _ fetcher: Fetcher) async throws -> Comparison {
        func work(consumers: Int) async throws -> Int {
            let queue = AsyncQueue<String>(capacity: 5)
            return try await withThrowingTaskGroup(of: Int.self) { group in
                group.addTask {
                    for number in 1...9 { try await queue.send("\(site)/latency/\(number)") }
                    queue.finish()
                    return 0
                }
                for _ in 0..<consumers {
                    group.addTask {
                        var bytes = 0
                        for await url in queue { bytes += try await fetcher.fetch(url).size }
                        return bytes
                    }
                }
                return try await group.reduce(0, +)
            }
        }
        let (_, oneByOne) = try await timed { try await work(consumers: 1) }
        let (bytes, allAtOnce) = try await timed { try await work(consumers: 3) }
        return Comparison(found: "three consumers took \(bytes) bytes", oneByOne: oneByOne, allAtOnce: allAtOnce)
    }
}
