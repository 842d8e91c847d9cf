import FetchHTTP
import Testing

@Suite("A file of cookies is what libcurl reads, or it is told why not")
struct CookieFileTests {
    private func problem(_ text: String) -> String? { CookieFile.problem(in: Array(text.utf8)) }

    @Test(arguments: [
        "", "\n\n", "# a comment\n", "#HttpOnly_x.test\tTRUE\t/\tTRUE\t0\ta\tb\n", "x.test\tTRUE\t/\tTRUE\t0\ta\tb",
        "x.test\tTRUE\t/\tTRUE\t0\ta\tb\r\n", "x.test\tTRUE\t/\tTRUE\t0\ta\t\n", "x.test\tTRUE\tTRUE\t0\ta\tb\n",
        "x.test\t\tTRUE\t/\tTRUE\t0\ta\tb\n", "Set-Cookie: a=b; Path=/\n", "set-cookie:a=b\nSET-COOKIE: c=d\n",
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
        ("\u{0}\u{1}", "it is not a cookie"),
    ])
    func `issue 20.17: the first line that libcurl would skip is named`(text: String, message: String) {
        #expect(problem(text)?.contains(message) == true, "\(problem(text) ?? "")")
        #expect(problem(text)?.contains("Netscape format") == true)
    }
}
