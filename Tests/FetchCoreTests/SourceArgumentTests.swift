import FetchHTTP
import FetchSystem
import Testing

@testable import FetchRecords

@Suite("SOURCEs of a command line")
struct SourceArgumentTests {
    @Test(
        "What has a scheme is a URL",
        arguments: [
            "http://a/", "HTTPS://a/", "http:a", "https:/a", "ftp://a/", "{http,https}://a/", "file:///x",
            "svn+ssh://a",
        ])
    func url(_ text: String) { #expect(SourceArgument.isURL(text)) }

    @Test(
        "What has none is a file, also with a colon in its name",
        arguments: [
            "urls.txt", "C:\\urls.txt", "a:b", "2026-01-01T10:00.txt", "example.org/x", "://a", "", "./http://a",
            "a b://c",
        ])
    func file(_ text: String) { #expect(!SourceArgument.isURL(text)) }

    @Test("A list that cannot be read is known before anything is sent")
    func failures() throws {
        let folder = try TemporaryFolder()
        let wide = try folder.file("wide.txt", [0xFF, 0xFE, 0x68, 0])
        let binary = try folder.file("binary", [0x7F, 0x45, 0x4C, 0x46, 0, 0])
        let corrupt = try folder.file("corrupt.gz", [0x1F, 0x8B, 0x08, 0xFF] + [UInt8](repeating: 0xFF, count: 40))
        for (path, message) in [
            (folder.path + "/none.txt", "no such file"), (folder.path, "is a directory"),
            (wide, "is UTF-16, not UTF-8"),
            (binary, "is not a text file"), (corrupt, "the gzip data is corrupt"), ("a\u{1B}[31m", "no such file"),
        ] {
            #expect {
                _ = try SourceReader(["http://a/", path], defaults: RequestDefaults())
            } throws: { error in
                "\(error)".contains(message) && !"\(error)".contains("\u{1B}") && error is InputFailure
            }
        }
    }

    @Test("A broken glob and a second standard input are mistakes of the command line")
    func usage() {
        let reasons: [([String], InputFailure.Reason)] = [(["http://a/[5-1]"], .invalidGlob), (["-", "-"], .io)]
        for (arguments, reason) in reasons {
            let failure = #expect(throws: InputFailure.self) {
                try SourceReader(arguments, defaults: RequestDefaults())
            }
            #expect(failure?.reason == reason)
            #expect(failure?.message.contains("--") == false)
        }
    }

    @Test("URLs, globs and lists keep their order, and the indices run through all of them")
    func order() async throws {
        let folder = try TemporaryFolder()
        let first = try folder.file("1.txt", "\u{FEFF}x\thttp://l/1\r\n\r\n# no\r\nnonsense\r\nhttp://l/2")
        let second = try folder.file("2.gz", storedGzip(Array("http://l/3\n".utf8)))
        let empty = try folder.file("empty", "")
        let source = try SourceReader(
            ["http://a/", first, "http://g/[1-300]", empty, second, "http://a b/"], defaults: RequestDefaults())
        let inputs = await drain(source)
        #expect(inputs.map(\.index) == Array(0..<306))
        #expect(inputs[0...4].map(\.text) == ["http://a/", "http://l/1", "nonsense", "http://l/2", "http://g/1"])
        #expect(inputs[1].id == "x")
        #expect(inputs[2].refused?.message.hasPrefix(first + ":4: ") == true)
        #expect(inputs[303].text == "http://g/300")
        #expect(inputs[304].text == "http://l/3")
        #expect(inputs[305].refused?.kind == .invalidURL)
        #expect(source.failure == nil)
        #expect(source.total == 306)
    }

    @Test("Without globbing a bracket is a bracket, and a glob of a billion URLs is walked as it is asked for")
    func globs() async throws {
        let plain = try SourceReader(["http://a/[1-2]"], defaults: RequestDefaults(), expandsGlobs: false)
        #expect(await drain(plain).map(\.text) == ["http://a/[1-2]"])
        let huge = try SourceReader(["http://a/[1-1000000000]"], defaults: RequestDefaults())
        let chunk = try #require(await huge.next())
        #expect(chunk.count == 256)
        #expect(chunk.last?.text == "http://a/256")
        huge.close()
        #expect(await huge.next() == nil)
    }
}
