package import FetchHTTP

/// The directives of a page for robots: `<meta name=robots>` and `X-Robots-Tag`.
package struct RobotsDirectives: Sendable, Hashable {
    /// `noindex` or `none`.
    var noindex = false
    /// `nofollow` or `none`: its links are not followed.
    package var nofollow = false

    /// Directives that restrict nothing.
    package init() {}

    /// Parses the content of a meta element: `noindex, nofollow`.
    init(content: some StringProtocol) {
        for word in content.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
            switch word.lowercased() {
            case "noindex": noindex = true
            case "nofollow": nofollow = true
            case "none": (noindex, nofollow) = (true, true)
            default: break
            }
        }
    }

    /// Parses all `X-Robots-Tag` headers that apply to every crawler or to this one: `otherbot: nofollow` does not. A
    /// name at the start applies to its header up to the next name.
    package init(headers: HeaderFields, agent: String) {
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

    /// Adds the directives of another source; the stricter one counts.
    package mutating func formUnion(_ other: RobotsDirectives) {
        noindex = noindex || other.noindex
        nofollow = nofollow || other.nofollow
    }
}
