import FoundationEssentials
import TestSupport
import Testing

/// Bytes that are not UTF-8 go out as they came, or are refused; U+FFFD is never sent.
@Suite("Bytes stay bytes", .timeLimit(.minutes(20)))
struct ByteFaultTests {
    typealias Reply = LoopbackServer.Reply

    /// A reply whose text stands for bytes: each character is the byte of its number.
    private static func latin(_ text: String, then ending: Reply.Ending = .keep) -> Reply {
        .raw(bytes(text), then: ending)
    }

    private static func bytes(_ text: String) -> [UInt8] {
        text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    }

    private static func redirect(_ location: String) -> Reply {
        latin("HTTP/1.1 302 Found\r\nLocation: \(location)\r\nContent-Length: 0\r\n\r\n")
    }

    private static func plain(_ text: String) -> Reply {
        .response(headers: [("Content-Type", "text/plain")], body: bytes(text))
    }

    /// Whether some request had U+FFFD in its head or its body, raw or percent-encoded.
    private static func sawReplacement(_ server: LoopbackServer) -> Bool {
        server.log.contains { request in
            let raw = request.head + request.body
            return raw.firstRange(of: [0xEF, 0xBF, 0xBD]) != nil
                || String(decoding: raw, as: UTF8.self).contains("%EF%BF%BD")
        }
    }

    @Test(arguments: [
        ("/z/\u{FC}", "/z/%FC"), ("/z?q=\u{E4}\u{FF}", "/z?q=%E4%FF"), ("z\u{C3}(\u{C3}\u{BC}", "/z%C3(%C3%BC"),
        ("\u{80}#\u{FC}", "/%80"), ("/%fc/\u{FC}", "/%fc/%FC"),
    ])
    func `issue 20.9: a Location that is not UTF-8 is asked for byte by byte`(location: String, target: String)
        async throws
    {
        let server = try LoopbackServer { $0.number == 1 ? Self.redirect(location) : .ok() }
        defer { server.stop() }
        let result = try await Tool.run(["--jsonl", "\(server.baseURL)/"])
        #expect(server.log.map(\.target) == ["/", target])
        #expect(result.exit == 0)
    }

    @Test func `issue 20.9: in the host of a Location they are an error, and not another host`() async throws {
        let server = try LoopbackServer { _ in Self.redirect("http://b\u{FC}cher.invalid/") }
        defer { server.stop() }
        let result = try await Tool.run(["--json", "--retry", "0", "\(server.baseURL)/"])
        #expect(try Row.array(result).map(\.kind) == ["invalid-url"])
    }

    @Test func `issue 20.9: in a crawl too, in robots.txt and its redirect, a text sitemap and the Link header`()
        async throws
    {
        let server = try LoopbackServer { request in
            switch request.path {
            case "/robots.txt": Self.redirect("/r\u{FC}.txt")
            case "/r%FC.txt":
                Self.plain("Sitemap: /m\u{FC}.txt\n")
            case "/m%FC.txt":
                Self.plain("http://\(request.host)/list\u{FC}\n")
            case "/":
                Self.latin(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nLink: </next\u{FC}>; rel=next\r\n"
                        + "Content-Length: 18\r\n\r\n<a href=/to>to</a>")
            case "/to": Self.redirect("/moved?\u{FC}")
            default: .ok()
            }
        }
        defer { server.stop() }
        let result = try await Tool.run(["crawl", "--sitemap", "auto", "--jsonl", "\(server.baseURL)/"])
        let targets = Set(server.log.map(\.target))
        #expect(targets.isSuperset(of: ["/r%FC.txt", "/m%FC.txt", "/list%FC", "/next%FC", "/moved?%FC"]), "\(targets)")
        #expect(!Self.sawReplacement(server))
        #expect(result.exit == 0, "\(result.stderr)")
    }

