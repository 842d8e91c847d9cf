/// Makes links of candidates once charset and base of a page are known.
struct LinkResolver {
    private(set) var result = ExtractedLinks()
    private let text: PageText
    private let base: FetchURL
    private let limit: Int
    private var indices: [Link: Int] = [:]

    /// - Parameters:
    ///   - text: The page.
    ///   - document: Its URL.
    ///   - baseValue: The href of the first base element. If it is no http(s) URL the document's counts.
    ///   - limit: How many links are kept.
    init(text: PageText, document: FetchURL, baseValue: Range<Int>?, limit: Int) {
        self.text = text
        self.limit = limit
        base = baseValue.flatMap { Self.url(text.attribute($0)[...], base: document) } ?? document
    }

    mutating func add(_ candidate: LinkCandidate) {
        guard candidate.value.count <= Self.maximumValue(candidate.kind) else { return result.skipped += 1 }
        let value = text.attribute(candidate.value)
        switch candidate.kind {
        case .imageSet, .sourceSet: for url in SourceSet.urls(value) { add(url, candidate) }
        case .metaRefresh: if let refresh = MetaRefresh(value) { add(refresh.url[...], candidate) }
        default: add(value[...], candidate)
        }
    }

    /// The refresh in the content of a meta element.
    func refresh(_ content: Range<Int>) -> ExtractedLinks.Refresh? {
        guard content.count <= Self.maximumValue(.a), let refresh = MetaRefresh(text.attribute(content)),
            let url = Self.url(refresh.url[...], base: base)
        else { return nil }
        return ExtractedLinks.Refresh(delay: .seconds(refresh.seconds), url: url)
    }

    private mutating func add(_ value: ArraySlice<UInt8>, _ candidate: LinkCandidate) {
        guard let url = Self.url(value, base: base) else { return result.skipped += 1 }
        let key = Link(url: url, kind: candidate.kind)
        if let index = indices[key] {
            if !candidate.isNofollow { result.links[index] = key }
            return
        }
        guard result.links.count < limit else { return result.isTruncated = true }
        indices[key] = result.links.count
        result.links.append(Link(url: url, kind: candidate.kind, isNofollow: candidate.isNofollow))
    }

    /// A reference resolved, its fragment left out: it names a part of the page, and the page is what is fetched.
    private static func url(_ value: ArraySlice<UInt8>, base: FetchURL) -> FetchURL? {
        let reference = Array(value.prefix { $0 != UInt8(ascii: "#") })
        return try? FetchURLParser.parse(reference, base: base)
    }

    /// No longer value can be a URL that ``FetchURL`` takes; a srcset holds many.
    private static func maximumValue(_ kind: Link.Kind) -> Int {
        kind == .imageSet || kind == .sourceSet ? 16 * FetchURL.maximumLength : 2 * FetchURL.maximumLength
    }
}
