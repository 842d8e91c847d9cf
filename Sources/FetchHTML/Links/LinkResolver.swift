import FetchHTTP

/// Makes links from candidates once charset and base of a page are known.
struct LinkResolver {
    private(set) var result = ExtractedLinks()
    private let text: PageText
    private let base: FetchURL
    private let limit: Int
    private var indices: [Link: Int] = [:]

    /// - Parameters:
    ///   - text: The page.
    ///   - document: Its URL.
    ///   - baseValue: The href of the first base element. If it is not a valid http(s) URL, the document's URL is the
    ///     base.
    ///   - limit: The maximum number of links.
    init(text: PageText, document: FetchURL, baseValue: Range<Int>?, limit: Int) {
        self.text = text
        self.limit = limit
        base =
            baseValue.flatMap { Self.url(text.attribute($0)[...], base: document, text.queryEncoding($0)) } ?? document
    }

    mutating func add(_ candidate: LinkCandidate) {
        guard candidate.value.count <= Self.maximumValue(candidate.kind) else { return result.skipped += 1 }
        let value = text.attribute(candidate.value)
        // Once for all URLs of an attribute, which may have thousands.
        let encoding = text.queryEncoding(candidate.value)
        switch candidate.kind {
        case .imageSet, .sourceSet: for url in SourceSet.urls(value) { add(url, candidate, encoding) }
        case .metaRefresh: if let refresh = MetaRefresh(value) { add(refresh.url[...], candidate, encoding) }
        default: add(value[...], candidate, encoding)
        }
    }

    /// The refresh in the content of a meta element.
    func refresh(_ content: Range<Int>) -> ExtractedLinks.Refresh? {
        guard content.count <= Self.maximumValue(.a), let refresh = MetaRefresh(text.attribute(content)),
            let url = Self.url(refresh.url[...], base: base, text.queryEncoding(content))
        else { return nil }
        return ExtractedLinks.Refresh(delay: .seconds(refresh.seconds), url: url)
    }

    private mutating func add(_ value: ArraySlice<UInt8>, _ candidate: LinkCandidate, _ encoding: CharacterEncoding) {
        guard let url = Self.url(value, base: base, encoding) else { return result.skipped += 1 }
        let key = Link(url: url, kind: candidate.kind)
        if let index = indices[key] {
            if !candidate.isNofollow { result.links[index] = key }
            return
        }
        guard result.links.count < limit else { return result.isTruncated = true }
        indices[key] = result.links.count
        result.links.append(Link(url: url, kind: candidate.kind, isNofollow: candidate.isNofollow))
    }

    /// Resolves a reference and drops its fragment, which names a position in the page, not another page.
    private static func url(_ value: ArraySlice<UInt8>, base: FetchURL, _ encoding: CharacterEncoding) -> FetchURL? {
        let reference = Array(value.prefix { $0 != UInt8(ascii: "#") })
        return try? FetchURLParser.parse(QueryEncoder.encoded(reference, in: encoding), base: base)
    }

    /// A longer value cannot be a URL that ``FetchURL`` accepts; a srcset contains many.
    private static func maximumValue(_ kind: Link.Kind) -> Int {
        kind == .imageSet || kind == .sourceSet ? 16 * FetchURL.maximumLength : 2 * FetchURL.maximumLength
    }
}
