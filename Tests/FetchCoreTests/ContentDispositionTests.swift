import TestSupport
import Testing

@testable import FetchHTTP

@Suite("The file name in Content-Disposition")
struct ContentDispositionTests {
    private func name(_ value: String) -> String? { name(Array(value.utf8)) }

    private func name(_ value: [UInt8]) -> String? {
        ContentDisposition.fileName(of: HeaderFields(lines: Array("content-disposition: ".utf8) + value + [0x0A]))
    }

    @Test(
        "issue 22.3: the standard's forms, and those that servers send",
        arguments: [
            // RFC 6266 §5, and the cases of http://test.greenbytes.de/tech/tc2231/.
            (#"Attachment; filename=example.html"#, "example.html"),
            (#"INLINE; FILENAME= "an example.html""#, "an example.html"),
            (#"attachment; filename*= UTF-8''%e2%82%ac%20rates"#, "€ rates"),
            (#"attachment; filename="EURO rates"; filename*=utf-8''%e2%82%ac%20rates"#, "€ rates"),
            (#"attachment; filename*=UTF-8''foo-%c3%a4.html; filename="foo-ae.html""#, "foo-ä.html"),
            (#"attachment; filename*=iso-8859-1'en'foo-%E4.html"#, "foo-ä.html"),
            (#"attachment; filename="f\oo.html""#, "foo.html"),
            (#"attachment; filename="\"a\" b.html""#, #""a" b.html"#),
            (#"attachment; filename="Here's a semicolon;.html""#, "Here's a semicolon;.html"),
            (#"attachment; foo="bar"; filename="foo.html""#, "foo.html"),
            (#"attachment; foo="\"\\";filename="foo.html""#, "foo.html"),
            (#"attachment; filename='foo.bar'"#, "'foo.bar'"),
            (#"attachment; filename="foo.html"; filename="bar""#, "foo.html"),
            // What is not in the standard.
            (#"filename="foo.html""#, "foo.html"), (#"; filename=foo.html"#, "foo.html"),
            (#"attachment;filename=my file.txt ;x=y"#, "my file.txt"),
            (#"attachment; filename = foo.html"#, "foo.html"),
            (#"attachment; filename*="UTF-8''foo-%c3%a4.html""#, "foo-ä.html"),
            (#"attachment; filename="foo-ä.html""#, "foo-ä.html"),
            (#"attachment; filename="a%20b%C3%A4.txt""#, "a bä.txt"), (#"attachment; filename="100%.txt""#, "100%.txt"),
            (#"attachment; filename="%E4.txt""#, "%E4.txt"), (#"attachment; filename="cut"#, "cut"),
            (#"attachment; filename="C:\users\me\a.txt""#, "a.txt"),
            (#"attachment; filename="C:\\users\\a.txt""#, "a.txt"),
        ])
    func forms(value: String, expected: String) {
        #expect(name(value) == expected)
    }

    @Test("issue 22.3: bytes that are not UTF-8 are ISO-8859-1")
    func latin1() {
        #expect(name(Array("attachment; filename=\"foo-".utf8) + [0xE4] + Array(".html\"".utf8)) == "foo-ä.html")
    }

    @Test(
        "issue 22.3: an extended name that is not valid gives way to the plain one",
        arguments: [
            "UTF-8''%c3", "UTF-8''%zz", "UTF-8''%4", "koi8-r''%c1", "x.html", "UTF-8'x", "''x", "UTF-8''",
            "UTF-8''%2e%2e",
            "UTF-8''dir%2f",
        ])
    func invalidExtended(value: String) {
        #expect(name("attachment; filename*=\(value); filename=plain.html") == "plain.html")
        #expect(name("attachment; filename*=\(value)") == nil)
    }

    @Test(
        "issue 22.3: a name leaves no folder, hides nothing and is no option",
        arguments: [
            ("../../etc/passwd", "passwd"), ("/etc/passwd", "passwd"), (#"..\\..\\boot.ini"#, "boot.ini"),
            ("%2e%2e%2fpasswd", "passwd"), ("..%5c..%5ca", "a"), (".bashrc", "_bashrc"), ("-rf", "_rf"),
            ("a\u{1}b", "a_b"),
            ("%00", "_"), ("%0d%0aX: y", "__X_ y"), ("\u{202E}gpj.exe", "_gpj.exe"), ("a:b", "a_b"), ("a..b", "a._b"),
            ("%1b[2J", "_[2J"),
            (String(repeating: "n", count: 400) + ".pdf", String(repeating: "n", count: 236) + ".pdf"),
        ])
    func hostile(value: String, expected: String) {
        #expect(name("attachment; filename=\"\(value)\"") == expected)
        #expect(FileNameTemplateTests.isSafe(expected))
    }

    @Test(
        "issue 22.3: where there is no name there is none",
        arguments: [
            "", "attachment", "inline;", "attachment; filename", "attachment; filename=", #"attachment; filename="""#,
            "attachment; filename=.", "attachment; filename=..", "attachment; filename=dir/",
            "attachment; filename=\" \"",
            "attachment; xfilename=a", #"attachment; x="; filename=a""#, ";;;", "\"", "=", "filename*",
            "attachment; filename*0=a",
        ])
    func none(value: String) { #expect(name(value) == nil) }

    @Test("issue 22.3: the first field with a name counts")
    func fields() {
        let fields = HeaderFields([
            ("X", "filename=x"), ("Content-Disposition", "inline"), ("CONTENT-DISPOSITION", "a; filename=b"),
            ("Content-Disposition", "a; filename=c"),
        ])
        #expect(ContentDisposition.fileName(of: fields) == "b")
        #expect(ContentDisposition.fileName(of: HeaderFields()) == nil)
    }

    @Test("issue 22.3: random fields give safe names only")
    func fuzz() {
        var random = SeededRandom(seed: 22)
        var found = 0
        for _ in 0..<20_000 {
            let text = "attachment; filename" + random.text(alphabet: "*=\";'%2fe./\\-a UTF-8''", upTo: 50)
            guard let name = name(text) else { continue }
            found += 1
            #expect(FileNameTemplateTests.isSafe(name), "\(text.debugDescription): \(name.debugDescription)")
            #expect(!name.contains("/"))
        }
        #expect(found > 500)
    }
}
