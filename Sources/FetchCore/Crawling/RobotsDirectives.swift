/// What a page says to robots about itself: `<meta name=robots>` and `X-Robots-Tag`.
public struct RobotsDirectives: Sendable, Hashable {
    /// `noindex` or `none`.
    public var noindex = false
    /// `nofollow` or `none`: its links are not followed.
    public var nofollow = false

    /// Nothing is said.
    public init() {}

    /// The directives of a meta element's content: `noindex, nofollow`.
    public init(content: some StringProtocol) {
        for word in content.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
            switch word.lowercased() {
            case "noindex": noindex = true
            case "nofollow": nofollow = true
            case "none": (noindex, nofollow) = (true, true)
            default: break
            }
        }
    }

    /// The directives of all `X-Robots-Tag` fields that are meant for everybody or for this crawler: `otherbot: nofollow`
    /// is not. A name in front holds for its field up to the next name.
    public init(headers: HeaderFields, agent: String) {
        for value in headers.values(of: "x-robots-tag") {
            var isMeant = true
            for part in value.split(separator: ",") {
                var content = part
                if let colon = part.firstIndex(of: ":") {
                    let name = part[..<colon].filter { !$0.isWhitespace }.lowercased()
                    // These directives have a value of their own: "max-snippet: 20" names no crawler.
                    if !Self.valued.contains(name) {
                        isMeant = name == "*" || name == "robots" || name == agent.lowercased()
                        content = part[part.index(after: colon)...]
                    }
                }
                if isMeant { formUnion(RobotsDirectives(content: content)) }
            }
        }
    }

    private static let valued: Set<String> = [
        "max-snippet", "max-image-preview", "max-video-preview", "unavailable_after",
    ]

    /// Adds what another source says; the stricter word counts.
    public mutating func formUnion(_ other: RobotsDirectives) {
        noindex = noindex || other.noindex
        nofollow = nofollow || other.nofollow
    }
}