    @Test func `issue 20.9: an ETag goes back as it came, also after a 304 and across a redirect`() async throws {
        let scratch = try Scratch()
        let tag = Self.bytes("\"v\u{FC}\u{FF}\"")
        let server = try LoopbackServer { request in
            if request.path == "/old" { return Self.redirect("/new") }
            let knows = request.head.firstRange(of: Array("If-None-Match: ".utf8) + tag) != nil
            return Self.latin(
                knows
                    ? "HTTP/1.1 304 Not Modified\r\nETag: \"v\u{FC}\u{FF}\"\r\n\r\n"
                    : "HTTP/1.1 200 OK\r\nETag: \"v\u{FC}\u{FF}\"\r\nContent-Length: 4\r\n\r\nbody")
        }
        defer { server.stop() }
        var states: [String?] = []
        for _ in 1...3 {
            let result = try await Tool.run(
                ["--json", "--body", "--cache=" + scratch("c.sqlite"), "\(server.baseURL)/old"])
            states += try Row.array(result).map(\.cache)
        }
        #expect(states == ["stored", "revalidated", "revalidated"])
        #expect(!Self.sawReplacement(server))
    }

    @Test func `issue 20.9: values of options are sent byte for byte, on each hop`() async throws {
        let server = try LoopbackServer { $0.path == "/a" ? .redirect(to: "/b", status: 307) : .ok() }
        defer { server.stop() }
        let result = try await Tool.shell(
            """
            B=$(printf 'x\\374\\377')
            "$0" --jsonl -H "X-A: $B" --header="X-B: $B" -A "$B" -b "c=$B" -u "u:$B" -qd "$B" "$1/a"
            """, [server.baseURL])
        #expect(result.exit == 0, "\(result.stderr)")
        let value = Self.bytes("x\u{FC}\u{FF}")
        #expect(server.log.map(\.path) == ["/a", "/b"])
        for request in server.log {
            for name in ["X-A: ", "X-B: ", "User-Agent: ", "Cookie: c="] {
                let line = Array(name.utf8) + value + [0x0D]
                #expect(request.head.firstRange(of: line) != nil, "\(request.path) has no \(name)")
            }
            #expect(request.header("Authorization") == "Basic " + Data(Array("u:".utf8) + value).base64EncodedString())
            #expect(request.body == value)
        }
    }

