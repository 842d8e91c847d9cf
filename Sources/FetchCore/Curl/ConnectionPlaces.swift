/// In which of the loop's multi handles the idle connections of each origin are, as far as that can be told from outside:
/// a connection stays where it was made. A request goes where one of its origin became idle last.
///
/// It only guesses: a server may have closed what is remembered as idle. Then the request connects anew in the same place.
struct ConnectionPlaces {
    /// Origins that are remembered: lists may name a million. Those forgotten connect anew, once.
    static let maximumCount = 4096

    private var origins: [Origin: KnownOrigin] = [:]
    /// The last URL with what is known of its origin: lists often name one host a thousand times.
    private var last: (url: FetchURL, known: KnownOrigin)?

    /// What is known of the origin of a URL.
    mutating func origin(of url: FetchURL) -> KnownOrigin {
        if let last, url.hasSameAuthority(as: last.url) { return last.known }
        let origin = url.origin
        let found = origins[origin]
        let known = found ?? KnownOrigin(number: UInt(bitPattern: origin.hashValue))
        if found == nil {
            if origins.count >= Self.maximumCount { origins.removeAll(keepingCapacity: true) }
            origins[origin] = known
        }
        last = (url, known)
        return known
    }
}
