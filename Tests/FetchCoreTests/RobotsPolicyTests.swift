import FetchHTTP
import TestSupport
import Testing

@testable import FetchHTML

/// robots.txt, as RFC 9309 has it and as it is found.
@Suite struct RobotsPolicyTests {
    private func policy(_ text: String) -> RobotsPolicy { RobotsPolicy(parsing: Array(text.utf8), agent: "fetchall") }

    private func allows(_ text: String, _ path: String) throws -> Bool {
        policy(text).verdict(for: try FetchURL.parse("https://example.org" + path)).isAllowed
    }

    @Test func longestMatchWinsAndAllowWinsATie() throws {
        let text = "User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /a/b/c\nAllow: /tie\nDisallow: /tie\n"
        #expect(try !allows(text, "/a/x"))
        #expect(try allows(text, "/a/b/x"))
        #expect(try !allows(text, "/a/b/c"))
        #expect(try allows(text, "/tie"))
        #expect(try allows(text, "/"))
    }

    @Test func verdictNamesTheRule() throws {
        let policy = policy("# note\r\n\r\nUser-agent: fetchall # us\r\nDisallow: /private/ # not this\r\n")
        let verdict = policy.verdict(for: try FetchURL.parse("https://example.org/private/x"))
        #expect(!verdict.isAllowed)
        #expect(verdict.rule?.line == 4)
        #expect(verdict.rule?.text == "Disallow: /private/")
        #expect(policy.verdict(for: try FetchURL.parse("https://example.org/")).rule == nil)
    }

    @Test func groupsOfOneNameAreOne() throws {
        let text =
            "User-agent: fetchall\nDisallow: /a\n\nUser-agent: *\nDisallow: /\n\nUser-agent: FetchAll/2.0\nDisallow: /b\n"
        #expect(try !allows(text, "/a"))
        #expect(try !allows(text, "/b"))
        #expect(try allows(text, "/c"))
    }

    @Test func linesThatAreNoRulesDoNotEndAGroup() throws {
        let text = "User-agent: fetchall\nSitemap: https://example.org/s.xml\n\nUser-agent: other\nDisallow: /x\n"
        #expect(try !allows(text, "/x"))
        #expect(policy(text).sitemaps == ["https://example.org/s.xml"])
    }

    @Test func wildcards() throws {
        #expect(try !allows("User-agent: *\nDisallow: /*.php$", "/a/b.php"))
        #expect(try allows("User-agent: *\nDisallow: /*.php$", "/a/b.php?x"))
        #expect(try !allows("User-agent: *\nDisallow: /a**b", "/axxb/c"))
        #expect(try !allows("User-agent: *\nDisallow: *", "/anything"))
        #expect(try !allows("User-agent: *\nDisallow: /*a*a$", "/a/a"))
        #expect(try allows("User-agent: *\nDisallow: /x*a$", "/x/ab"))
        #expect(try !allows("User-agent: *\nDisallow: /ab*b$", "/abb"))
        #expect(try allows("User-agent: *\nDisallow: /ab*b$", "/ab"))
        #expect(try allows("User-agent: *\nDisallow: private", "/private"), "a path starts with a slash")
    }

    @Test func spellingsOfOnePathAreCompared() throws {
        #expect(try !allows("User-agent: *\nDisallow: /%7ejoe/", "/~joe/index.html"))
        #expect(try !allows("User-agent: *\nDisallow: /~joe/", "/%7Ejoe/index.html"))
        #expect(try allows("User-agent: *\nDisallow: /a/b", "/a%2fb"), "a reserved character keeps its spelling")
        #expect(try !allows("User-agent: *\nDisallow: /a%2Fb", "/a%2fb"))
        #expect(try !allows("User-agent: *\nDisallow: /bücher", "/b%c3%bccher"))
        #expect(try !allows("User-agent: *\nDisallow: /x%2A$", "/x*"))
        #expect(try allows("User-agent: *\nDisallow: /x%2A$", "/xy"))
        #expect(try !allows("User-agent: *\nDisallow: /a b", "/a b/c"))
        #expect(try !allows("User-agent: *\nDisallow: /?q={x}", "/?q=%7Bx%7D"))
    }