    @Test func `issue 20.9: private characters of UTF-8 are sent as they are too`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let text = "\u{10FF41}\u{10FFFF}é\u{FFFD}"
        let result = try await Tool.run(["--jsonl", "-H", "X-A: \(text)", "-d", text, "\(server.baseURL)/\u{10FFFD}"])
        #expect(result.exit == 0, "\(result.stderr)")
        #expect(server.log.map { $0.header("X-A") } == [text])
        #expect(server.log.map(\.body) == [Array(text.utf8)])
        #expect(server.log.map(\.path) == ["/%F4%8F%BF%BD"])
    }

    /// Scripts of the shell whose `$B` is `x` and a byte that is not UTF-8; `$1` is the server.
    private static let refused = [
        #""$0" "$1/$B""#, #""$0" --jsonl "$1/" -- "$1/$B""#, #""$0" -o "$B" "$1/""#, #""$0" "$1/" "$B.txt""#,
        #""$0" map --url-template "$1/{id}" "$B""#, #""$0" map --url-template "$1/$B/{id}" 1"#,
        #""$0" gather --var "id=$B" "a=$1/{id}""#, #""$0" gather "$B=$1/""#, #""$0" crawl "$1/$B""#,
        #""$0" github "$B""#, #""$0" -d "@$B" "$1/""#, #""$0" -b "$B" "$1/""#, #""$0" -H "$B: v" "$1/""#,
        #""$0" --cookie-jar "$B" "$1/""#, #""$0" "http://u:secret@$B/""#,
        #""$0" -x "u:secret$B@x" "$1/""#, #""$0" "--user-agen=secret$B" "$1/""#, #""$0" "-usecret$B" "$1/""#,
        #""$0" -x "http://$B/" "$1/""#, #""$0" -X "$B" "$1/""#,
    ]

    @Test(arguments: refused)
    func `issue 20.9: anything else that is not UTF-8 is refused in one line, and nothing is sent`(script: String)
        async throws
    {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let scratch = try Scratch()
        let result = try await Tool.shell(
            "B=$(printf 'x\\374'); \(script)", [server.baseURL], directory: scratch.path)
        #expect(result.exit == 2)
        #expect(result.complaints.count == 1 && !result.stderr.contains("\u{FFFD}"), "\(result.stderr)")
        #expect(result.stderr.contains("UTF-8") || result.stderr.contains("valid"), "\(result.stderr)")
        #expect(result.stdout == "" && server.requestCount == 0 && !result.stderr.contains("secret"))
        #expect(try scratch.names() == [])
    }

    @Test(arguments: ["--each", "-", "--csv"])
    func `issue 20.9: an id that is not UTF-8 ends the list in one line that says where`(source: String) async throws {
        let server = try LoopbackServer { _ in .json("1") }
        defer { server.stop() }
        let scratch = try Scratch()
        let start = source == "--csv" ? "id,name\na,M\u{FC}ller\n" : "# M\u{FC}ller\na\n"
        let lines = Self.bytes(start + "\u{FC},y\nb\n")
        let file = try scratch.write("ids", lines)
        let arguments = source == "-" ? ["-"] : [source, file] + (source == "--csv" ? ["--column", "id"] : [])
        let result = try await Tool.run(
            ["map", "--url-template", "\(server.baseURL)/{id}"] + arguments, bytes: source == "-" ? lines : [])
        #expect(result.exit == 3)
        #expect(result.complaints.count == 1 && result.stderr.contains("UTF-8"), "\(result.stderr)")
        #expect(result.stderr.contains("line 3"), "\(result.stderr)")
        #expect(result.stdout.split(whereSeparator: \.isWhitespace).joined() == #"{"a":1}"#)
        #expect(server.log.map(\.path) == ["/a"])
    }

    @Test func `issue 20.9: a list with such a line gives it one record and sends the others`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let list = Self.bytes("\(server.baseURL)/\u{FC}\n\u{FC}\t\(server.baseURL)/1\n\(server.baseURL)/2\n")
        let result = try await Tool.run(["--json", "-"], bytes: list)
        #expect(try Row.array(result).map(\.kind) == ["invalid-url", "invalid-url", nil])
        #expect(server.log.map(\.path) == ["/2"])
    }

    @Test func `issue 20.9: the output directory has the name that was given`() async throws {
        let server = try LoopbackServer { .ok($0.path) }
        defer { server.stop() }
        let scratch = try Scratch()
        let result = try await Tool.shell(
            """
            B=$(printf 'x\\374'); "$0" --jsonl --output-dir "$B" "$1/a.txt" && mv "$B" plain \
            && touch "$B" && ! "$0" --output-dir="$B" "$1/a.txt"
            """, [server.baseURL], directory: scratch.path)
        #expect(result.exit == 0, "\(result.stderr)")
        #expect(try scratch.text("plain/a.txt") == "/a.txt")
        #expect(result.stderr.contains(#"x\xFC"#) && result.complaints.count == 1, "\(result.stderr)")
    }

    @Test func `issue 20.9: a list of failures leaves out a header that JSON cannot hold`() async throws {
        let server = try LoopbackServer { $0.number == 1 ? .status(404) : .ok() }
        defer { server.stop() }
        let scratch = try Scratch()
        let result = try await Tool.shell(
            """
            B=$(printf 'x\\374'); echo '{"url":"'"$1"'/","headers":{"X-B":"b"}}' > l
            "$0" -q --jsonl -H "X-A: $B" --failed-to f l; "$0" -q --jsonl -H "X-A: $B" f
            """, [server.baseURL], directory: scratch.path)
        #expect(result.exit == 0, "\(result.stderr)")
        #expect(server.log.count == 2)
        let line = Array("X-A: x".utf8) + [0xFC, 0x0D]
        #expect(server.log.allSatisfy { $0.head.firstRange(of: line) != nil && $0.header("X-B") == "b" })
    }

    @Test func `issue 20.9: a home whose name is not UTF-8 is not repaired for the cache`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let scratch = try Scratch()
        let result = try await Tool.shell(
            "HOME=$2/$(printf 'x\\374') \"$0\" --cache --jsonl \"$1/\"", [server.baseURL, scratch.path])
        #expect(result.exit == 2 && result.complaints.count == 1 && result.stderr.contains("HOME is not UTF-8"))
        #expect(try scratch.names() == [])
    }
}
