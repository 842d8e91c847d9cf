/// Which of two loops an origin's first connection was made in.
struct OriginHomes {
    /// Origins that are remembered: lists may name a million. Those forgotten may get the other loop, and one more connection.
    static let maximumCount = 4096

    private var homes: [Origin: Bool] = [:]
    /// The last URL with its answer: lists often name one host a thousand times.
    private var last: (url: FetchURL, isSecond: Bool)?

    /// Whether that was the second one; of an origin that is new, as it is said.
    mutating func isSecond(_ url: FetchURL, ifNew: @autoclosure () -> Bool) -> Bool {
        if let last, url.hasSameAuthority(as: last.url) { return last.isSecond }
        let origin = url.origin
        let isSecond = homes[origin] ?? ifNew()
        if homes[origin] == nil {
            if homes.count >= Self.maximumCount { homes.removeAll(keepingCapacity: true) }
            homes[origin] = isSecond
        }
        last = (url, isSecond)
        return isSecond
    }
}
