import FetchHTTP
import FetchSystem
import TestSupport
import Testing

@testable import FetchRecords

@Suite("Lists of checksums")
struct ChecksumListTests {
    /// A digest whose digits are all the same.
    private static func hex(_ digit: String, _ algorithm: DigestAlgorithm = .sha256) -> String {
        String(repeating: digit, count: algorithm.hexLength)
    }

    private static func list(_ text: String) throws(InputFailure) -> ChecksumList {
        try ChecksumList(Array(text.utf8), name: "SUMS")
    }

    private static func found(_ text: String, _ url: String, savedAs name: String? = nil) throws -> String? {
        try list(text).checksum(of: Samples.url(url), savedAs: name)?.description
    }

    @Test(
        "issue 22.4: coreutils' and BSD's lines, of each algorithm",
        arguments: DigestAlgorithm.allCases)
    func formats(algorithm: DigestAlgorithm) throws {
        let digits = Self.hex("a", algorithm)
        let tag = algorithm.rawValue.uppercased()
        for line in [
            "\(digits)  x.iso", "\(digits) *x.iso", "\(digits.uppercased())  x.iso", "\(digits) x.iso",
            "\(digits)\tx.iso",
            "  \(digits)  x.iso\r", "\(digits)  ./x.iso", "\(digits)  ././x.iso", "\(tag) (x.iso) = \(digits)",
            "\(tag)(x.iso)= \(digits)", "\\\(digits)  x.iso", "\\\(tag) (x.iso) = \(digits)",
            "\u{FEFF}\(digits)  x.iso",
            "# comment\n\n \t\n\(digits)  x.iso\n\(digits)  x.iso", "\(digits)  http://a.test/x.iso#f",
            "\(digits)  HTTP://A.test/x.iso",
        ] {
            #expect(try Self.found(line, "http://a.test/x.iso") == "\(algorithm.rawValue)=\(digits)", "\(line)")
        }
    }

    @Test("issue 22.4: names with blanks, brackets, escapes and characters beyond ASCII")
    func names() throws {
        let digits = Self.hex("1")
        let expected = "sha256=\(digits)"
        #expect(try Self.found("\(digits)  a b.iso", "http://a.test/a%20b.iso") == expected)
        #expect(try Self.found("SHA256 (a) = (b.iso) = \(digits)", "http://a.test/a)%20=%20(b.iso") == expected)
        #expect(try Self.found("\\\(digits)  a\\nb\\\\c\\rd", "http://a.test/a%0Ab%5Cc%0Dd") == expected)
        #expect(try Self.found("\(digits)  a\\nb", "http://a.test/a%5Cnb") == expected)
        #expect(try Self.found("\(digits)  ä.iso", "http://a.test/ä.iso") == expected)
        #expect(try Self.found("\(digits)  %41.iso", "http://a.test/%41.iso") == expected)
        #expect(try Self.found("\(digits)   x", "http://a.test/%20x") == expected)
    }

