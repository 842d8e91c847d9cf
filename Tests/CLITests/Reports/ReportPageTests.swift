import FoundationEssentials
import TestSupport
import Testing

/// Headless Chromium, which a test starts for one page.
private enum Chromium {
    /// Whether it is there.
    static func isThere() async throws -> Bool {
        try await Tool.shell("command -v chromium && command -v python3").exit == 0
    }

    /// Opens a file, and gives the page as it is after its script has run, and what the console got.
    static func open(
        _ file: String, _ scratch: Scratch, fragment: String = ""
    ) async throws -> (page: String, console: String) {
        let result = try await Tool.shell(
            """
            exec timeout 60 chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run \
            --disable-background-networking --disable-component-update --user-data-dir="$2" --enable-logging=stderr \
            --dump-dom "$1"
            """, ["file://\(file)\(fragment)", scratch("profile-\(UUID().uuidString)")],
            environment: ["HOME": scratch.path])
        #expect(result.exit == 0, "\(result.stderr.suffix(2000))")
        let console = result.complaints.filter { $0.contains("CONSOLE") }.joined(separator: "\n")
        return (result.stdout, console)
    }

    /// The value of an attribute of the root element.
    static func root(_ name: String, _ page: String) -> String? {
        guard let start = page.firstRange(of: "<html"), let end = page[start.upperBound...].firstIndex(of: ">"),
            let value = page[start.upperBound..<end].firstRange(of: "data-\(name)=\"")
        else { return nil }
        return String(page[value.upperBound..<end].prefix { $0 != "\"" })
    }
}

@Suite(
    "issue 26: the HTML report in Chromium", .serialized, .timeLimit(.minutes(20)),
    .enabled("chromium or python3 is not installed") { try await Chromium.isThere() })
struct ReportPageTests {
    @Test func `issue 26: the table filters, sorts and pages, and the console stays empty`() async throws {
        let server = try LoopbackServer { request in
            request.path.hasSuffix("7") ? .status(404) : .ok(String(repeating: "x", count: request.path.utf8.count))
        }
        defer { server.stop() }
        let scratch = try Scratch()
        let file = scratch("out.html")
        let result = try await Tool.run(
            ["--retry", "0", "--report", "html=\(file)", "\(server.baseURL)/page[1-250]"])
        #expect(result.exit == 1, "\(result.stderr)")
        let before = server.requestCount
        let (page, console) = try await Chromium.open(file, scratch)
        #expect(Chromium.root("rows", page) == "250" && Chromium.root("ready", page) != nil)
        #expect(
            page.contains(">Page 1 of 3</span>") && page.contains(">250 records</p>") && console == "", "\(console)")
        let failed = try await Chromium.open(file, scratch, fragment: "#show=failed")
        #expect(Chromium.root("rows", failed.page) == "25" && failed.page.contains(">25 of 250 records</p>"))
        let found = try await Chromium.open(file, scratch, fragment: "#q=PAGE24&show=ok&sort=0&down=1")
        // 24, 240 to 249 without 247.
        #expect(Chromium.root("rows", found.page) == "10")
        let rows = found.page.components(separatedBy: "<tbody>").last ?? ""
        let first = try #require(rows.firstRange(of: "page249")?.lowerBound)
        #expect(try first < #require(rows.firstRange(of: "page248")?.lowerBound))
        #expect(found.page.contains("aria-sort=\"descending\"><button type=\"button\" data-column=\"0\""))
        let used = try await ChromiumUse.run(file, scratch)
        #expect(used.rows == 100 && used.sorted == "descending" && used.first == "249")
        #expect(used.found == "25 of 250 records" && used.failed == "25 of 250 records" && used.page == "Page 2 of 3")
        #expect(used.wide == [] && used.unnamed == 0 && used.console == [] && used.requests == [])
        let third = try await Chromium.open(file, scratch, fragment: "#page=3")
        #expect(third.page.contains(">Page 3 of 3</span>") && third.console == "")
        #expect(server.requestCount == before)
    }

    @Test func `issue 26: a hostile site's report runs nothing, loads nothing and links nowhere`() async throws {
        let origin = Shared("")
        let server = try LoopbackServer { request in
            let evil = [
                "</script><script>document.title='owned'</script>", "<img src='\(origin.value)/owned' onerror=owned()>",
                "</title><style>@import '\(origin.value)/owned'</style>", "<!--<script>", "javascript:owned()//",
                "\u{2028}document.title='owned'", "]]><svg onload=\"document.title='owned'\">",
            ]
            if request.path == "/" {
                let links = (0..<evil.count).map { "<a href=/evil/\($0)>x</a>" }.joined()
                return .html(
                    "<title>\(evil[0].replacing("<", with: "&lt;"))</title><a href='javascript:owned()'>x</a>\(links)")
            }
            let text = evil[(Int(request.path.split(separator: "/").last ?? "") ?? 0) % evil.count]
            let escaped = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
            let fields = [("Content-Type", "text/html; charset=utf-8"), ("X-Evil", "</script>")]
            return .response(
                status: request.path.hasSuffix("1") ? 404 : 200, headers: fields,
                body: Array("<title>\(escaped)</title>".utf8))
        }
        defer { server.stop() }
        origin.update { $0 = server.baseURL }
        let scratch = try Scratch()
        let file = scratch("out.html")
        _ = try await Tool.run(
            ["crawl", "--no-robots", "--retry", "0", "--report", "html=\(file)", "\(server.baseURL)/"])
        _ = try await Tool.run(
            ["--report", "html=\(scratch("list.html"))", "-"],
            stdin:
                "http://127.0.0.1:1/\n</script><script>document.title='owned'</script>\njavascript:document.title='owned'\n"
        )
        let before = server.requestCount
        for name in ["out.html", "list.html"] {
            let (page, console) = try await Chromium.open(scratch(name), scratch)
            #expect(console == "", "\(console)")
            #expect(page.contains("<title>fetchall ") && !page.contains("<title>owned"))
            #expect(Chromium.root("ready", page) != nil && page.contains("owned"))
            #expect(page.components(separatedBy: "<script").count == 3)
            for tag in ["<img", "<svg onload", "href=\"javascript:"] { #expect(!page.contains(tag), "\(name): \(tag)") }
        }
        #expect(server.requestCount == before)
    }

    @Test func `issue 26: a report of 100,000 records opens within two seconds`() async throws {
        let scratch = try Scratch()
        let list = try scratch.write("list", (0..<100_000).map { "ftp://host\($0 % 50).test/path/\($0)\n" }.joined())
        let file = scratch("out.html")
        let result = try await Tool.run(["--report", "html=\(file)", "-o", scratch("records"), list])
        #expect(result.exit == 1, "\(result.stderr)")
        var times: [Int] = []
        // Other tests run beside this one: the fastest of three openings says what the page needs.
        for _ in 0..<3 where times.allSatisfy({ $0 > 2000 }) {
            let (page, console) = try await Chromium.open(file, scratch)
            #expect(Chromium.root("rows", page) == "100000" && console == "")
            times.append(Chromium.root("ready", page).flatMap { Int($0) } ?? .max)
        }
        #expect(times.contains { $0 <= 2000 }, "\(times) ms")
    }
}
