package import FetchHTTP

/// The Link header (RFC 8288 §3).
package enum LinkHeader {
    /// The maximum number of links that are read.
    static let maximumLinks = 1_000

    /// The links of all Link headers, resolved and without fragment, except those whose `anchor` names another page,
    /// and those whose rel neither leads to a page nor, if wanted, names a requisite.
    ///
    /// - Parameters:
    ///   - headers: The response headers.
    ///   - base: The URL of the response.
    ///   - requisites: Whether style sheets and other requisites are wanted.
    package static func links(in headers: HeaderFields, base: FetchURL, requisites: Bool = false) -> [Link] {
        var links: [Link] = []
        for value in headers.allBytes(of: "link") {
            var field = LinkField(value)
            while links.count < maximumLinks, let entry = field.next() {
                let relation = LinkRelation(entry["rel"] ?? [])
                let isRequisite = relation.isRequisite && requisites
                guard relation.isPage || isRequisite, isAbout(base, entry["anchor"]) else { continue }
                let target = Array(entry.target.prefix { $0 != UInt8(ascii: "#") })
                guard let url = try? FetchURLParser.parse(target, base: base) else { continue }
                let kind = relation.isPage ? Link.Kind.header : .linkedResource
                links.append(Link(url: url, kind: kind, isNofollow: relation.isNofollow))
            }
        }
        return links
    }

    /// Whether an anchor, if there is one, means the response itself.
    private static func isAbout(_ base: FetchURL, _ anchor: [UInt8]?) -> Bool {
        guard let anchor else { return true }
        return (try? FetchURLParser.parse(anchor, base: base))?.requestString == base.requestString
    }
}
