import FetchHTTP
import FetchSystem

/// Builds a ``Sitemap`` from the events of its XML, or from its lines.
struct SitemapContent {
    private(set) var sitemap = Sitemap()
    private let url: FetchURL
    private let rule: SitemapRule?
    private let limit: Int
    private var seen: Set<String> = []
    /// The names of the open elements.
    private var open: [String] = []
    /// The number of open elements around the children of the current item; 0 outside of items.
    private var itemDepth = 0
    private var item = Item()
    /// The text of the current child; nil if it is not needed.
    private var text: [UInt8]?

    /// The current `url`, `sitemap`, `item` or `entry`.
    private struct Item {
        var locations: [String] = []
        /// The guid of RSS, which is the URL if there is no better one.
        var fallback: String?
        var lastModified: String?
    }

    /// A longer text cannot be a URL.
    private static let maximumText = 2 * FetchURL.maximumLength

    init(url: FetchURL, rule: SitemapRule?, limit: Int) {
        self.url = url
        self.rule = rule
        self.limit = limit
    }

    /// Records what is wrong; the first problem counts.
    mutating func fail(_ problem: String, isTooLarge: Bool = false) {
        guard sitemap.problem == nil else { return }
        sitemap.problem = problem
        sitemap.isTooLarge = isTooLarge
    }

    mutating func take(_ event: XMLPushParser.Event) {
        guard sitemap.problem == nil else { return }
        switch event {
        case .start(let name, let attributes): start(name, attributes)
        case .text(let bytes):
            if let count = text?.count, count + bytes.count <= Self.maximumText { text?.append(contentsOf: bytes) }
        case .end: end()
        }
    }

    /// Reads a line of a text sitemap.
    mutating func takeLine(_ line: ArraySlice<UInt8>) {
        sitemap.kind = .text
        let bytes = line.starts(with: [0xEF, 0xBB, 0xBF]) ? line.dropFirst(3) : line
        let text = Self.trimmed(bytes)
        guard !text.isEmpty, sitemap.problem == nil else { return }
        let isAbsolute = text.prefix(8).lowercased().hasPrefix("http")
        // "www.example.com/x" in the list of www.example.com lacks its scheme; no other correction is made.
        let isOwn = text.lowercased().hasPrefix(url.host)
        guard isAbsolute || isOwn else { return sitemap.skipped += 1 }
        add(isAbsolute ? text : "\(url.scheme.rawValue)://\(text)", nil)
    }

    /// Ends a text: one that names no URL at all is something else, such as an error message.
    mutating func endText() {
        if sitemap.entries.isEmpty, sitemap.foreign == 0, sitemap.skipped > 0 {
            fail("it is not a sitemap: no line is a URL")
        }
    }

    /// Ends the document. An item that is still open counts with the URLs that it has, the last one only if its text
    /// was complete.
    mutating func endEarly(isTextWhole: Bool) {
        if itemDepth > 0, open.count == itemDepth + 1, isTextWhole, let text { endChild(Self.trimmed(text[...])) }
        if itemDepth > 0 { endItem() }
    }

    private mutating func start(_ name: String, _ attributes: [(name: String, value: String)]) {
        open.append(name)
        if open.count == 1 {
            sitemap.kind = Self.kind(root: name)
            if sitemap.kind == .unknown {
                fail("the root element \(ParseFailure.quoted(name)) is not that of a sitemap")
            }
        } else if itemDepth == 0, name == itemName {
            itemDepth = open.count
            item = Item()
        } else if itemDepth > 0, open.count == itemDepth + 1 {
            startChild(name, attributes)
        }
    }

    private mutating func startChild(_ name: String, _ attributes: [(name: String, value: String)]) {
        func attribute(_ name: String) -> String? { attributes.first { $0.name == name }?.value }
        switch (sitemap.kind, name) {
        case (.atom, "link"):
            let isAlternate = attribute("rel").map { $0 == "alternate" } ?? true
            if isAlternate, item.locations.isEmpty, let href = attribute("href") { item.locations = [href] }
        case (.index, "loc"), (.urlset, "loc"), (.rss, "link"), (.rss, "guid"): text = []
        case (_, "lastmod"), (_, "pubDate"), (_, "date"), (_, "updated"): text = []
        default: break
        }
    }

    private mutating func end() {
        if itemDepth > 0 {
            if open.count == itemDepth + 1, let text { endChild(Self.trimmed(text[...])) }
            if open.count == itemDepth { endItem() }
        }
        if !open.isEmpty { open.removeLast() }
    }

    private mutating func endChild(_ value: String) {
        text = nil
        guard !value.isEmpty else { return }
        switch open.last {
        case "loc", "link": item.locations.append(value)
        case "guid": item.fallback = value.lowercased().hasPrefix("http") ? value : nil
        default: item.lastModified = item.lastModified ?? value
        }
    }

    private mutating func endItem() {
        itemDepth = 0
        text = nil
        let locations = item.locations.isEmpty ? item.fallback.map { [$0] } ?? [] : item.locations
        for location in locations { add(location, item.lastModified.map { String($0.prefix(64)) }) }
    }

    private mutating func add(_ text: String, _ lastModified: String?) {
        let reference = text.prefix { $0 != "#" }
        guard let url = FetchURL(reference, base: url) else { return sitemap.skipped += 1 }
        guard rule?.allows(url, in: sitemap.kind) != false else {
            sitemap.skipped += 1
            sitemap.foreign += 1
            if sitemap.foreignURLs.count < 10 { sitemap.foreignURLs.append(url) }
            return
        }
        guard seen.insert(url.href).inserted else { return }
        guard sitemap.entries.count < limit else { return fail("more than \(limit) URLs", isTooLarge: true) }
        sitemap.entries.append(Sitemap.Entry(url: url, lastModified: lastModified))
    }

    private var itemName: String {
        switch sitemap.kind {
        case .index: "sitemap"
        case .urlset: "url"
        case .atom: "entry"
        default: "item"
        }
    }

    private static func kind(root: String) -> Sitemap.Kind {
        switch root {
        case "sitemapindex": .index
        case "urlset": .urlset
        case "rss", "RDF": .rss
        case "feed": .atom
        default: .unknown
        }
    }

    /// The text without the white space around it, Unicode's included; a byte that is not UTF-8 is percent-encoded.
    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
        var scalars = ByteText.reference(Array(bytes)).unicodeScalars[...]
        while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
        while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
        return String(scalars)
    }
}
