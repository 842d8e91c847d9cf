import FetchHTTP
import FetchSystem
import Testing

@Suite("issue 24.2: .netrc is read by curl 8's rules")
struct NetrcTests {
    private func found(
        _ text: String, _ url: String = "http://host.test/", prefersURL: Bool = false
    ) throws -> String? {
        try Netrc(Array(text.utf8), prefersURL: prefersURL).credentials(for: try FetchURL.parse(url))?.basic
    }

    private func basic(_ pair: String) -> String { Credentials(pair: pair).basic }

    @Test(arguments: [
        ("machine host.test login me password pw", "me:pw"), ("machine HOST.test\nlogin me\npassword pw\n", "me:pw"),
        ("MACHINE host.test LOGIN me PASSWORD pw", "me:pw"),
        ("machine host.test\r\n\tlogin me\r\n\tpassword pw\r\n", "me:pw"),
        ("machine other.test login a password b\nmachine host.test login me password pw", "me:pw"),
        ("machine host.test password pw login me", "me:pw"),
        ("machine host.test login me password pw\nmachine host.test login you password no", "me:pw"),
        ("default login me password pw", "me:pw"), ("machine host.test login a password b default login c", "a:b"),
        ("default login me password pw machine host.test login a password b", "me:pw"),
        ("machine host.test login me", "me:"), ("machine host.test password pw", ":pw"),
        ("machine host.test account x login me password pw", "me:pw"),
        ("machine host.test login me account password password pw", "me:pw"),
        ("# machine host.test login a password b\nmachine host.test login me password pw", "me:pw"),
        ("  # a comment with login x\nmachine host.test login me password pw", "me:pw"),
        ("machine host.test login me password #pw", "me:#pw"), ("machine host.test login me password p#w", "me:p#w"),
        (#"machine host.test login "m e" password "p w""#, "m e:p w"),
        (#"machine host.test login me password "a\"b\\c\td\ne\rf\g""#, "me:a\"b\\c\td\ne\rfg"),
        (##"machine "host.test" login me password "#pw""##, "me:#pw"),
        ("machine host.test login me password \"\"", "me:"),
        ("machine host.test login me password p\"w", "me:p\"w"),
        ("macdef init\nmachine host.test login a password b\n\nmachine host.test login me password pw", "me:pw"),
        (
            "machine x.test login a password b macdef m\ncd /\nlogin host.test\n\nmachine host.test login me password pw",
            "me:pw"
        ),
        ("macdef init\nquit\n\ndefault login me password pw", "me:pw"),
        ("unknown word machine host.test login me password pw", "me:pw"),
        ("\u{FEFF}machine host.test login me password pw", "me:pw"),
        ("login a password b machine host.test login me password pw", "me:pw"),
        ("machine host.test login münchen password ü", "münchen:ü"),
    ])
    func `the first entry that fits is used`(text: String, pair: String) throws {
        #expect(try found(text) == basic(pair), "\(text)")
    }

    @Test(arguments: [
        "", "\n\n", "machine other.test login me password pw", "machine host login me password pw",
        "machine x.host.test login me password pw", "machine host.test", "default", "machine host.test default",
        "macdef m\nmachine host.test login me password pw", "# machine host.test login me password pw",
        "machine host.test.evil login me password pw", "machine *.test login me password pw",
    ])
    func `a host without an entry gets nothing`(text: String) throws {
        #expect(try found(text) == nil)
    }

    @Test(arguments: [
        "machine", "machine host.test login", "machine host.test login me password", "x\nmachine host.test login \"me",
        "machine host.test login \"me\npassword pw\"", "machine host.test password \"pw\\",
    ])
    func `what is broken is refused with its line and without its text`(text: String) {
        do {
            _ = try Netrc(Array(text.utf8))
            Issue.record("\(text) was read")
        } catch {
            #expect(error.message.hasPrefix("line ") && !error.message.contains("me"), "\(error.message)")
        }
    }

    @Test(arguments: [
        // The scheme and the port do not matter.
        ("https://host.test:8443/", "me:pw"), ("http://host.test:81/", "me:pw"),
        // A user of the URL has its password.
        ("http://you@host.test/", "you:yours"), ("http://you:@host.test/", "you:yours"),
        // A user without an entry of its own has that of an entry without a login.
        ("http://other@host.test/", "other:any"), ("http://none@b.test/", nil), ("http://[::1]/", "six:6"),
        // The password of the URL is ignored.
        ("http://you:url@host.test/", "me:pw"),
    ])
    func `the user of the URL selects the entry`(url: String, pair: String?) throws {
        let text = """
            machine host.test login me password pw
            machine host.test login you password yours
            machine host.test password any
            machine ::1 login six password 6
            """
        #expect(try found(text, url) == pair.map(basic), "\(url)")
    }

    @Test func `where it is optional, the user and password of the URL come first`() throws {
        let text = "machine host.test login me password pw machine host.test login you password yours"
        #expect(try found(text, "http://you:url@host.test/", prefersURL: true) == nil)
        #expect(try found(text, "http://you@host.test/", prefersURL: true) == basic("you:yours"))
        #expect(try found(text, prefersURL: true) == basic("me:pw"))
    }

    @Test func `an Authorization of the user comes first, and elsewhere the file is used`() throws {
        let netrc = try Netrc(Array("machine a.test login x password y\nmachine b.test login z password w".utf8))
        let scope = CredentialScope(HeaderFields([("Authorization", "Basic dTpw")]), netrc: netrc)
        let home = try FetchURL.parse("http://a.test/").origin
        func sent(_ url: String) throws -> [String] {
            scope.fields(for: try FetchURL.parse(url), home: home).values(of: "authorization")
        }
        #expect(try sent("http://a.test/") == ["Basic dTpw"])
        #expect(try sent("http://b.test/") == [basic("z:w")])
        #expect(try sent("http://c.test/") == [])
        #expect("\(netrc)" == "netrc with 2 entries")
    }
}