    @Test("issue 22.4: the URL goes before the saved file, and that before the end of the URL")
    func order() throws {
        let text = """
            \(Self.hex("1"))  http://a.test/d/x.iso?v=1
            \(Self.hex("2"))  saved.iso
            \(Self.hex("3"))  x.iso
            """
        #expect(
            try Self.found(text, "http://u:p@a.test/d/x.iso?v=1", savedAs: "saved.iso") == "sha256=" + Self.hex("1"))
        #expect(try Self.found(text, "http://a.test/d/x.iso", savedAs: "out/saved.iso") == "sha256=" + Self.hex("2"))
        #expect(try Self.found(text, "http://a.test/d/x.iso?v=2", savedAs: "other") == "sha256=" + Self.hex("3"))
        #expect(try Self.found(text, "http://a.test/d/") == nil)
        #expect(try Self.found(text, "http://a.test/") == nil)
        #expect(try Self.found(text, "http://a.test/y.iso", savedAs: "y.iso") == nil)
        #expect(try Self.found(text, "http://a.test/xx.iso") == nil)
    }

    @Test("issue 22.4: of files with one name in several folders the URL tells which is meant, or none is")
    func folders() throws {
        let text = "\(Self.hex("1"))  amd64/initrd.gz\n\(Self.hex("2"))  arm64/initrd.gz\n\(Self.hex("3"))  arm64/one"
        #expect(try Self.found(text, "http://a.test/arm64/initrd.gz") == "sha256=" + Self.hex("2"))
        #expect(try Self.found(text, "http://a.test/d/amd64/initrd.gz") == "sha256=" + Self.hex("1"))
        #expect(try Self.found(text, "http://a.test/xamd64/initrd.gz") == nil)
        #expect(try Self.found(text, "http://a.test/initrd.gz") == nil)
        #expect(try Self.found(text, "http://a.test/elsewhere/one") == "sha256=" + Self.hex("3"))
        let same = "\(Self.hex("1"))  a/x\n\(Self.hex("1"))  b/x"
        #expect(try Self.found(same, "http://a.test/x") == "sha256=" + Self.hex("1"))
    }

    /// Texts in which `$1` and `$2` are two digests, and `$m` is another one; and words of the messages.
    private static let refusals: [(String, String)] = [
        ("x.iso", "SUMS:1: 'x.iso'"), ("\n# c\nabc  x", "SUMS:3: 'abc  x'"), ("g$1  x", "SUMS:1:"), ("$1", "SUMS:1:"),
        ("$1  ", "SUMS:1:"), ("$1 *", "SUMS:1:"), ("$1  d/", "does not name a file"), ("$11  x", "SUMS:1:"),
        ("SHA256 (x) = 11", "64 hexadecimal digits"), ("SHA1 (x) = $1", "40 hexadecimal digits"),
        ("SIZE (x) = 17", "SUMS:1:"), ("CRC32 (x) = 11111111", "SUMS:1:"), ("\\$1  a\\tb", "escape"),
        ("\\$1  a\\", "escape"), ("$1  x\n$2  x", "SUMS:2: 'x' has another checksum in line 1"),
        ("$1  x\n$m  ./x", "SUMS:2: 'x' has another checksum in line 1"),
        ("$1  http://a.test/\n$2  HTTP://a.test", "SUMS:2:"), ("", "SUMS: it contains no checksum"),
        ("# c\n\r\n", "SUMS: it contains no checksum"), ("<!doctype html>", "SUMS:1: '<!doctype html>'"),
        ("\u{1B}[2J", "SUMS:1:"), (String(repeating: "g", count: 64) + "  x", "SUMS:1:"),
    ]

    @Test("issue 22.4: a line that is not a checksum is an error with file and line", arguments: refusals)
    func refused(text: String, part: String) {
        let text = text.replacing("$1", with: Self.hex("1")).replacing("$2", with: Self.hex("2"))
            .replacing("$m", with: Self.hex("1", .md5))
        let failure = #expect(throws: InputFailure.self) { try Self.list(text) }
        let message = failure?.message ?? ""
        #expect(message.contains(part), "\(message)")
        #expect(!message.contains("\n") && !message.contains("\u{1B}"))
    }

    @Test("issue 22.4: bytes that are not UTF-8 are an error, and random bytes do no harm")
    func bytes() {
        let line = Array(Self.hex("1").utf8) + [0x20, 0x20, 0xFF, 0x0A]
        let failure = #expect(throws: InputFailure.self) { try ChecksumList(line, name: "a\nb") }
        #expect(failure?.message.hasSuffix(":1: the line is not UTF-8") == true)
        #expect(failure?.message.contains("\n") == false)
        var random = SeededRandom(seed: 22)
        var read = 0
        for _ in 0..<5000 {
            let digits = Bool.random(using: &random) ? Self.hex("1", .md5) : "MD5 ("
            let text = "\\" + digits + random.text(alphabet: " *()=\\n\n\r./x11", upTo: 60)
            guard
                let list = try? ChecksumList(
                    Array(text.utf8.dropFirst(Int.random(in: 0...1, using: &random))), name: "x")
            else { continue }
            read += 1
            _ = list.checksum(of: Samples.url("http://a.test/x/.x"), savedAs: "x")
        }
        #expect(read > 10)
    }

    @Test("issue 22.4: inputs get their checksums while they are read; those without one are counted")
    func inputs() async throws {
        let folder = try TemporaryFolder()
        let own = #"{"url":"http://a.test/x","md5":"\#(Self.hex("9", .md5))"}"#
        let path = try folder.file("list", "http://a.test/x\nhttp://u:p@a.test/y\nfoo\nid\thttp://a.test/z\n\(own)\n")
        let list = try Self.list("\(Self.hex("1"))  x\n\(Self.hex("2"))  id.bin")
        let checksums = InputChecksums(list) { input, _ in input.id.map { $0 + ".bin" } }
        let source = try SourceReader([path], defaults: RequestDefaults(), checksums: checksums)
        #expect(source.knownCount == nil && !source.hasGlobs)
        let found = await drain(source).map { $0.checksum?.description }
        #expect(
            found == [
                "sha256=" + Self.hex("1"), nil, nil, "sha256=" + Self.hex("2"), "md5=" + Self.hex("9", .md5),
            ])
        #expect(checksums.unlisted.count == 1)
        #expect(
            checksums.unlisted.first == "http://u:***@a.test/y" || checksums.unlisted.first == "http://***@a.test/y")
        let one = try SourceReader(
            ["http://a.test/[1-1]"], defaults: RequestDefaults(),
            checksums: InputChecksums(Checksum("md5=" + Self.hex("5", .md5))))
        #expect(one.knownCount == 1 && one.hasGlobs)
        #expect(await drain(one).first?.checksum?.algorithm == .md5)
    }
}
