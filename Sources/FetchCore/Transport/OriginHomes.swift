/// Which of two loops an origin belongs to, where all its requests must meet. Origins take turns, the second loop first: it
/// has no tasks to run beside.
struct OriginHomes {
    /// Origins that are remembered. Those forgotten may get the other loop, and one more connection.
    static let maximumCount = 4096

    private var homes: [Origin: Bool] = [:]
    private var next = true
    /// The last URL with its answer: lists often name one host a thousand times.
    private var last: (url: FetchURL, isSecond: Bool)?

    /// Whether a URL's origin belongs to the second loop.
    mutating func isSecond(_ url: FetchURL) -> Bool {
        if let last, url.hasSameAuthority(as: last.url) { return last.isSecond }
        let origin = url.origin
        let isSecond = homes[origin] ?? next
        if homes[origin] == nil {
            if homes.count >= Self.maximumCount { homes.removeAll(keepingCapacity: true) }
            homes[origin] = isSecond
            next.toggle()
        }
        last = (url, isSecond)
        return isSecond
    }
}
