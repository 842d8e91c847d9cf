import FetchHTML
import FetchHTTP

/// What is said of a sitemap that was fetched. Pure.
enum SitemapReport {
    /// Why a sitemap that the user named is a failure; nil if it is not. What could be read of it is used in any case.
    ///
    /// - Parameters:
    ///   - outcome: The outcome of the request.
    ///   - findings: What was found in the response.
    static func failure(of outcome: Outcome, _ findings: CrawlResponseReader.Findings) -> FetchError? {
        if let error = outcome.error { return error }
        if findings.redirect != nil { return nil }
        guard let sitemap = findings.sitemap else {
            return FetchError(
                .httpStatus, StatusText.line(outcome.response?.status ?? 0), curlCode: .httpReturnedError)
        }
        if let problem = sitemap.problem { return FetchError(sitemap.isTooLarge ? .tooLarge : .unparsable, problem) }
        return sitemap.kind == .unknown ? FetchError(.unparsable, "it is empty") : nil
    }

    /// What a sitemap names and may not cover, as a message; nil if there is nothing.
    static func foreign(in sitemap: Sitemap) -> String? {
        guard let first = sitemap.foreignURLs.first else { return nil }
        guard sitemap.kind == .index else {
            return "\(sitemap.foreign) URLs are left out, such as \(first.redacted): "
                + "a sitemap covers its own directory on its own host"
        }
        let names = sitemap.foreignURLs.map(\.redacted).joined(separator: ", ")
        let more = sitemap.foreign - sitemap.foreignURLs.count
        return "left out \(names)\(more > 0 ? " and \(more) more" : ""): an index covers sitemaps on its own host; "
            + "name the others yourself to read them"
    }
}
