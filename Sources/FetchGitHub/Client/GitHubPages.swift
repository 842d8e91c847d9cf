import FetchHTTP

/// The pages of one list: which have arrived, and which to request next. Pure.
///
/// The first page names the last one, and all pages between are requested concurrently. A link is followed only to the
/// origin of the first page, and never twice.
struct GitHubPages: Sendable {
    private let origin: Origin
    private let mostPages: Int
    private var visited: Set<String>
    /// The repositories of each page, in the order of the pages.
    private var pages: [String: [GitHubRepository]] = [:]
    private var order: [String]
    /// The pages that are requested and have not arrived.
    private(set) var missing = 1

    /// Starts with the first page.
    ///
    /// - Parameters:
    ///   - first: Its URL.
    ///   - count: The number of repositories that the user has according to GitHub; a list that continues far beyond it
    ///     is refused.
    init(first: FetchURL, count: Int64?) {
        origin = first.origin
        visited = [first.requestString]
        order = [first.requestString]
        let pages = count.map { Int(clamping: $0) / GitHubAPI.pageSize }
        mostPages = min(max(10, (pages ?? 1000) + 10), 10_000)
    }

    /// Takes a page.
    ///
    /// - Parameters:
    ///   - url: The URL that was requested.
    ///   - repositories: The repositories on it.
    ///   - link: Its Link header.
    ///   - base: The URL that it came from, the base of relative links.
    /// - Returns: The pages to request now.
    /// - Throws: `protocol-error` for a link to another origin, and for an endless list.
    mutating func add(
        _ url: FetchURL, _ repositories: [GitHubRepository], link: String?, base: FetchURL
    ) throws(FetchError) -> [FetchURL] {
        missing -= 1
        pages[url.requestString] = repositories
        let targets = link.map(LinkField.targets) ?? [:]
        guard let text = targets["next"] else { return [] }
        guard let next = FetchURL(text, base: base), next.origin == origin, base.origin == origin,
            !next.hasCredentials
        else { throw FetchError(.protocolError, "the link to the next page leads to another origin") }
        var due: [FetchURL] = []
        for page in Self.range(from: next, to: targets["last"].flatMap { FetchURL($0, base: base) }, limit: mostPages)
        where visited.insert(page.requestString).inserted {
            order.append(page.requestString)
            due.append(page)
        }
        guard order.count <= mostPages else {
            throw FetchError(.protocolError, "the list of repositories has no end")
        }
        missing += due.count
        return due
    }

    /// All repositories, each once, sorted by stars.
    var repositories: [GitHubRepository] {
        var seen: Set<Int64> = []
        let all = order.flatMap { pages[$0] ?? [] }.filter { seen.insert($0.id).inserted }
        return GitHubRepository.byStars(all)
    }

    /// The URLs from the next page to the last, if they differ only in the number; else the next one alone.
    private static func range(from next: FetchURL, to last: FetchURL?, limit: Int) -> [FetchURL] {
        guard let last, let first = numbered(next), let end = numbered(last), first.prefix == end.prefix,
            first.suffix == end.suffix, first.number < end.number, end.number - first.number < limit
        else { return [next] }
        return (first.number...end.number).compactMap { FetchURL("\(first.prefix)\($0)\(first.suffix)") }
    }

    /// A URL around the number of its `page` parameter.
    private static func numbered(_ url: FetchURL) -> (prefix: String, number: Int, suffix: String)? {
        guard let query = url.query else { return nil }
        var before = url.withoutCredentials.requestString.prefix { $0 != "?" } + "?"
        var rest = query[...]
        while !rest.isEmpty {
            let pair = rest.prefix { $0 != "&" }
            if pair.hasPrefix("page="), let number = Int(pair.dropFirst(5)), number >= 0, number < 1_000_000 {
                return ("\(before)page=", number, String(rest.dropFirst(pair.count)))
            }
            before += pair
            rest = rest.dropFirst(pair.count)
            if rest.first == "&" { before += String(rest.removeFirst()) }
        }
        return nil
    }
}
