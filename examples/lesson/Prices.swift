import FetchCore

extension Lesson {
    /// `fetch_all_prices(product_ids) -> {id: price}`, at most five concurrently.
    static func prices(_ site: String, _ fetcher: Fetcher) async throws -> Comparison {
        func fetchAllPrices(_ ids: some Sequence<Int>, atOnce: Int) async -> [Int: Double] {
            // The wait before each request simulates a slow shop.
            let pairs = try? await gatherAll(ids, maxConcurrent: atOnce) { id in
                _ = try await fetcher.fetch("\(site)/delay/50")
                return (id, try await fetcher.fetch("\(site)/products/\(id)").json()["price"]?.double)
            }
            return Dictionary(
                (pairs ?? []).compactMap { id, price in price.map { (id, $0) } }, uniquingKeysWith: { $1 })
        }
        let (_, oneByOne) = try await timed { await fetchAllPrices(1...20, atOnce: 1) }
        let (prices, allAtOnce) = try await timed { await fetchAllPrices(1...20, atOnce: 5) }
        return Comparison(
            found: "\(prices.count) prices, the first \(prices[1] ?? 0)", oneByOne: oneByOne, allAtOnce: allAtOnce)
    }
}
