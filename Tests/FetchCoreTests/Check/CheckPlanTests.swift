import FetchHTTP
import FetchScheduling
import Testing

@testable import FetchCrawl
@testable import FetchHTML

@Suite("Check plan")
struct CheckPlanTests {
    private func run(
        _ web: [String: CheckPlanFixture.Answer], seeds: [String] = ["http://a.test/"],
        _ change: (inout CheckOptions) -> Void = { _ in }
    ) -> CheckPlanFixture {
        var fixture = CheckPlanFixture(seeds, web)
        change(&fixture.options)
        fixture.run()
        return fixture
    }

    @Test func `pages within the scope are read and other links are asked once`() {
        let fixture = run([
            "http://a.test/": .page(["/b", "/c", "http://x.test/1", "http://x.test/1#f"]),
            "http://a.test/b": .page(["/", "/c", "http://x.test/1"]), "http://a.test/c": .file,
            "http://x.test/1": .page(["http://x.test/2"]),
        ])
        #expect(
            fixture.asked.sorted() == [
                "GET http://a.test/", "GET http://a.test/b", "GET http://a.test/c", "HEAD http://x.test/1",
            ])
        #expect(fixture.lines.isEmpty)
        #expect(fixture.counts.text == "7 links on 2 pages: 7 ok, 0 broken")
        #expect(fixture.robotsAsked == 1)
    }

    @Test func `each occurrence of a broken link is a finding and its URL is asked once`() {
        let fixture = run([
            "http://a.test/": .page(["/gone", "/b", "/gone#x"]), "http://a.test/b": .page(["/gone"]),
        ])
        #expect(
            fixture.lines == [
                "http://a.test/:1 http-status http://a.test/gone", "http://a.test/:3 http-status http://a.test/gone#x",
                "http://a.test/b:1 http-status http://a.test/gone",
            ])
        #expect(fixture.asked.filter { $0.hasSuffix("/gone") }.count == 1)
        #expect(fixture.counts.text == "4 links on 2 pages: 1 ok, 3 broken")
        #expect(fixture.findings.allSatisfy { $0.outcome?.response?.status == 404 && $0.text == "text" })
    }

    @Test func `a HEAD that is refused is followed by a GET, and what cannot be reached is not`() {
        let fixture = run([
            "http://a.test/": .page(["http://x.test/", "http://y.test/", "http://z.test/"]),
            "http://x.test/": .noHead(.file), "http://y.test/": .status(403),
            "http://z.test/": .fails(.nameNotResolved),
        ])
        #expect(fixture.asked.contains("GET http://x.test/") && fixture.asked.contains("GET http://y.test/"))
        #expect(fixture.asked.filter { $0.hasSuffix("z.test/") } == ["HEAD http://z.test/", "GET http://z.test/"])
        #expect(
            fixture.lines == [
                "http://a.test/:2 http-status http://y.test/", "http://a.test/:3 name-not-resolved http://z.test/",
            ])
    }

    @Test func `a failure of a moment is not a dead link`() {
        for kind in [FetchError.Kind.connectionReset, .connectTimedOut, .truncated, .timedOut, .tlsFailed] {
            let fixture = run([
                "http://a.test/": .page(["http://x.test/1", "http://x.test/2"]),
                "http://x.test/1": .first(
                    kind == .connectionReset || kind == .truncated ? 2 : 1, .fails(kind), then: .file),
                "http://x.test/2": .file,
            ])
            #expect(fixture.lines.isEmpty, "\(kind): \(fixture.lines), \(fixture.asked)")
            #expect(fixture.counts.ok == 2)
        }
    }

    @Test func `a host that is down is asked twice, for all its links`() {
        let links = (0..<50).map { "http://dead.test/\($0)" }
        let fixture = run([
            "http://a.test/": .page(links),
            "http://dead.test/0": .fails(.connectTimedOut), "http://dead.test/1": .fails(.connectTimedOut),
        ])
        #expect(fixture.asked.filter { $0.contains("dead.test") }.count == 2)
        #expect(fixture.counts.broken == 50)
        #expect(Set(fixture.findings.map(\.kind)) == ["connect-timed-out"])
    }

    @Test func `a host that comes back is asked for all its links`() {
        let links = (0..<5).map { "http://back.test/\($0)" }
        var web: [String: CheckPlanFixture.Answer] = ["http://a.test/": .page(links)]
        for link in links { web[link] = .file }
        web[links[0]] = .first(1, .fails(.connectionRefused), then: .file)
        let fixture = run(web)
        #expect(fixture.counts.ok == 5 && fixture.lines.isEmpty)
        #expect(fixture.asked.filter { $0.contains("back.test") }.count == 6)
    }

    @Test func `a host that the scheduler gave up is asked again at the end`() {
        var web: [String: CheckPlanFixture.Answer] = [
            "http://a.test/": .page((0..<5).map { "http://x.test/\($0)" }), "http://x.test/0": .file,
        ]
        for number in 1..<5 { web["http://x.test/\(number)"] = .first(1, .fails(.hostDown), then: .file) }
        let fixture = run(web)
        #expect(fixture.lines.isEmpty && fixture.counts.ok == 5)
        #expect(fixture.resets == ["x.test:80"])
    }

    @Test func `a URL without an answer does not condemn its host, three do`() {
        var web: [String: CheckPlanFixture.Answer] = [
            "http://a.test/": .page((0..<6).map { "http://slow.test/\($0)" }),
            "http://slow.test/0": .fails(.timedOut),
        ]
        for number in 1..<6 { web["http://slow.test/\(number)"] = .file }
        #expect(run(web).lines == ["http://a.test/:1 timed-out http://slow.test/0"])
        for number in 0..<6 { web["http://slow.test/\(number)"] = .fails(.timedOut) }
        let fixture = run(web)
        #expect(fixture.counts.broken == 6)
        #expect(fixture.asked.filter { $0.contains("slow.test") }.count == 6)
    }

    @Test func `redirects: the verdict is that of the end, and each URL of the chain is asked once`() {
        let fixture = run([
            "http://a.test/": .page(["/moved", "/found", "/loop", "/nowhere", "/bad", "/gone", "/to-b"]),
            "http://a.test/moved": .redirect(301, "/moved2"), "http://a.test/moved2": .redirect(308, "/end"),
            "http://a.test/found": .redirect(302, "/moved2"), "http://a.test/end": .page([]),
            "http://a.test/loop": .redirect(302, "/loop2"), "http://a.test/loop2": .redirect(302, "/loop"),
            "http://a.test/nowhere": .status(301), "http://a.test/bad": .redirect(302, "ftp://x.test/"),
            "http://a.test/gone": .redirect(301, "/404"), "http://a.test/to-b": .redirect(302, "/b"),
            "http://a.test/b": .page(["/missing"]),
        ])
        #expect(
            fixture.lines.sorted() == [
                "http://a.test/:1 redirected-permanently http://a.test/moved",
                "http://a.test/:3 too-many-redirects http://a.test/loop",
                "http://a.test/:4 http-status http://a.test/nowhere",
                "http://a.test/:5 blocked-scheme http://a.test/bad", "http://a.test/:6 http-status http://a.test/gone",
                "http://a.test/b:1 http-status http://a.test/missing",
            ], "\(fixture.lines)")
        #expect(Set(fixture.asked).count == fixture.asked.count)
        #expect(fixture.findings.contains { $0.message == "moved permanently to http://a.test/end" })
        #expect(fixture.findings.contains { $0.message == "301 Moved Permanently without a Location" })
        let gone = fixture.findings.first { $0.target == "http://a.test/gone" }
        #expect(gone?.outcome?.redirects == 1 && gone?.outcome?.response?.status == 404)
        #expect(gone?.outcome?.effectiveURL?.href == "http://a.test/404")
        #expect(fixture.counts.warnings == 1 && fixture.counts.broken == 5 && fixture.counts.ok == 3)
    }

    @Test func `a chain without end is followed no farther than the maximum`() {
        var web: [String: CheckPlanFixture.Answer] = ["http://a.test/": .page(["/0"])]
        for number in 0..<100 { web["http://a.test/\(number)"] = .redirect(302, "/\(number + 1)") }
        let fixture = run(web) { $0.maxRedirects = 5 }
        #expect(fixture.lines == ["http://a.test/:1 too-many-redirects http://a.test/0"])
        #expect(fixture.asked.count == 7)
        web["http://a.test/5"] = .file
        #expect(run(web) { $0.maxRedirects = 5 }.lines.isEmpty)
    }

    @Test func `with strict a warning is an error`() {
        let web: [String: CheckPlanFixture.Answer] = [
            "http://a.test/": .page(["/moved", "https://s.test/"]), "http://a.test/moved": .redirect(301, "/end"),
            "http://a.test/end": .file, "https://s.test/": .file,
        ]
        let plain = run(web) { $0.warnsOfHTTP = true }
        #expect(plain.findings.map(\.kind).sorted() == ["insecure", "redirected-permanently"])
        #expect(plain.counts.text == "2 links on 1 page: 2 ok, 0 broken, 1 warning")
        let strict = run(web) { options in
            options.warnsOfHTTP = true
            options.isStrict = true
        }
        #expect(strict.counts.text == "2 links on 1 page: 1 ok, 1 broken")
        #expect(strict.findings.allSatisfy { $0.severity == .error })
    }

    @Test func `fragments are judged on the pages that are read`() {
        let web: [String: CheckPlanFixture.Answer] = [
            "http://a.test/": .page(
                ["#here", "#nowhere", "/b#in", "/b#out", "http://x.test/#out", "/r#in", "/r#out", "#top", "#"],
                anchors: ["here"]),
            "http://a.test/b": .page([], anchors: ["in"]), "http://x.test/": .page([]),
            "http://a.test/r": .redirect(302, "/b"),
        ]
        let fixture = run(web)
        #expect(
            fixture.lines == [
                "http://a.test/:2 fragment-missing #nowhere", "http://a.test/:4 fragment-missing http://a.test/b#out",
                "http://a.test/:7 fragment-missing http://a.test/r#out",
            ])
        #expect(run(web) { $0.checksFragments = false }.lines.isEmpty)
        #expect(run(web) { $0.readsForeignPages = true }.counts.broken == 4)
    }

    @Test func `robots.txt is asked of hosts that are followed only`() {
        var fixture = CheckPlanFixture(
            ["http://a.test/"],
            [
                "http://a.test/": .page(["/private/x", "/b", "http://x.test/private/"]), "http://a.test/b": .page([]),
                "http://x.test/private/": .file,
            ])
        fixture.robots["http://a.test"] = "User-agent: *\nDisallow: /private/\n"
        fixture.robots["http://x.test"] = "User-agent: *\nDisallow: /\n"
        fixture.options.showsSkipped = true
        fixture.run()
        #expect(fixture.robotsAsked == 1)
        #expect(fixture.lines == ["http://a.test/:1 robots http://a.test/private/x"])
        #expect(fixture.counts.text == "3 links on 2 pages: 2 ok, 0 broken, 1 not checked (robots)")
        #expect(fixture.findings.first?.severity == .skipped)
    }

    @Test func `what is malformed is broken, mail is checked in form, and other schemes are counted`() {
        let fixture = run([
            "http://a.test/": .page([
                "http://h:99999/", "http://[::1/", "https://exa mple.com/", "hhttps://x.test/", "mailto:a@b.test",
                "mailto:ab", "tel:+1", "javascript:void(0)",
            ])
        ])
        #expect(
            fixture.findings.map(\.kind) == ["malformed", "malformed", "malformed", "malformed", "mail-invalid"],
            "\(fixture.lines)")
        #expect(fixture.counts.text == "8 links on 1 page: 1 ok, 5 broken, 2 not checked (other scheme)")
    }

    @Test func `budget, depth and patterns`() {
        var web: [String: CheckPlanFixture.Answer] = [:]
        for number in 0..<20 { web["http://a.test/\(number)"] = .page(["/\(number + 1)"]) }
        web["http://a.test/"] = .page(["/0", "/x.pdf", "http://x.test/"])
        web["http://a.test/x.pdf"] = .file
        web["http://x.test/"] = .file
        let budget = run(web) { $0.maxPages = 5 }
        #expect(budget.counts.text == "7 links on 5 pages: 6 ok, 0 broken, 1 not checked (budget)", "\(budget.asked)")
        let depth = run(web) { $0.maxDepth = 1 }
        #expect(depth.counts.text == "4 links on 2 pages: 4 ok, 0 broken")
        #expect(depth.asked.last == "HEAD http://a.test/1")
        let excluded = run(web) { options in
            options.exclude = [try? URLPattern("pdf$"), try? URLPattern("/0$")].compactMap { $0 }
        }
        #expect(excluded.counts.text == "3 links on 1 page: 1 ok, 0 broken, 2 not checked (excluded)")
    }

    @Test func `a pause that was not made leaves a link unchecked, and a 429 that stays is broken`() {
        var fixture = CheckPlanFixture(
            ["http://a.test/"],
            ["http://a.test/": .page(["http://x.test/", "http://y.test/"]), "http://x.test/": .limits])
        fixture.web["http://y.test/"] = .status(429)
        fixture.run()
        #expect(fixture.lines == ["http://a.test/:2 http-status http://y.test/"])
        #expect(fixture.counts.text == "2 links on 1 page: 0 ok, 1 broken, 1 not checked (rate limit)")
        #expect(fixture.counts.isRateLimited)
    }

    @Test func `a stop leaves what is not answered unchecked`() {
        var fixture = CheckPlanFixture(
            ["http://a.test/"], ["http://a.test/": .page((0..<10).map { "/\($0)" }), "http://a.test/0": .page([])])
        fixture.options.window = 1
        fixture.run(stopAfter: 3)
        let counts = fixture.counts
        #expect(counts.links == 10 && counts.ok + counts.broken + (counts.skipped[.interrupted] ?? 0) == 10)
        #expect((counts.skipped[.interrupted] ?? 0) >= 7)
    }

    @Test func `a seed that is broken is a finding, and a sound one is not counted`() {
        let fixture = run([:], seeds: ["http://a.test/gone"])
        #expect(fixture.lines == ["http://a.test/gone http-status http://a.test/gone"])
        #expect(fixture.counts.text == "1 link on 0 pages: 0 ok, 1 broken")
    }

    @Test func `files: their links are asked by HEAD, and fragments are judged on other files`() {
        var fixture = CheckPlanFixture([], ["http://x.test/": .file, "http://x.test/page": .page(["http://x.test/2"])])
        fixture.options.documents = [.init(path: "d/a.md", format: .markdown)]
        var document = CheckPlanFixture.document(
            ["http://x.test/", "http://x.test/page", "b.md", "b.md#in", "b.md#out", "c.md", "img"], [], .file("d/a.md"))
        for index in 2..<7 { document.links[index].file = .file }
        document.links[5].file = .missing(nearest: "d/C.md")
        document.links[6].file = .folder(index: nil)
        fixture.files = ["d/a.md": document, "d/b.md": ReadDocument(anchors: ["in"])]
        fixture.run()
        #expect(fixture.asked.sorted() == ["HEAD http://x.test/", "HEAD http://x.test/page"])
        #expect(
            fixture.lines == [
                "d/a.md:5 fragment-missing d/b.md#out", "d/a.md:6 file-missing d/c.md", "d/a.md:7 file-missing d/img",
            ])
        #expect(fixture.findings[1].message.contains("did you mean d/C.md?") && fixture.findings[0].location.isFile)
        #expect(fixture.counts.text == "7 links on 1 page: 4 ok, 3 broken")
    }

    @Test func `offline nothing is asked`() {
        var fixture = CheckPlanFixture([])
        fixture.options.isOffline = true
        fixture.options.documents = [.init(path: "a.md", format: .markdown)]
        fixture.files = ["a.md": CheckPlanFixture.document(["http://x.test/", "#a"], ["a"], .file("a.md"))]
        fixture.run()
        #expect(fixture.asked.isEmpty)
        #expect(fixture.counts.text == "2 links on 1 page: 1 ok, 0 broken, 1 not checked (offline)")
    }
}