    @Test func robotsItselfIsAllowed() throws {
        #expect(try allows("User-agent: *\nDisallow: /", "/robots.txt"))
        #expect(try !RobotsPolicy.disallowAll.verdict(for: FetchURL.parse("http://a/")).isAllowed)
        #expect(try RobotsPolicy.allowAll.verdict(for: FetchURL.parse("http://a/")).isAllowed)
    }

    @Test(
        "Files that are no robots.txt hold no rules, and good lines hold",
        arguments: [
            "", "\u{FEFF}", "<!doctype html><html><body>Not found</body></html>", "\u{1F}\u{8B}\u{8}binary",
            "{\"a\": 1}",
            "Disallow: /", "User-agent: *\nDisallow", "User-agent:\nDisallow: /",
        ])
    func rubbish(_ text: String) throws {
        #expect(try allows(text, "/x"))
    }

    @Test func readsWhatIsReadable() throws {
        #expect(try !allows("\u{FEFF}User-agent: *\rDisallow: /x", "/x"))
        #expect(try !allows("USER-AGENT : *\n\tdisalow:/x\n", "/x"))
        let latin = Array("User-agent: *\nDisallow: /caf".utf8) + [0xE9] + Array("\nDisallow: /x\n".utf8)
        #expect(try !RobotsPolicy(parsing: latin, agent: "fetchall").verdict(for: .parse("http://a/x")).isAllowed)
    }

    @Test func readsHalfAMegabyteAndNoMore() throws {
        let filler = String(repeating: "# filler\n", count: 60_000)
        #expect(filler.utf8.count > RobotsPolicy.byteLimit)
        #expect(try allows(filler + "User-agent: *\nDisallow: /\n", "/x"))
        #expect(try !allows(String(filler.prefix(499_995)) + "User-agent: *\nDisallow: /\n", "/x"))
    }

    @Test func crawlDelays() {
        #expect(policy("User-agent: *\nCrawl-delay: 2.5\n").crawlDelay == .milliseconds(2500))
        #expect(policy("User-agent: *\nCrawl-delay: 2\nUser-agent: fetchall\nDisallow:").crawlDelay == nil)
        #expect(policy("User-agent: *\nCrawl-delay: 99999999999\n").crawlDelay == .seconds(31_536_000))
        for value in ["-1", "soon", "", "1e9", "nan", "1.2.3"] {
            #expect(policy("User-agent: *\nCrawl-delay: \(value)\n").crawlDelay == nil, "\(value)")
        }
    }

    @Test func aLineCannotForgeAMessage() throws {
        let policy = policy("User-agent: *\nDisallow: /\u{1B}]0;x\u{7}\u{202E}*\n")
        let rule = policy.verdict(for: try FetchURL.parse("http://a/%1B]0;x%07\u{202E}y")).rule
        #expect(rule?.text == "Disallow: /?]0;x??*")
    }

    @Test("Any bytes give a policy, and a policy that answers", arguments: [1, 2, 3] as [UInt64])
    func fuzz(_ seed: UInt64) throws {
        var generator = SeededRandom(seed: seed)
        let url = try FetchURL.parse("https://example.org/a/b*c$d?e=%7E%zz")
        let words = [
            "User-agent: ", "\nDisallow: ", "\nAllow: ", "\nCrawl-delay: ", "\nSitemap:", "*", "*", "$", "/a", "/",
            "\n", "\r",
            "#", " ", "fetchall", "\nDisallow: /",
        ]
        var disallowed = 0
        for _ in 0..<500 {
            let text = (0..<Int.random(in: 0...40, using: &generator)).reduce(into: "User-agent: *\n") { text, _ in
                text += words.randomElement(using: &generator) ?? ""
            }
            let verdict = policy(text).verdict(for: url)
            if !verdict.isAllowed { disallowed += 1 }
            #expect(verdict.isAllowed || verdict.rule != nil)
            _ = policy(generator.text(alphabet: "user-agent: *\ndisallow: /$", upTo: 200))
        }
        #expect(disallowed > 20)
    }
}
