/// A site that is made while it is asked for: pages over several hosts of one port, and on wish what crawlers trip over.
///
/// Page n is `/p/n.html` on `h<n mod hosts>.localhost`. It links to its children in a tree of the given width, to its
/// parent and to two pages elsewhere, so that all pages are found from page 0 and every page is linked many times.
package struct GeneratedSite: Sendable {
    /// How many hosts.
    package let hosts: Int
    /// How many pages in all.
    package let pages: Int
    /// Links to children on a page.
    package let width: Int
    /// The port of the server; pages name it in their links.
    package let port: Int
    /// Bytes of text in each page.
    package let padding: Int

    /// Describes a site.
    package init(hosts: Int, pages: Int, width: Int = 8, port: Int, padding: Int = 0) {
        self.hosts = hosts
        self.pages = pages
        self.width = width
        self.port = port
        self.padding = padding
    }

    /// The URL of a page.
    package func url(_ page: Int) -> String { "http://h\(page % hosts).localhost:\(port)/p/\(page).html" }

    /// The URLs of all pages.
    package var all: Set<String> { Set((0..<pages).map(url)) }

    /// The page of a request's path; nil for anything else.
    package func page(_ path: String) -> Int? {
        guard path.hasPrefix("/p/"), path.hasSuffix(".html"), let page = Int(path.dropFirst(3).dropLast(5)),
            page < pages
        else { return nil }
        return page
    }

    /// The HTML of a page.
    package func html(_ page: Int) -> String {
        var targets = (1...width).map { page * width + $0 }.filter { $0 < pages }
        if page > 0 { targets.append((page - 1) / width) }
        targets += [(page &* 7919 + 13) % pages, (page &* 104_729 + 7) % pages]
        let links = targets.map { "<a href=\"\(url($0))#s\(page)\">page \($0)</a>" }.joined(separator: "\n")
        let text = String(repeating: "Lorem ipsum dolor sit amet. ", count: padding / 28)
        return
            "<!doctype html><html><head><title>Page \(page)</title></head><body>\n\(links)\n<p>\(text)</p></body></html>"
    }

    /// What the site answers; 404 for what is no page.
    package func reply(_ request: LoopbackServer.Request) -> LoopbackServer.Reply {
        page(request.path).map { .html(html($0)) } ?? .status(404)
    }
}

/// Parts of sites that have no end.
package enum EndlessSite {
    /// `/calendar/2026/01/02`, each day linking to the next and the one before, for ever.
    package static func calendar(_ path: String) -> LoopbackServer.Reply? {
        let parts = path.split(separator: "/")
        guard parts.count == 4, parts[0] == "calendar", let year = Int(parts[1]), let month = Int(parts[2]),
            let day = Int(parts[3])
        else { return nil }
        func link(_ number: Int) -> String {
            let (year, month, day) = (number / 336, number / 28 % 12 + 1, number % 28 + 1)
            return "/calendar/\(year)/\(month < 10 ? "0" : "")\(month)/\(day < 10 ? "0" : "")\(day)"
        }
        let number = year * 336 + (month - 1) * 28 + day - 1
        return .html("<a href=\"\(link(number + 1))\">next</a> <a href=\"\(link(number - 1))\">before</a>")
    }

    /// A page whose relative link adds a segment to its own path each time.
    package static func deeper() -> LoopbackServer.Reply { .html("<a href=\"again/\">again</a>") }

    /// A page that links to itself under a new session id each time.
    package static func session(_ number: Int) -> LoopbackServer.Reply {
        let id = String(UInt64(number) &* 0x9E37_79B9_7F4A_7C15, radix: 16)
        return .html("<a href=\"/shop?PHPSESSID=\(id)\(id)\">shop</a>")
    }
}
