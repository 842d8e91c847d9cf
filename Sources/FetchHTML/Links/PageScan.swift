import FetchSystem

/// One pass over a page: the contents of its tags, as ranges of its bytes.
struct PageScan {
    private(set) var candidates: LinkCandidates
    /// The first base element with a href.
    private(set) var base: Range<Int>?
    private(set) var title: Range<Int>?
    /// The first meta refresh that is not in a noscript element.
    private(set) var refresh: Range<Int>?
    private(set) var robots = RobotsDirectives()
    /// The charset of the first meta element that names one.
    private(set) var encoding: CharacterEncoding?
    private let options: LinkExtractor.Options
    private let agent: [UInt8]

    /// Scans the bytes; their charset contains ASCII unchanged.
    init(_ bytes: [UInt8], options: LinkExtractor.Options) {
        self.options = options
        agent = options.agent.utf8.map(\.lowercasedASCII)
        candidates = LinkCandidates(limit: options.maximumLinks)
        let requisites = options.requisites
        var scanner = HTMLScanner(bytes, limit: options.maximumBytes) { tag in
            switch tag {
            case .a, .area, .base, .frame, .iframe, .link, .meta, .title: true
            case .audio, .body, .embed, .image, .img, .input, .object, .script, .source, .track, .video: requisites
            default: false
            }
        }
        while scanner.next() { take(scanner) }
    }

    private mutating func take(_ page: borrowing HTMLScanner) {
        // Elements of SVG and MathML with the name of an HTML element; only the links of SVG are links, too.
        guard page.namespace == .html || page.tag == .a else { return }
        switch page.tag {
        case .a, .area: takeAnchor(page)
        case .base: if base == nil { base = page.value(of: .href) }
        case .frame: candidates.add(.frame, page.value(of: .src), of: page.bytes)
        case .iframe: candidates.add(.iframe, page.value(of: .src), of: page.bytes)
        case .link: takeLink(page)
        case .meta: takeMeta(page)
        case .title: if title == nil { title = page.text }
        default: page.visitRequisites { candidates.add($0, $1, of: page.bytes) }
        }
    }

    private mutating func takeAnchor(_ page: borrowing HTMLScanner) {
        let kind = page.tag == .a ? Link.Kind.a : .area
        let isNofollow = page.value(of: .rel).map { LinkRelation(page.bytes[$0]).isNofollow } ?? false
        let href = page.value(of: .href) ?? page.value(of: .xlinkHref)
        candidates.add(kind, href, of: page.bytes, isNofollow: isNofollow)
    }

    private mutating func takeLink(_ page: borrowing HTMLScanner) {
        guard let href = page.value(of: .href), let rel = page.value(of: .rel) else { return }
        let relation = LinkRelation(page.bytes[rel])
        if relation.isPage {
            candidates.add(.link, href, of: page.bytes, isNofollow: relation.isNofollow)
        } else if relation.isRequisite, options.requisites {
            candidates.add(.linkedResource, href, of: page.bytes)
        }
    }

    private mutating func takeMeta(_ page: borrowing HTMLScanner) {
        let bytes = page.bytes
        if encoding == nil, let label = page.value(of: .charset) { encoding = .meta(label: bytes[label]) }
        guard let content = page.value(of: .content) else { return }
        if let name = page.value(of: .httpEquiv) {
            if encoding == nil, bytes[name].isWord("content-type".utf8) {
                encoding = .metaContent(bytes[content].prefix(1_000))
            }
            if bytes[name].isWord("refresh".utf8) {
                if refresh == nil, !page.isInNoscript { refresh = content }
                candidates.add(.metaRefresh, content, of: bytes)
            }
        }
        if let name = page.value(of: .name), bytes[name].isWord("robots".utf8) || bytes[name].isWord(agent) {
            robots.formUnion(RobotsDirectives(content: String(decoding: bytes[content].prefix(1_000), as: UTF8.self)))
        }
    }
}
