import FetchHTTP
import FetchRecords
import FetchSystem
import Testing

@Suite("issue 23.2: secrets are found and hidden")
struct SecretMaskTests {
    @Test func `a server that sets many cookies makes no secret of the user's known`() {
        var mask = SecretMask()
        mask.add(Array("mine-mine".utf8))
        for number in 0..<10_000 { mask.learn("Set-Cookie", Array("a=value-\(number)".utf8)) }
        #expect(mask.masked(Array("mine-mine value-9999".utf8)) == Array("*** ***".utf8))
    }

    @Test func `secrets of a form are found around its files`() {
        let pieces: [UploadBody.Piece] = [
            .bytes(Array("--b\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\n".utf8)),
            .file(FileReference(path: "x")),
            .bytes(
                Array(
                    "\r\n--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nhush-hush\r\n--b--\r\n".utf8)),
        ]
        let found = BodySecret.all(in: pieces)
        #expect(found[0].isEmpty && found[1].isEmpty && found[2].map(\.name) == ["password"])
        if case .bytes(let bytes) = pieces[2] {
            #expect(found[2].map { Array(bytes[$0.range]) } == [Array("hush-hush".utf8)])
        }
    }

    @Test func `secrets of a query are found, and nothing behind it`() {
        let url = Array("http://h/?a=1&api_key=s3cr3t#token=x".utf8)
        #expect(BodySecret.inQuery(of: url).map { Array(url[$0.range]) } == [Array("s3cr3t".utf8)])
        #expect(BodySecret.inQuery(of: Array("http://h/#?token=x".utf8)).isEmpty)
    }

    private static func mask(_ secrets: String...) -> SecretMask {
        var mask = SecretMask()
        for secret in secrets { mask.add(secret.utf8) }
        return mask
    }

    @Test func `a secret in any two parts of a stream is hidden`() {
        let mask = Self.mask("secret", "secretive", "etc-passwd")
        let text = Array("a secret, a secretive man, a sec, secretetc-passwd, etc-secret".utf8)
        let expected = "a ***, a *** man, a sec, ******, etc-***"
        for cut in 0...text.count {
            for next in cut...text.count {
                var out: [UInt8] = []
                var rest: [UInt8] = []
                for (index, part) in [text[..<cut], text[cut..<next], text[next...]].enumerated() {
                    let step = mask.masked(rest + part, isLast: index == 2)
                    out += step.masked
                    rest = step.rest
                }
                #expect(String(decoding: out, as: UTF8.self) == expected)
                #expect(rest.isEmpty)
            }
        }
    }

    @Test(arguments: [
        ("Authorization", "Basic bWU6czNjcjN0LXBhc3M=", ["bWU6czNjcjN0LXBhc3M=", "me:s3cr3t-pass", "s3cr3t-pass"]),
        ("Authorization", "Bearer t0k3n", ["t0k3n"]), ("X-Api-Key", "k3y0", ["k3y0"]),
        ("Cookie", "a=v4lue; b=w0rld", ["v4lue", "w0rld"]), ("Set-Cookie", "a=longer-value; Path=/", ["longer-value"]),
    ])
    func `a secret field teaches all forms of its value`(name: String, value: String, words: [String]) {
        var mask = SecretMask()
        mask.learn(name, Array(value.utf8))
        for word in words { #expect(mask.masked(Array("<\(word)>".utf8)) == Array("<***>".utf8), "\(word)") }
        #expect(mask.masked(Array("Path".utf8)) == Array("Path".utf8))
    }

    @Test(arguments: [
        ("a=1&password=p%40ss&token=&x=2", ["p%40ss"]), ("key", []), ("=password", []), ("", []),
        (#"{"password" : "a\"b", "n": {"api_key":-12.5}, "token": null}"#, [#"a\"b"#, "-12.5"]),
        (#"["password"]"#, []), (#"{"password"#, []), (#"{"password":"#, []), (#"{"password":"x"#, []),
        ("--b\r\nX: name=\"a\"\r\n\r\n1\r\n--b\r\nC: f; name=\"password\"\r\n\r\nse\r\nc\r\n--b--\r\n", ["se\r\nc"]),
        ("--b\r\nC: f; name=\"password\"\r\n\r\n", []), ("--", []),
    ])
    func `values of bodies are found by their name`(body: String, expected: [String]) {
        let bytes = Array(body.utf8)
        #expect(BodySecret.all(in: bytes).map { String(decoding: bytes[$0.range], as: UTF8.self) } == expected)
    }

    @Test(arguments: [
        ("h2h3 [authorization: Basic abc]", "h2h3 [authorization: ***]"),
        ("[HTTP/2] [1] [cookie: a=b]", "[HTTP/2] [1] [cookie: ***]"),
        ("h2h3 [:authority: a.test]", "h2h3 [:authority: a.test]"), ("h2h3 [accept: */*]", "h2h3 [accept: */*]"),
        (
            "Added cookie sid=\"abc\" for domain a.test, path /, expire 0",
            "Added cookie sid=***\" for domain a.test, path /, expire 0"
        ),
    ])
    func `fields in libcurl's text are hidden by their name`(text: String, expected: String) {
        var trace = TraceText(showsIndex: false)
        let lines = trace.lines(of: TraceEvent(input: 0, .text(Array(text.utf8))))
        #expect(lines.map { String(decoding: $0.bytes, as: UTF8.self) } == ["* " + expected])
    }

    @Test func `a field that arrives teaches its value, and a body that repeats it is hidden`() {
        var trace = TraceText(showsIndex: true)
        let head = "GET / HTTP/1.1\r\nCookie: sid=abcdefgh\r\n\r\n"
        let sent = trace.lines(of: TraceEvent(input: 3, transfer: 1, .requestHead(Array(head.utf8))))
        #expect(
            sent.map { String(decoding: $0.bytes, as: UTF8.self) }.prefix(2) == [
                "[3] > GET / HTTP/1.1", "[3] > Cookie: ***",
            ])
        var lines: [TraceText.Line] = []
        for part in ["<abc", "defgh>"] {
            lines += trace.lines(of: TraceEvent(input: 3, transfer: 1, .responseBody(Array(part.utf8))))
        }
        lines += trace.lines(of: TraceEvent(input: 3, transfer: 1, .end))
        #expect(lines.allSatisfy { $0.detail == .bodies })
        let text = lines.map { String(decoding: $0.bytes, as: UTF8.self) }.joined(separator: "\n")
        #expect(text.contains("***>") && !text.contains("abc") && !text.contains("defgh"))
    }
}
