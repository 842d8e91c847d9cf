import FetchHTTP
import Testing

@testable import FetchGitHub

@Suite("Pages are followed on their own origin and never in a circle")
struct GitHubPagesTests {
    private static let first = Samples.url("https://api.test/users/a/repos?per_page=100")

    private func repositories(_ ids: ClosedRange<Int>) throws -> [GitHubRepository] {
        let list = ids.map { #"{"id":\#($0),"name":"r\#($0)","stargazers_count":\#($0)}"# }.joined(separator: ",")
        return try GitHubRepository.parsePage(Array("[\(list)]".utf8))
    }

    private func link(_ next: String, last: String? = nil) -> String {
        "<\(next)>; rel=\"next\"" + (last.map { ", <\($0)>; rel=\"last\"" } ?? "")
    }

    @Test func `the first page tells all others, and what comes twice counts once`() throws {
        var pages = GitHubPages(first: Self.first, count: 250)
        let base = "https://api.test/user/1/repos?per_page=100&page="
        let due = try pages.add(
            Self.first, try repositories(1...100), link: link(base + "2", last: base + "3"), base: Self.first)
        #expect(due.map(\.href) == [base + "2", base + "3"])
        #expect(pages.missing == 2)
        // The last page comes first, and a repository has moved from one page to the other meanwhile.
        #expect(try pages.add(due[1], try repositories(200...250), link: nil, base: due[1]).isEmpty)
        #expect(
            try pages.add(due[0], try repositories(100...200), link: link(base + "3", last: base + "3"), base: due[0])
                .isEmpty)
        #expect(pages.missing == 0)
        #expect(pages.repositories.map(\.id) == (1...250).reversed().map { Int64($0) })
    }

    @Test(arguments: [
        "https://evil.test/page", "http://api.test/page", "https://api.test:444/page", "https://u:p@api.test/page",
        "ftp://api.test/", "https://[",
    ])
    func `a link to another origin is not followed`(target: String) throws {
        var pages = GitHubPages(first: Self.first, count: 250)
        let error = #expect(throws: FetchError.self) {
            try pages.add(Self.first, [], link: link(target), base: Self.first)
        }
        #expect(error?.kind == .protocolError)
    }

    @Test func `an answer that a redirect fetched from elsewhere leads nowhere`() throws {
        var pages = GitHubPages(first: Self.first, count: 250)
        #expect(throws: FetchError.self) {
            try pages.add(
                Self.first, [], link: link("https://api.test/2"), base: Samples.url("https://evil.test/users/a/repos"))
        }
    }

    @Test func `a circle ends`() throws {
        var pages = GitHubPages(first: Self.first, count: 250)
        let second = Samples.url("https://api.test/2")
        #expect(try pages.add(Self.first, [], link: link(second.href), base: Self.first) == [second])
        #expect(try pages.add(second, [], link: link(Self.first.href), base: second) == [])
        #expect(pages.missing == 0)
    }

    @Test func `a list without end is refused`() throws {
        var pages = GitHubPages(first: Self.first, count: 250)
        var url = Self.first
        let error = #expect(throws: FetchError.self) {
            for number in 2...100 {
                url = try #require(try pages.add(url, [], link: link("/next?cursor=\(number)"), base: url).first)
            }
        }
        #expect(error?.message == "the list of repositories has no end")
    }

    @Test func `a last page that is beyond belief is not counted up to`() throws {
        var pages = GitHubPages(first: Self.first, count: 250)
        let due = try pages.add(
            Self.first, [], link: link("/x?page=2", last: "https://api.test/x?page=999999"), base: Self.first)
        #expect(due.map(\.href) == ["https://api.test/x?page=2"])
    }

    @Test(arguments: [
        (#"<a>; rel="next""#, ["next": "a"]), (#"<a>; rel=next, <b>; rel=last"#, ["next": "a", "last": "b"]),
        (#"<a,b>; title="x, <y>; rel=prev"; rel="next first""#, ["next": "a,b", "first": "a,b"]),
        (#"<a>;REL="Next",<b>;rel="next""#, ["next": "a"]), (#"<a>; rel="\n\ext""#, ["next": "a"]),
        ("<a>; rel; rel=next, <b> x; rel=last, <c>; rel = first", ["first": "c"]),
        ("", [:]), ("<", [:]), ("<a", [:]), ("<a>", [:]), ("rel=next", [:]), (#"<a>; rel="next"#, ["next": "a"]),
    ])
    func `the Link field is read as RFC 8288 has it`(value: String, expected: [String: String]) {
        #expect(LinkField.targets(in: value) == expected)
    }
}
