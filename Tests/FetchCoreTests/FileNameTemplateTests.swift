import FetchHTTP
import FetchSystem
import TestSupport
import Testing

@testable import FetchTransport

@Suite struct FileNameTemplateTests {
    /// Whether a path is what no answer may break: relative, below its folder, with nothing hidden in it.
    static func isSafe(_ path: String) -> Bool {
        let components = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return path.utf8.count <= 2048
            && components.allSatisfy { component in
                !component.isEmpty && component.count <= 240 && component.first != UInt8(ascii: ".")
                    && component.first != UInt8(ascii: "-")
            } && !path.contains("..")
            && path.unicodeScalars.allSatisfy { scalar in
                scalar.properties.generalCategory != .control && scalar.properties.generalCategory != .format
                    && scalar != ":" && scalar != "\\"
            }
    }

    private func name(_ template: String, _ url: String, index: Int = 7, id: String? = nil) throws -> String {
        let url = try FetchURL.parse(url)
        let input = Input(index: index, id: id, text: "", request: .success(Request(url)))
        return try FileNameTemplate(template).name(for: input, url: url)
    }

    @Test("Each variable stands for its part")
    func variables() throws {
        let url = "https://example.org/files/a%20b.tar.gz?x=1#y"
        #expect(try name("{index}", url) == "7")
        #expect(try name("{index:06}", url) == "000007")
        #expect(try name("{index:02}", url, index: 12345) == "12345")
        #expect(try name("{id}.{ext}", url, id: "me") == "me.tar.gz")
        #expect(try name("{id}", url) == "7")
        #expect(try name("{host}/{path}", url) == "example.org/files/a b.tar.gz")
        #expect(try name("{name}", url) == "a b.tar.gz")
        #expect(try name("x-{index}-{name}", url) == "x-7-a b.tar.gz")
        #expect(FileNameTemplate.standard.description == "{name}")
        #expect(try FileNameTemplate("{name}") == FileNameTemplate.standard)
    }

    @Test("issue 22.3: the values of a URL's globs, one component each; none beyond the last")
    func globs() throws {
        let url = try FetchURL.parse("https://example.org/a/7/x.bin")
        var input = Input(index: 3, text: "", request: .success(Request(url)))
        input.globParts = ["a", "007", "../x/y", ""]
        #expect(try FileNameTemplate("{1}/{2}-{name}").name(for: input, url: url) == "a/007-x.bin")
        #expect(try FileNameTemplate("n{3}").name(for: input, url: url) == "n_._x_y")
        #expect(try FileNameTemplate("n{4}{5}{100}.bin").name(for: input, url: url) == "n.bin")
        #expect(try Self.isSafe(FileNameTemplate("{5}").name(for: input, url: url)))
        #expect(try Self.isSafe(FileNameTemplate("{1}/{5}").name(for: input, url: url)))
        #expect(try Self.isSafe(FileNameTemplate("{3}/{name}").name(for: input, url: url)))
        #expect(try FileNameTemplate("{1}").needsGlobs && !FileNameTemplate("{name}").needsGlobs)
    }

    @Test(
        "issue 22.3: the date is the day of the run in UTC",
        arguments: [
            (0, "1970-01-01"), (1_767_225_599_999, "2025-12-31"), (1_767_225_600_000, "2026-01-01"),
        ])
    func date(milliseconds: Int64, expected: String) throws {
        let url = try FetchURL.parse("https://example.org/x.bin")
        let input = Input(index: 3, text: "", request: .success(Request(url)))
        let template = try FileNameTemplate("{date}/{name}", at: milliseconds)
        #expect(template.name(for: input, url: url) == expected + "/x.bin")
    }

    @Test("issue 22.3: the digest stands in the name when it is known, until then the index")
    func digest() throws {
        let url = try FetchURL.parse("https://example.org/x.bin")
        let input = Input(index: 3, text: "", request: .success(Request(url)))
        let template = try FileNameTemplate("{sha256}.{ext}")
        #expect(template.needsDigest && !FileNameTemplate.standard.needsDigest)
        #expect(template.name(for: input, url: url) == "3.bin")
        #expect(template.name(for: input, url: url, digest: "ba7816bf") == "ba7816bf.bin")
    }

    @Test(
        "A URL without a last part gives index.html",
        arguments: ["http://a.example/", "http://a.example/d/", "http://a.example/d/?q"])
    func indexName(_ url: String) throws {
        #expect(try name("{name}", url) == "index.html")
        #expect(try name("{path}", url).hasSuffix("index.html"))
    }

