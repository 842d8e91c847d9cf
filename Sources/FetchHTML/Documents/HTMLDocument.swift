import FetchSystem

/// The links and anchors of HTML that is UTF-8.
struct HTMLDocument {
    private(set) var links = FoundLinks()
    private(set) var anchors: Set<String> = []
    /// The href of the first base element that has one.
    private(set) var base: String?
    private let text: PageText

    /// Finds the links and anchors of a document.
    ///
    /// Every link is found that a browser follows or loads: of `a`, `area`, `iframe`, `frame`, `link`, a meta refresh, and of
    /// the elements with parts of the page (``HTMLScanner/visitRequisites(_:)``). The content of templates is not a part of
    /// the page.
    static func scan(_ bytes: [UInt8], encoding: String?) -> DocumentScan {
        let mark = CharacterEncoding.mark(of: bytes[...])
        let encoding = mark?.encoding ?? encoding.flatMap { CharacterEncoding(label: $0) } ?? declared(bytes)
        let content = bytes[(mark?.length ?? 0)...]
        let isUTF8 = encoding == nil || encoding == .utf8
        let utf8 =
            isUTF8 && String(validating: content, as: UTF8.self) != nil
            ? Array(content) : (encoding ?? .windows1252).decode(content)
        let page = HTMLDocument(utf8)
        var scan = DocumentScan()
        scan.links = page.links.sorted(in: utf8)
        scan.anchors = page.anchors
        scan.base = page.base
        return scan
    }

    /// Reads UTF-8.
    init(_ bytes: [UInt8]) {
        text = PageText(bytes: bytes, encoding: .utf8)
        var scanner = HTMLScanner(bytes) { _ in true }
        while scanner.next() { take(scanner) }
    }

    /// The charset that a meta element at the beginning names; nil if none does.
    private static func declared(_ bytes: [UInt8]) -> CharacterEncoding? {
        var scanner = HTMLScanner(bytes, limit: 65_536) { $0 == .meta }
        while scanner.next() {
            if let label = scanner.value(of: .charset) { return .meta(label: bytes[label]) }
            if let name = scanner.value(of: .httpEquiv), bytes[name].isWord("content-type".utf8),
                let content = scanner.value(of: .content)
            {
                return .metaContent(bytes[content].prefix(1_000))
            }
        }
        return nil
    }

    // MARK: Tags

    private mutating func take(_ page: borrowing HTMLScanner) {
        if let id = page.value(of: .id), !id.isEmpty { anchors.insert(decoded(id)) }
        // As in PageScan: of SVG and MathML only the links of SVG are links.
        guard page.namespace == .html || page.tag == .a else { return }
        switch page.tag {
        case .a:
            if let name = page.value(of: .name), !name.isEmpty { anchors.insert(decoded(name)) }
            let href = page.value(of: .href) ?? page.value(of: .xlinkHref)
            if let href { add(href, isPage: true, isNofollow: isNofollow(page), text: linkText(page)) }
        case .area: if let href = page.value(of: .href) { add(href, isPage: true, isNofollow: isNofollow(page)) }
        case .base: if base == nil { base = page.value(of: .href).map(decoded) }
        case .iframe, .frame: if let source = page.value(of: .src) { add(source, isPage: false) }
        case .link: takeLink(page)
        case .meta: takeMeta(page)
        default:
            page.visitRequisites { kind, value in
                guard let value else { return }
                if kind == .imageSet || kind == .sourceSet { addSet(value) } else { add(value, isPage: false) }
            }
        }
    }

    private func isNofollow(_ page: borrowing HTMLScanner) -> Bool {
        page.value(of: .rel).map { LinkRelation(page.bytes[$0]).isNofollow } ?? false
    }

    private mutating func takeLink(_ page: borrowing HTMLScanner) {
        guard let href = page.value(of: .href) else { return }
        let rel = page.value(of: .rel).map { page.bytes[$0] } ?? []
        // These name a host to connect to, not something to fetch.
        let words = rel.split(whereSeparator: \.isHTMLSpace)
        if words.contains(where: { $0.isWord("preconnect".utf8) || $0.isWord("dns-prefetch".utf8) }) { return }
        let relation = LinkRelation(rel)
        add(href, isPage: !relation.isRequisite, isNofollow: relation.isNofollow)
    }

    private mutating func takeMeta(_ page: borrowing HTMLScanner) {
        guard let name = page.value(of: .httpEquiv), page.bytes[name].isWord("refresh".utf8),
            let content = page.value(of: .content), let refresh = MetaRefresh(Array(page.bytes[content])),
            let url = page.bytes[content].range(ofBytes: refresh.url)
        else { return }
        add(url, isPage: true)
    }

    /// Adds the URLs of a srcset.
    private mutating func addSet(_ value: Range<Int>) {
        for url in SourceSet.urls(Array(text.bytes[value])) {
            add((value.lowerBound + url.startIndex)..<(value.lowerBound + url.endIndex), isPage: false)
        }
    }

    private mutating func add(_ value: Range<Int>, isPage: Bool, isNofollow: Bool = false, text: String = "") {
        links.add(
            value.lowerBound,
            FoundLinks.Link(target: decoded(value), text: text, isPage: isPage, isNofollow: isNofollow))
    }

    private func decoded(_ value: Range<Int>) -> String { ByteText.text(of: text.attribute(value)) }

    /// The text from a start tag to the next tag of the same name, without the tags in between.
    private func linkText(_ page: borrowing HTMLScanner) -> String {
        let bytes = page.bytes
        let end = min(page.position + LinkText.maximumBytes, bytes.count)
        var raw: [UInt8] = []
        var index = page.position
        while index < end {
            let next = bytes.offset(of: UInt8(ascii: "<"), from: index, to: end) ?? end
            raw += bytes[index..<next]
            let name = bytes[min(next + 1, end)..<end].drop { $0 == UInt8(ascii: "/") }
            if let first = name.first, first | 0x20 == UInt8(ascii: "a"),
                !(name.dropFirst().first?.isASCIILetter ?? false)
            {
                break
            }
            index = bytes.offset(of: UInt8(ascii: ">"), from: next, to: end).map { $0 + 1 } ?? end
        }
        let content = PageText(bytes: raw, encoding: .utf8)
        return LinkText.joined(content.content(0..<raw.count))
    }
}
