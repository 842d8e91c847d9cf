import FetchHTTP
import Testing

@Suite("A file of cookies is what libcurl reads, or it is told why not")
struct CookieFileTests {
    private func problem(_ text: String) -> String? { CookieFile.problem(in: Array(text.utf8)) }

    @Test(arguments: [
        "", "\n\n", "# a comment\n", "#HttpOnly_x.test\tTRUE\t/\tTRUE\t0\ta\tb\n", "x.test\tTRUE\t/\tTRUE\t0\ta\tb",
        "x.test\tTRUE\t/\tTRUE\t0\ta\tb\r\n", "x.test\tTRUE\t/\tTRUE\t0\ta\t\n", "x.test\tTRUE\tTRUE\t0\ta\tb\n",
        "x.test\t\tTRUE\t/\tTRUE\t0\ta\tb\n", "Set-Cookie: a=b; Path=/; Domain=x.test\n",
        "set-cookie:a=b;domain=.x.test\nSET-COOKIE: c=d; Secure; DOMAIN= x.test ;\r\n",
        "Set-Cookie: a=b; Domain=; Domain=127.0.0.1", "Set-Cookie: a=b;; Secure\t; Domain=x.test",
        ".x.test\tTRUE\t/\tTRUE\t0\ta\tb",
        "x.test\tTRUE\t/\tTRUE\t0\ta\tb c {d}\n",
    ])
    func `issue 20.17: what libcurl reads is fine`(text: String) {
        #expect(problem(text) == nil)
    }

    @Test(arguments: [
        ("{\"cookies\": []}", "line 1 cannot be read as a cookie: it looks like JSON"),
        ("# c\n\n  [\n]", "line 3 cannot be read as a cookie: it looks like JSON"),
        ("x.test TRUE / TRUE 0 a b\n", "line 1 cannot be read as a cookie: its fields are separated by blanks"),
        ("x.test\tTRUE\t/\tTRUE\t0\n", "line 1 cannot be read as a cookie: it does not have the seven fields"),
        ("x.test\tTRUE\t/\tTRUE\t0\ta\tb\tc\n", "it does not have the seven fields"),
        ("#httponly_x.test TRUE\nCookie: a=b\n", "line 2"), ("#HttpOnly_x.test TRUE / TRUE 0 a b\n", "line 1"),
        ("Set-Cookie a=b\n", "separated by blanks"), ("a=b\n", "it is not a cookie"),
        ("\u{1}\u{1}", "it is not a cookie"),
    ])
    func `issue 20.17: the first line that libcurl would skip is named`(text: String, message: String) {
        #expect(problem(text)?.contains(message) == true, "\(problem(text) ?? "")")
        #expect(problem(text)?.contains("Netscape format") == true)
    }

    /// libcurl gives a cookie without a domain to every host.
    @Test(arguments: [
        "Set-Cookie: a=b", "Set-Cookie: a=b; Path=/\n", "set-cookie:a=b; Domain=\n", "Set-Cookie: a=b; Domain\n",
        "Set-Cookie: a=b; Domain=.\n", "Set-Cookie: a=b; Domain=x.test; Domain=.\n", "Set-Cookie: Domain=x.test\n",
        "Set-Cookie: a=b; MyDomain=x.test\n", "Set-Cookie: a=b\r; Domain=x.test\n",
        "Set-Cookie: a=b; c\td; Domain=x.test\n", "Set-Cookie: a=b; =c; Domain=x.test\n",
        "Set-Cookie: a=b; Domain\t=x.test\n",
        "\tTRUE\t/\tFALSE\t0\ta\tb\n", "#HttpOnly_\tTRUE\t/\tFALSE\t0\ta\tb\n", ".\tTRUE\t/\tFALSE\t0\ta\tb\n",
        " \tTRUE\t/\tFALSE\t0\ta\tb\n",
    ])
    func `a cookie without a domain is refused, because every host would get it`(line: String) {
        let problem = problem("# c\n" + line)
        #expect(problem?.hasPrefix("line 2: the cookie has no domain") == true, "\(problem ?? "")")
    }

    @Test func `a line with a NUL, which libcurl cuts off, is refused`() {
        #expect(problem("Set-Cookie: a=b\0; Domain=x.test") == "line 1 contains a NUL")
    }
}
