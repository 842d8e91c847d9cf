/// What a crawl knows about a page besides its response. It is shared, not copied; an ``Outcome`` of a list has none.
public final class CrawlDetails: Sendable {
    /// The number of links between a seed and the page.
    public let depth: Int
    /// The URL of the page that links to it; nil for a seed.
    public let parent: String?
    /// The text of its title; nil without one.
    public let title: String?
    /// The number of different links on it; nil if it is not a page.
    public let linksFound: Int?
    /// The verdict of robots.txt: `allowed`, `disallowed`, `none` (no robots.txt exists), `unreachable`, or `ignored`.
    public let robots: String?
    /// Why it was not fetched; nil if it was.
    public let skipped: SkipReason?
    /// The pages that contain a broken link that the link checker reports; nil otherwise.
    public let referrers: [String]?

    /// Makes details.
    public init(
        depth: Int, parent: String? = nil, title: String? = nil, linksFound: Int? = nil, robots: String? = nil,
        skipped: SkipReason? = nil, referrers: [String]? = nil
    ) {
        self.depth = depth
        self.parent = parent
        self.title = title
        self.linksFound = linksFound
        self.robots = robots
        self.skipped = skipped
        self.referrers = referrers
    }
}
