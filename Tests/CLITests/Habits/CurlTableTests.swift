import FoundationEssentials
import TestSupport
import Testing

@Suite("issue 23.4: docs/curl.md has each option of curl 8", .timeLimit(.minutes(20)))
struct CurlTableTests {
    /// Options of curl 8 that a curl of Debian 12 (7.88) does not have.
    private static let newer: Set = [
        "--ca-native", "--dump-ca-embed", "--ech", "--follow", "--haproxy-clientip", "--ip-tos", "--ipfs-gateway",
        "--keepalive-cnt", "--knownhosts", "--mptcp", "--out-null", "--parallel-max-host", "--proxy-ca-native",
        "--proxy-http2", "--signature-algorithms", "--skip-existing", "--tls-earlydata", "--trace-config",
        "--trace-ids",
        "--upload-flags", "--variable", "--vlan-priority",
    ]

    /// Command lines that use all options that are there. BASE is a server, DIR a folder of the test.
    private static let lines: [[String]] = [
        [
            "--location", "--fail", "--parallel", "--silent", "--show-error", "--globoff", "--header", "X-A: 1",
            "--user-agent", "a", "--referer", "http://r.test/", "--user", "u:p", "--cookie", "a=1", "--cookie-jar",
            "DIR/jar", "--max-time", "60", "--connect-timeout", "60", "--retry", "0", "--retry-delay", "1",
            "--retry-max-time", "60", "--max-redirs", "3", "--limit-rate", "1G", "--max-filesize", "1M",
            "--speed-limit", "1", "--speed-time", "60", "--rate", "100/s", "--parallel-max", "3", "--parallel-max-host",
            "2", "--fail-early", "--create-dirs", "--output", "DIR/new/out", "--write-out", "%{http_code}\n",
            "--http1.1", "--no-progress-meter", "--tcp-nodelay", "--compressed", "--ipv4", "--url", "BASE/b", "BASE/a",
        ],
        [
            "--remote-name", "--remote-header-name", "--remote-time", "--continue-at", "-", "--remove-on-error",
            "--progress-bar", "--verbose", "BASE/c",
        ],
        ["--output-dir", "DIR/out", "--no-clobber", "--remote-name-all", "BASE/d"],
        ["--output-dir", "DIR/out", "--skip-existing", "BASE/d"],
        ["--head", "--range", "0-3", "--time-cond", "2020-01-01", "--json", "BASE/e"],
        ["--request", "PUT", "--data", "x", "BASE/f"],
        [
            "--dry-run", "--cacert", "DIR/jar", "--cert", "DIR/jar", "--key", "DIR/jar", "--insecure", "--proxy",
            "http://proxy.test:1", "--resolve", "a.test:80:127.0.0.1", "--ipv6", "--http2", "--capath", "DIR", "--pass",
            "x",
            "--crlfile", "DIR/jar", "--pinnedpubkey", "DIR/jar", "--tlsv1.2", "--tlsv1.3", "--tls-max", "1.3",
            "--noproxy", "a.test", "--proxy-user", "a:b", "--proxy-header", "X-A: 1", "--connect-to", "::127.0.0.1:1",
            "--unix-socket", "DIR/socket", "--interface", "lo", "--netrc", "--netrc-optional", "--oauth2-bearer", "t",
            "BASE/g",
        ],
        ["--data-raw", "@x", "--data-binary", "@DIR/jar", "--data-urlencode", "n=a b", "--include", "BASE/i"],
        ["--get", "--data", "q=1", "--dump-header", "DIR/heads", "--trace", "DIR/trace", "--jsonl", "BASE/j"],
        ["--form", "a=1", "--form-string", "b=@2", "BASE/k"],
        ["--upload-file", "DIR/jar", "BASE/l"], ["--dry-run", "--netrc-file", "DIR/jar", "BASE/g"],
        [
            "--ciphers", "DEFAULT", "--tls13-ciphers", "TLS_AES_128_GCM_SHA256", "--curves", "X25519", "--cert",
            "DIR/jar", "--cert-type", "PEM", "--key", "DIR/jar", "--key-type", "PEM", "--tlsv1", "--tlsv1.0",
            "--tlsv1.1", "--no-alpn", "--no-sessionid", "--cert-status", "--ssl-allow-beast", "--tlsauthtype", "SRP",
            "--tlsuser", "u", "--tlspassword", "p", "BASE/m",
        ],
        [
            "--proxy-cacert", "DIR/jar", "--proxy-capath", "DIR", "--proxy-cert", "DIR/jar", "--proxy-cert-type",
            "PEM", "--proxy-key", "DIR/jar", "--proxy-key-type", "PEM", "--proxy-pass", "x", "--proxy-ciphers",
            "DEFAULT", "--proxy-tls13-ciphers", "TLS_AES_128_GCM_SHA256", "--proxy-crlfile", "DIR/jar",
            "--proxy-insecure", "--proxy-pinnedpubkey", "DIR/jar", "--proxy-tlsv1", "--proxy-ssl-allow-beast",
            "--proxy-tlsauthtype", "SRP", "--proxy-tlsuser", "u", "--proxy-tlspassword", "p", "BASE/n",
        ],
        [
            "--proxy-basic", "--proxy-service-name", "HTTP", "--suppress-connect-headers", "--socks5-basic",
            "--socks5-gssapi", "--socks5-gssapi-nec", "--proxytunnel", "BASE/o",
        ],
        ["--dry-run", "--socks4", "127.0.0.1:1", "--proxy-digest", "BASE/p"],
        ["--dry-run", "--socks4a", "127.0.0.1:1", "--proxy-negotiate", "BASE/p"],
        ["--dry-run", "--socks5", "127.0.0.1:1", "--proxy-anyauth", "--socks5-gssapi-service", "rcmd", "BASE/p"],
        ["--dry-run", "--socks5-hostname", "127.0.0.1:1", "--haproxy-protocol", "BASE/p"],
        ["--dry-run", "--proxy1.0", "127.0.0.1:1", "--abstract-unix-socket", "name", "--tcp-fastopen", "BASE/p"],
        ["--dry-run", "--preproxy", "socks5://127.0.0.1:1", "--proxy", "http://127.0.0.1:1", "BASE/p"],
        [
            "--local-port", "20000-29999", "--keepalive-time", "60", "--keepalive-cnt", "3", "--mptcp", "--ip-tos",
            "AF11", "--vlan-priority", "1", "--happy-eyeballs-timeout-ms", "100", "--expect100-timeout", "1",
            "--tr-encoding", "--parallel-immediate", "BASE/q",
        ],
        ["--http1.0", "--no-keepalive", "BASE/r"], ["--basic", "BASE/y"], ["--dry-run", "--digest", "BASE/p"],
        ["--dry-run", "--ntlm", "BASE/p"], ["--dry-run", "--anyauth", "BASE/p"],
        ["--dry-run", "--negotiate", "--delegation", "policy", "--service-name", "HTTP", "BASE/p"],
        ["--dry-run", "--doh-url", "https://127.0.0.1:1/", "--doh-insecure", "--doh-cert-status", "BASE/p"],
        [
            "--proto", "=http", "--proto-redir", "http", "--proto-default", "http", "--disallow-username-in-url",
            "--post301", "--post302", "--post303", "--retry-connrefused", "--retry-all-errors", "--follow",
            "--url-query", "a=b", "--out-null", "--no-buffer", "--trace-ascii", "DIR/text", "--trace-time", "--stderr",
            "DIR/messages", "BASE/s",
        ],
        ["--form", "a=1", "--form-string", "b=2", "--form-escape", "BASE/t"], ["--data-ascii", "x", "BASE/u"],
        ["--fail-with-body", "--print", "body", "BASE/v"],
        ["--cookie", "DIR/jar", "--junk-session-cookies", "BASE/w"], ["--request-target", "/x", "BASE/x"],
        ["-Y", "1", "-y", "60", "-f", "-L", "-s", "-S", "-Z", "-#", "-e", "x", "BASE/h"], ["--help"], ["--version"],
    ]

