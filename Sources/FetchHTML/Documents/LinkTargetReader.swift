import FetchHTTP
import FetchSystem

/// Reads the targets of a document's links (``LinkTarget``).
package struct LinkTargetReader {
    private let context: LinkContext
    /// The URL or path that relative links are resolved against, after the base element.
    private let base: Base

    private enum Base {
        case url(FetchURL)
        case file(String)
    }

    /// Resolves the base element. One that is not a valid URL is ignored, as in browsers.
    package init(context: LinkContext) {
        self.context = context
        let document: Base =
            switch context.document {
            case .url(let url): .url(url)
            case .file(let path): context.baseURL.map { .url(Self.published(path, at: $0, context)) } ?? .file(path)
            }
        guard let written = context.base else {
            base = document
            return
        }
        switch Self.resolve(Self.stripped(written), document, context) {
        case .url(let url, _): base = .url(url)
        case .file(let path, _): base = .file(Self.isFolder(written) ? DocumentPath.joined(path, "x") : path)
        default: base = document
        }
    }

    /// Reads a target.
    package func read(_ target: String) -> LinkTarget {
        let reference = Self.stripped(target)
        // Without a base element it is the same document whatever its URL (RFC 3986 §4.4).
        if reference.isEmpty || reference.first == UInt8(ascii: "#"), context.base == nil || isOwn(base) {
            return .fragment(ByteText.text(of: Array(reference.dropFirst())))
        }
        return Self.resolve(reference, base, context)
    }

    private func isOwn(_ base: Base) -> Bool {
        switch (base, context.document) {
        case (.url(let url), .url(let own)): url.requestString == own.requestString
        case (.file(let path), .file(let own)): DocumentPath.normal(path) == DocumentPath.normal(own)
        default: false
        }
    }

    // MARK: Schemes

    private static func resolve(_ reference: ArraySlice<UInt8>, _ base: Base, _ context: LinkContext) -> LinkTarget {
        guard let scheme = scheme(of: reference) else { return relative(reference, base, context) }
        let rest = reference.dropFirst(scheme.utf8.count + 1)
        switch scheme {
        case "http", "https": return absolute(reference, rest)
        case "mailto": return .mail(problem: MailLink.problem(rest))
        case "file":
            guard case .file = context.document else { return .other(scheme: scheme) }
            return file(rest)
        default:
            if scheme.utf8.count == 1 {
                return .malformed("\(scheme.uppercased()): is a drive, not the scheme of a URL")
            }
            for known in ["https", "http"] where SchemeTypo.isClose(scheme, to: known) {
                return .malformed("the scheme \"\(scheme):\" is not valid; \(known): may be meant")
            }
            return .other(scheme: scheme)
        }
    }

    /// The scheme in lower case (WHATWG URL §4.4, scheme state); nil for a relative link.
    private static func scheme(of reference: ArraySlice<UInt8>) -> String? {
        guard let first = reference.first, first.isASCIILetter else { return nil }
        let name = reference.prefix(while: \.isSchemeByte)
        guard name.endIndex < reference.endIndex, reference[name.endIndex] == UInt8(ascii: ":") else { return nil }
        return String(validating: name.map(\.lowercasedASCII), as: UTF8.self)
    }

    private static func absolute(_ reference: ArraySlice<UInt8>, _ rest: ArraySlice<UInt8>) -> LinkTarget {
        let slashes = rest.prefix { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }.count
        guard slashes >= 2 else { return .malformed("the scheme must be followed by //") }
        guard slashes == 2 else { return .malformed("empty host") }
        return url(reference, base: nil)
    }

    private static func url(_ reference: ArraySlice<UInt8>, base: FetchURL?) -> LinkTarget {
        let (rest, fragment) = divided(reference)
        do throws(FetchError) {
            return .url(try FetchURLParser.parse(Array(rest), base: base), fragment: fragment)
        } catch {
            return .malformed(error.message)
        }
    }

    /// The path of `file:///x`, `file:/x` and `file://localhost/x` (RFC 8089).
    private static func file(_ rest: ArraySlice<UInt8>) -> LinkTarget {
        var (path, fragment) = divided(rest)
        if path.starts(with: "//".utf8) {
            path = path.dropFirst(2)
            let host = path.prefix { $0 != UInt8(ascii: "/") }
            guard host.isEmpty || host.map(\.lowercasedASCII).elementsEqual("localhost".utf8) else {
                return .unresolvable("a file of another host")
            }
            path = path[host.endIndex...]
        }
        guard path.first == UInt8(ascii: "/") else { return .malformed("file: must be followed by an absolute path") }
        return DocumentPath.decoded(path).map { .file(path: DocumentPath.normal($0), fragment: fragment) }
            ?? .malformed("the path contains NUL")
    }

    // MARK: Relative links

    private static func relative(_ reference: ArraySlice<UInt8>, _ base: Base, _ context: LinkContext) -> LinkTarget {
        let isNetworkPath = isSlash(reference.first) && isSlash(reference.dropFirst().first)
        switch base {
        case .url(let base): return url(reference, base: base)
        case .file where isNetworkPath:
            let host = reference.dropFirst(2)
            return isSlash(host.first) ? .malformed("empty host") : url("https://".utf8 + host, base: nil)
        case .file(let document):
            let (whole, fragment) = divided(reference)
            let written = whole.prefix { $0 != UInt8(ascii: "?") }
            guard let path = DocumentPath.decoded(written) else { return .malformed("the path contains NUL") }
            if path.isEmpty { return .file(path: DocumentPath.normal(document), fragment: fragment) }
            if path.hasPrefix("/") {
                guard let root = context.rootDirectory else {
                    return .unresolvable("a path from the root of a site, and no root directory is known")
                }
                // Here ".." ends at the root, as in a browser.
                return .file(path: DocumentPath.joined(root, DocumentPath.normal(path)), fragment: fragment)
            }
            return .file(path: DocumentPath.joined(DocumentPath.folder(of: document), path), fragment: fragment)
        }
    }

    /// The URL of a file of a site.
    private static func published(_ path: String, at url: FetchURL, _ context: LinkContext) -> FetchURL {
        guard let root = context.rootDirectory, let inside = DocumentPath.relative(path, to: root) else { return url }
        let parts = DocumentPath.parts(inside).map { PercentEncoding.encodeComponent(ByteText.bytes(of: String($0))) }
        var text = Array(url.href.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") })
        if text.last != UInt8(ascii: "/") { text.append(UInt8(ascii: "/")) }
        return (try? FetchURLParser.parse(text + parts.joined(separator: [UInt8(ascii: "/")]), base: nil)) ?? url
    }

    private static func isSlash(_ byte: UInt8?) -> Bool { byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\") }

    /// Whether what is inside a base is resolved against it, not against its folder.
    private static func isFolder(_ written: String) -> Bool {
        let path = stripped(written).prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        let last = path.split(omittingEmptySubsequences: false, whereSeparator: isSlash).last ?? []
        return last.isEmpty || last.elementsEqual(".".utf8) || last.elementsEqual("..".utf8)
    }

    /// What precedes the fragment, and the fragment without `#`.
    private static func divided(_ reference: ArraySlice<UInt8>) -> (ArraySlice<UInt8>, String?) {
        guard let hash = reference.firstIndex(of: UInt8(ascii: "#")) else { return (reference, nil) }
        return (reference[..<hash], ByteText.text(of: Array(reference[(hash + 1)...])))
    }

    /// Without controls and spaces at both ends, and without tabs and line breaks (WHATWG URL §4.4).
    private static func stripped(_ target: String) -> ArraySlice<UInt8> {
        var bytes = ByteText.bytes(of: target)[...]
        while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
        bytes = bytes.drop { $0 <= 0x20 }
        let isBreak: (UInt8) -> Bool = { $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
        return bytes.contains(where: isBreak) ? bytes.filter { !isBreak($0) }[...] : bytes
    }
}
