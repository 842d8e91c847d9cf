/// What a crawl knows of a page beyond its answer. It is shared, not copied: an ``Outcome`` of a list has none.
public final class CrawlDetails: Sendable {
    /// Links between a seed and it.
    public let depth: Int
    /// The URL of the page it was found on; nil for a seed.
    public let parent: String?
    /// The text of its title; nil if there is none.
    public let title: String?
    /// How many links it holds, each counted once; nil for what is no page.
    public let linksFound: Int?
    /// What robots.txt says: `allowed`, `disallowed`, `none` (there is no robots.txt), `unreachable`, or `ignored`.
    public let robots: String?
    /// Why it was not fetched; nil for what was.
    public let skipped: SkipReason?
    /// Pages that hold the link, for a broken one that the link checker reports; nil for everything else.
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