    private static let root = URL(filePath: #filePath).appending(path: "../../../..").standardizedFileURL

    /// The rows of a section of docs/curl.md: the options in the first cell, and the second cell.
    private static func rows(_ heading: String) throws -> [(names: [String], text: String)] {
        let page = try String(decoding: Data(contentsOf: root.appending(path: "docs/curl.md")), as: UTF8.self)
        let sections = page.components(of: "\n## ")
        let section = try #require(sections.first { $0.hasPrefix(heading) }, "docs/curl.md has no section \(heading)")
        return section.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { line in
            let cells = line.components(of: " | ")
            let names = cells[0].split { " |`".contains($0) }.filter { $0.hasPrefix("--") }.map(String.init)
            return (names, cells.count > 1 ? String(cells[1].dropLast(2)) : "")
        }
    }

    @Test func `every option of curl is in one table, and at most 90 are not here`() async throws {
        let here = try Self.rows("Options that fetchall has").flatMap(\.names)
        let missing = try Self.rows("Options that fetchall does not have").flatMap(\.names)
        let all = here + missing
        #expect(Set(all).count == all.count)
        // What this table says about a name is not enough: at most 90 of curl's options may be absent.
        #expect(missing.count <= 90, "\(missing.count) options of curl are not here")
        #expect(here.count > 170)
        let help = try await Tool.shell("curl --help all || true").stdout
        var local: [String] = []
        for line in help.split(separator: "\n") {
            for word in line.split(separator: " ").prefix(2) where word.hasPrefix("--") { local.append(String(word)) }
        }
        for name in local where !all.contains(name) { Issue.record("docs/curl.md does not have \(name)") }
        for name in Self.newer where !all.contains(name) { Issue.record("docs/curl.md does not have \(name)") }
    }

    @Test func `every option that is here is run`() async throws {
        let here = try Set(Self.rows("Options that fetchall has").flatMap(\.names))
        let unused = here.subtracting(Self.lines.flatMap { $0 })
        #expect(unused.isEmpty, "no command line uses \(unused.sorted())")
        let server = try LoopbackServer { _ in .ok("text") }
        defer { server.stop() }
        let scratch = try Scratch()
        for line in Self.lines {
            let arguments = line.map { $0.replacing("BASE", with: server.baseURL).replacing("DIR", with: scratch.path) }
            let result = try await Tool.run(arguments, directory: scratch.path)
            #expect(result.exit == 0, "\(arguments): \(result.stdout)\(result.stderr)")
        }
        #expect(server.requestCount == 23)
        #expect(try scratch.text("new/out") == "200\n200\n")
    }

    @Test func `the program gives the advice of the table`() async throws {
        let source = try String(
            decoding: Data(contentsOf: Self.root.appending(path: "Sources/fetchall/Options/Habits/HabitAdvice.swift")),
            as: UTF8.self)
        let words = Set(source.split { !($0.isLetter || $0.isNumber || "-.:".contains($0)) })
        let rows = try Self.rows("Options that fetchall does not have")
        for name in rows.flatMap(\.names) where name != "--config" {
            #expect(words.contains(Substring(name)), "HabitAdvice does not have \(name)")
        }
        // One of each row would take a minute: the parser needs a second for a wrong line in a debug build.
        for row in [rows.first, rows.last { $0.names.first != "--config" }].compactMap({ $0 }) {
            let name = try #require(row.names.last)
            let result = try await Tool.run([name, "http://127.0.0.1:1/"])
            #expect(result.exit == 2 && result.complaints.count == 1)
            #expect(result.stderr.contains("'\(name)' is not an option: \(row.text)"), "\(result.stderr)")
        }
    }
}

extension StringProtocol {
    /// The parts between a text, without Foundation.
    fileprivate func components(of separator: String) -> [String] {
        var parts: [String] = []
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [String(rest)]
    }
}
