/// What a page says to robots about itself: `<meta name=robots>` and `X-Robots-Tag`.
public struct RobotsDirectives: Sendable, Hashable {
    /// `noindex` or `none`.
    public var noindex = false
    /// `nofollow` or `none`: its links are not followed.
    public var nofollow = false

    /// Nothing is said.
    public init() {}

    /// The directives of a meta element's content: `noindex, nofollow`.
    public init(content: some StringProtocol) {}

    /// The directives of all `X-Robots-Tag` fields that are meant for everybody or for this crawler (`otherbot: nofollow`
    /// is not).
    public init(headers: HeaderFields, agent: String) {}

    /// Adds what another source says; the stricter word counts.
    public mutating func formUnion(_ other: RobotsDirectives) {
        noindex = noindex || other.noindex
        nofollow = nofollow || other.nofollow
    }
}
