import FetchHTML
import FetchHTTP

/// Interprets a response for a crawl: where it leads. Pure.
struct CrawlResponseReader: Sendable {
    /// What was found.
    struct Findings {
        /// The links in the order of the page, and those of the Link header.
        var links: [Link] = []
        /// The target of a redirect.
        var redirect: Result<FetchURL, FetchError>?
        /// The content of a sitemap.
        var sitemap: Sitemap?
        var title: String?
        /// The number of links; nil if it is not a page.
        var linksFound: Int?
        /// Whether the page forbids following its links.
        var isNofollow = false
    }

    private let extraction: LinkExtractor.Options
    private let obeysNofollow: Bool
    private let followsRedirects: Bool
    private let agent: String

    init(_ options: CrawlOptions) {
        var extraction = LinkExtractor.Options()
        extraction.requisites = options.requisites
        extraction.agent = options.agent
        self.extraction = extraction
        obeysNofollow = options.obeysNofollow
        followsRedirects = options.maxRedirects != nil
        agent = options.agent
    }

    /// Interprets a response.
    ///
    /// - Parameters:
    ///   - response: The response.
    ///   - isOK: Whether its status counts as a success.
    ///   - url: Its URL, that of the last hop.
    ///   - kind: Why it was fetched.
    ///   - vouched: Hosts whose robots.txt names this sitemap.
    func read(
        _ response: Response, isOK: Bool, url: FetchURL, kind: VisitKind, vouched: Set<String> = []
    ) -> Findings {
        var findings = Findings()
        if followsRedirects, let redirect = RedirectChain.target(of: response, from: url) {
            findings.redirect = redirect
            return findings
        }
        guard isOK, case .bytes(let body) = response.body else { return findings }
        let types = response.headers.values(of: "content-type")
        let type = types.isEmpty ? nil : types.joined(separator: ", ")
        switch kind {
        case .sitemap:
            findings.sitemap = SitemapReader.read(body, url: url, vouched: vouched)
        case .page where LinkExtractor.isPage(contentType: type):
            let page = LinkExtractor.extract(body, base: url, contentType: type, options: extraction)
            findings.title = page.title
            findings.links = page.links
            if obeysNofollow {
                var directives = RobotsDirectives(headers: response.headers, agent: agent)
                directives.formUnion(page.robots)
                findings.isNofollow = directives.nofollow
            }
            findings.links += LinkHeader.links(in: response.headers, base: url, requisites: extraction.requisites)
            findings.linksFound = findings.links.count
        default: break
        }
        return findings
    }
}

extension FetchURL {
    /// The URL as a crawl stores it: without credentials and fragment.
    var plain: FetchURL {
        let text = requestString
        return text.utf8.count == href.utf8.count ? self : FetchURL(text) ?? self
    }
}