    @Test(
        "No URL writes outside the folder or under a name that does harm",
        arguments: [
            ("/..%2f..%2fetc%2fpasswd", "_._.__etc_passwd"), ("/%2fetc%2fpasswd", "_etc_passwd"), ("/%00", "_"),
            ("/.bashrc", "_bashrc"), ("/-rf", "_rf"), ("/a%5c..%5cb", "a_.__b"), ("/C%3a%5cx", "C__x"),
            ("/%1b%5b2J", "_[2J"), ("/%e2%80%aegpj.exe", "_gpj.exe"), ("/%c2%9b", "_"),
            ("/a%0d%0ab", "a__b"), ("/%ff", "\u{FFFD}"), ("/%zz%4", "%zz%4"), ("/%E4%BD%A0.txt", "你.txt"),
        ])
    func traversal(_ path: String, _ expected: String) throws {
        let found = try name("{name}", "http://a.example" + path)
        #expect(Self.isSafe(found), "\(found)")
        #expect(found == expected)
    }

    @Test("An id from the list is one component", arguments: ["../../x", "/etc", "a/b/c", "", ".", "..", "-o"])
    func ids(_ id: String) throws {
        let found = try name("{id}", "http://a.example/", id: id)
        #expect(Self.isSafe(found), "\(found)")
        #expect(!found.contains("/"))
    }

    @Test("A name longer than 240 bytes is cut, its extension kept, no character split")
    func long() throws {
        let plain = try name("{name}", "http://a.example/" + String(repeating: "x", count: 400) + ".tar.gz")
        #expect(plain == String(repeating: "x", count: 233) + ".tar.gz")
        let wide = try name("{name}", "http://a.example/" + String(repeating: "%E4%BD%A0", count: 100) + ".pdf")
        #expect(wide == String(repeating: "你", count: 78) + ".pdf")
        let dotted = try name("{name}", "http://a.example/" + String(repeating: "a.", count: 200) + "gz")
        #expect(Self.isSafe(dotted) && dotted.hasSuffix(".gz"))
        let deep = try name("{path}", "http://a.example/" + String(repeating: "folder/", count: 2000) + "last")
        #expect(Self.isSafe(deep) && deep.hasSuffix("folder/last"))
    }

    @Test(
        "A template that cannot be right is refused, with what is wrong",
        arguments: [
            ("{nam}", "{nam}"), ("", "empty"), ("{name", "without"), ("/tmp/{name}", "begin with"), ("{}", "{}"),
            ("a/../{name}", ".."), ("{index:6}", "{index:6}"), ("{index:0}", "{index:0}"), ("{index:099}", "099"),
            ("{index:0+5}", "0+5"), ("{0}", "{0}"), ("{01}", "{01}"), ("{101}", "{101}"), ("{-1}", "{-1}"),
            ("{99999999999999999999}", "{9999"), ("{sha512}", "{sha256}"), ("{1", "without"),
            ("{NAME}", "{NAME}"), (String(repeating: "x", count: 2000), "longer"),
        ])
    func refused(_ template: String, _ part: String) {
        let failure = #expect(throws: ParseFailure.self) { try FileNameTemplate(template) }
        #expect(failure?.message.contains(part) == true, "\(failure?.message ?? "")")
    }

    @Test("Random templates and URLs give safe paths only")
    func fuzz() throws {
        var random = SeededRandom(seed: 3)
        let pieces = "{name} {path} {host} {id} {ext} {index} {1} {2} {date} {sha256} / . - x .. \\ } {".split(
            separator: " ")
        var made = 0
        for _ in 0..<5_000 {
            let text = (0..<Int.random(in: 1...6, using: &random))
                .compactMap { _ in pieces.randomElement(using: &random) }.joined()
            guard let template = try? FileNameTemplate(text) else { continue }
            let path = random.text(alphabet: "./-%2e%2f%00%5cab%e2%80%ae:\\", upTo: 80)
            let id = random.text(alphabet: "./-\\:a", upTo: 300)
            guard let url = FetchURL("http://a.example/" + path) else { continue }
            var input = Input(index: made, id: id, text: "", request: .success(Request(url)))
            input.globParts = [random.text(alphabet: "./-\\:a", upTo: 300)]
            let found = template.name(for: input, url: url)
            made += 1
            #expect(Self.isSafe(found), "\(text) \(path) \(found)")
        }
        #expect(made > 1_000)
    }
}
