import FetchSystem

/// The rel of a link (WHATWG HTML §4.6.7, RFC 8288 §3.3): it leads to a page, names a part of this page, or is not
/// fetched.
struct LinkRelation {
    private(set) var isNofollow = false
    private(set) var isPage = false
    private(set) var isRequisite = false

    /// Reads the words of a rel, separated by white space, or by commas as on some pages.
    init(_ rel: some Collection<UInt8>) {
        for word in rel.split(whereSeparator: { $0.isHTMLSpace || $0 == UInt8(ascii: ",") }) where word.count <= 32 {
            let word = String(decoding: word.map(\.lowercasedASCII), as: UTF8.self)
            if word == "nofollow" { isNofollow = true }
            if Self.pages.contains(word) { isPage = true }
            if Self.requisites.contains(word) || word.hasPrefix("apple-touch-") { isRequisite = true }
        }
        // "alternate stylesheet" is a style sheet.
        if isRequisite { isPage = false }
    }

    private static let pages: Set<String> = [
        "alternate", "author", "bookmark", "canonical", "chapter", "contents", "copyright", "first", "glossary", "help",
        "index", "last", "license", "next", "prev", "previous", "section", "shortlink", "start", "toc", "top", "up",
    ]
    private static let requisites: Set<String> = [
        "icon", "manifest", "mask-icon", "modulepreload", "prefetch", "preload", "search", "stylesheet",
    ]
}
