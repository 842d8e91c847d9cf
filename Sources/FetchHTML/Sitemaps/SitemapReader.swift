package import FetchHTTP
import FetchSystem

/// Reads a sitemap in pieces as it arrives: XML, text or feed, with or without gzip, recognised by their first bytes.
///
/// Not Sendable: it belongs to the reader of the body. ``finish()`` ends it.
package final class SitemapReader {
    /// The limits of the protocol.
    package struct Limits: Sendable {
        /// The maximum number of bytes after decompression (sitemaps.org: 50 MB).
        package var bytes = 52_428_800
        /// The maximum number of URLs (sitemaps.org: 50,000).
        var urls = 50_000
        /// The limits of the protocol.
        package init() {}
    }

    private enum Format {
        case unknown
        case xml(XMLPushParser)
        case text
    }

    private let limits: Limits
    private var content: SitemapContent
    private var format = Format.unknown
    private var gzip: GzipReader?
    /// The bytes before the kind is known; later an unfinished line of text.
    private var pending: [UInt8] = []
    private var hasStarted = false
    /// The number of decoded bytes so far.
    private var size = 0
    /// Makes of XML what libxml2 reads.
    private var mender = XMLMender()

    /// Starts to read.
    ///
    /// - Parameters:
    ///   - url: The URL of the sitemap: relative URLs are resolved against it, and it covers only its own host, in and
    ///     below its own directory (sitemaps.org, "Sitemap file location"); an index covers its own host.
    ///   - vouched: Hosts (`example.org`) whose robots.txt names this sitemap: it covers all of them.
    ///   - isStrict: Whether URLs that it may not cover are left out; false for a sitemap that the user named.
    init(url: FetchURL, vouched: Set<String> = [], isStrict: Bool = true, limits: Limits = Limits()) {
        self.limits = limits
        let rule = isStrict ? SitemapRule(sitemap: url, vouched: vouched) : nil
        content = SitemapContent(url: url, rule: rule, limit: limits.urls)
    }

    /// Reads a piece of the body.
    ///
    /// - Returns: Whether more is wanted; false after a limit or an error that ends the sitemap.
    @discardableResult
    func push(_ piece: ArraySlice<UInt8>) -> Bool {
        guard wantsMore else { return false }
        guard hasStarted else {
            pending += piece
            // Two bytes are gzip's magic number.
            if pending.count >= 2 { start() }
            return wantsMore
        }
        take(piece)
        return wantsMore
    }

    /// Ends the sitemap and returns what was found.
    func finish() -> Sitemap {
        if !hasStarted { start() }
        if let gzip, wantsMore, !gzip.isComplete { content.fail("the gzip stream is cut off") }
        switch format {
        case .unknown: break
        case .text:
            content.takeLine(pending[...])
            content.endText()
        case .xml(let parser):
            let problem = mender.problem ?? parser.problem
            // The end tag after the last text has begun, and the end of the body cuts it.
            let isTextWhole = mender.isInEndTag
            for event in parser.push(mender.finish()[...]) { content.take(event) }
            for event in parser.finish() { content.take(event) }
            if let problem = problem ?? parser.problem { content.fail(problem) }
            // An error in the middle says nothing about the last bytes.
            content.endEarly(isTextWhole: problem == nil && isTextWhole)
        }
        return content.sitemap
    }

    /// Reads a whole body.
    package static func read(
        _ bytes: [UInt8], url: FetchURL, vouched: Set<String> = [], isStrict: Bool = true
    ) -> Sitemap {
        let reader = SitemapReader(url: url, vouched: vouched, isStrict: isStrict)
        reader.push(bytes[...])
        return reader.finish()
    }

    private var wantsMore: Bool { content.sitemap.problem == nil }

    private func start() {
        hasStarted = true
        let bytes = pending
        pending = []
        if bytes.starts(with: [0x1F, 0x8B]) {
            gzip = GzipReader()
            if gzip == nil { content.fail("out of memory while decompressing it") }
        }
        take(bytes[...])
    }

    /// Reads bytes as they arrived, in pieces small enough to notice a decompression bomb in time.
    private func take(_ piece: ArraySlice<UInt8>) {
        guard let gzip else { return takeDecoded(piece) }
        var rest = piece
        while !rest.isEmpty, wantsMore {
            let part = rest.prefix(4096)
            rest = rest[part.endIndex...]
            if let problem = gzip.inflate(part, takeDecoded) { content.fail("the gzip stream is corrupt: \(problem)") }
        }
    }

    private func takeDecoded(_ piece: ArraySlice<UInt8>) {
        guard wantsMore else { return }
        var piece = piece
        if case .unknown = format {
            pending += piece
            guard let found = Self.format(of: pending) else { return }
            format = found
            piece = pending[...]
            pending = []
        }
        size += piece.count
        let isTooLarge = size > limits.bytes
        if isTooLarge { piece = piece.dropLast(min(size - limits.bytes, piece.count)) }
        switch format {
        case .unknown: break
        case .text: takeText(piece)
        case .xml(let parser): takeXML(piece, parser)
        }
        if isTooLarge { content.fail("larger than \(limits.bytes) bytes", isTooLarge: true) }
    }

    /// The kind by the first byte that is not white space; nil if there is none yet.
    private static func format(of bytes: [UInt8]) -> Format? {
        let text = bytes.drop {
            $0.isHTMLSpace || $0 == 0xEF || $0 == 0xBB || $0 == 0xBF || $0 == 0xFE || $0 == 0xFF || $0 == 0
        }
        guard let first = text.first else { return nil }
        guard first == UInt8(ascii: "<"), let parser = XMLPushParser() else { return .text }
        return .xml(parser)
    }

    private func takeXML(_ piece: ArraySlice<UInt8>, _ parser: XMLPushParser) {
        // White space before an XML declaration is an error that many sitemaps have.
        var rest = size == piece.count ? piece.drop(while: \.isHTMLSpace) : piece
        while !rest.isEmpty, wantsMore {
            let part = rest.prefix(65_536)
            rest = rest[part.endIndex...]
            for event in parser.push(mender.push(part)[...]) { content.take(event) }
            if let problem = parser.problem ?? mender.problem { content.fail(problem) }
        }
    }

    private func takeText(_ piece: ArraySlice<UInt8>) {
        var rest = piece
        while let end = rest.firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) {
            content.takeLine(pending + rest[..<end])
            pending = []
            rest = rest[(end + 1)...]
        }
        // The rest of a line that is too long to be a URL is dropped as it arrives.
        if pending.count <= FetchURL.maximumLength { pending += rest }
    }
}
