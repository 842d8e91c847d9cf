import FetchSystem
import TestSupport
import Testing

/// The shared options and the commands: what is refused, and what is seen where an option works.
enum OptionMatrix {
    static let commands = ["fetch", "crawl", "check", "github", "gather", "map"]
    static let writers = ["fetch", "crawl", "gather", "map"]
    /// The commands that have requests of their input, or bodies, in their records.
    static let planners = ["fetch", "crawl", "github", "gather", "map"]

    /// Options that a command refuses, with what the message names.
    struct Refusal: Sendable, CustomTestStringConvertible {
        let commands: [String]
        let arguments: [String]
        var testDescription: String { arguments.joined(separator: " ") }
    }

    static let refusals =
        [
            Refusal(commands: ["crawl", "check", "github", "gather", "map"], arguments: ["-I"]),
            Refusal(commands: ["crawl", "check", "github"], arguments: ["-X", "POST"]),
            Refusal(commands: ["crawl", "check", "github"], arguments: ["-d", "x"]),
            Refusal(commands: ["crawl", "check", "github"], arguments: ["--data-raw", "x"]),
            Refusal(commands: ["crawl", "check", "github"], arguments: ["--data-binary", "x"]),
            Refusal(commands: ["crawl", "check", "github"], arguments: ["--data-urlencode", "x"]),
            Refusal(commands: ["crawl", "check", "github"], arguments: ["--json-data", "1"]),
            Refusal(commands: ["crawl", "check", "github"], arguments: ["-G"]),
            Refusal(commands: ["crawl", "check", "github"], arguments: ["-F", "a=1"]),
            Refusal(commands: ["crawl", "check", "github"], arguments: ["--form-string", "a=1"]),
            Refusal(commands: ["crawl", "check", "github"], arguments: ["-T", "/dev/null"]),
            Refusal(commands: ["github"], arguments: ["--accept", "404"]),
            Refusal(commands: ["check", "github"], arguments: ["-w", "x"]),
            Refusal(commands: ["check", "github", "gather", "map"], arguments: ["--body", "--json"]),
            Refusal(
                commands: ["fetch", "crawl", "check", "github", "gather", "map"],
                arguments: ["--body", "--format", "csv"]),
            Refusal(commands: ["check", "github", "gather", "map"], arguments: ["--include-headers", "--json"]),
            Refusal(
                commands: ["fetch", "crawl", "check", "github", "gather", "map"],
                arguments: ["--include-headers", "--format", "tsv"]),
            Refusal(commands: ["check", "github", "gather", "map"], arguments: ["--output-dir", "out"]),
            Refusal(
                commands: ["check", "github", "gather", "map"],
                arguments: ["--filename-template", "{name}", "--output-dir", "out"]),
            Refusal(commands: ["crawl", "check"], arguments: ["--sqlite", "x.db"]),
            Refusal(commands: ["crawl", "check"], arguments: ["--sqlite-table", "x", "--sqlite", "x.db"]),
            Refusal(commands: ["crawl", "check"], arguments: ["--keep-order"]),
            Refusal(commands: ["check"], arguments: ["--dry-run"]),
            Refusal(commands: ["check"], arguments: ["--curl"]),
            Refusal(
                commands: ["fetch", "crawl", "github", "gather", "map"], arguments: ["--format", "github"]),
            Refusal(
                commands: ["crawl", "check", "github", "gather", "map"],
                arguments: ["--checksum", "md5=900150983cd24fb0d6963f7d28e17f72", "--jsonl"]),
            Refusal(
                commands: ["crawl", "check", "github", "gather", "map"], arguments: ["--checksums", "x", "--jsonl"]),
            Refusal(commands: ["check", "github", "gather", "map"], arguments: ["--hash", "sha256", "--jsonl"]),
            // Without bodies.
            Refusal(commands: ["fetch", "crawl", "check"], arguments: ["--hash", "sha256", "--jsonl"]),
            Refusal(commands: ["crawl", "check", "github", "gather", "map"], arguments: ["-O"]),
            Refusal(commands: ["crawl", "check", "github", "gather", "map"], arguments: ["-r", "0-9"]),
            Refusal(commands: ["crawl", "check", "github", "gather", "map"], arguments: ["-z", "2024-12-31"]),
            Refusal(commands: ["github", "gather", "map"], arguments: ["--url", "http://127.0.0.1:1/"]),
            Refusal(commands: ["github"], arguments: ["--fail-early"]),
            Refusal(commands: ["github"], arguments: ["--to-all-hosts"]),
            Refusal(commands: ["crawl", "check", "github"], arguments: ["--post301"]),
            Refusal(commands: ["crawl", "check", "github"], arguments: ["--post302"]),
            Refusal(commands: ["crawl", "check", "github"], arguments: ["--post303"]),
            Refusal(commands: ["crawl", "check"], arguments: ["--proto-redir", "https"]),
            Refusal(commands: ["crawl", "check", "github"], arguments: ["--url-query", "a=b"]),
            Refusal(commands: ["crawl", "check", "github"], arguments: ["--form-escape", "-F", "a=1"]),
            Refusal(commands: ["crawl", "check", "github"], arguments: ["--request-target", "/"]),
            Refusal(
                commands: ["check", "github", "gather", "map"], arguments: ["--report", "har=DIR/har", "--har-content"]),
            Refusal(
                commands: ["fetch", "crawl", "github", "gather", "map"], arguments: ["--report", "sarif=DIR/sarif"]),
            Refusal(commands: planners, arguments: ["--watch-port", "0", "--dry-run"]),
            Refusal(commands: planners, arguments: ["--watch-port", "0", "--curl"]),
        ]
        + savingOptions.map {
            Refusal(commands: ["crawl", "check", "github", "gather", "map"], arguments: $0 + ["--output-dir", "out"])
        }

    /// Options of saved files, which FileOptionTests show in a list.
    static let savingOptions = [
        ["-J"], ["-C", "-"], ["--continue"], ["--no-continue"], ["--segments", "2"], ["--skip-existing"],
        ["--no-clobber"], ["-N"], ["-R"],
    ]

    /// What a run did.
    struct Seen: Sendable {
        let result: ToolResult
        let log: [LoopbackServer.Request]
        let peak: Int
        let scratch: Scratch
        /// stdout and stderr together.
        var text: String { result.stdout + result.stderr }
        /// The requests of pages and API, without robots.txt.
        var requests: [LoopbackServer.Request] { log.filter { $0.path != "/robots.txt" } }
    }

    /// Options that work in some commands, and what shows it.
    struct Effect: Sendable, CustomTestStringConvertible {
        /// The options that it shows, by any of their names.
        let options: [String]
        var commands = OptionMatrix.commands
        /// The arguments; `DIR` is a folder of the test, `PORT` the server's port.
        let arguments: [String]
        /// Gives an answer in place of the usual one; requests are numbered from 1.
        var answer: @Sendable (_ number: Int) -> LoopbackServer.Reply? = { _ in nil }
        let isSeen: @Sendable (Seen) -> Bool
        var testDescription: String { options.joined(separator: " ") }
    }

    static let effects = [
        Effect(
            options: ["-H", "-A", "-u", "-b", "--no-compressed", "-v", "--records"],
            arguments: [
                "-H", "X-A: 1", "-A", "agent", "-u", "u:p", "-b", "c=1", "--no-compressed", "--http1.1", "-4", "-v",
                "--records",
                "DIR/out", "--no-progress",
            ]
        ) { seen in
            seen.requests.allSatisfy {
                $0.header("X-A") == "1" && $0.header("User-Agent") == "agent"
                    && $0.header("Authorization") == "Basic dTpw"
                    && $0.header("Cookie") == "c=1" && $0.header("Accept-Encoding") == nil
            } && (try? seen.scratch.text("out"))?.isEmpty == false && seen.result.stdout.isEmpty
                && seen.result.stderr.contains("libcurl") && !seen.requests.isEmpty
        },
        Effect(
            options: ["--cookie-jar", "--summary", "--json"],
            arguments: ["--cookie-jar", "DIR/jar", "--summary", "--json"]
        ) { seen in
            (try? seen.scratch.text("jar"))?.contains("Netscape") == true && seen.result.stderr.contains("latency")
                && "[{".utf8.contains(seen.result.bytes.first ?? 0) && seen.result.exit == 0
                && (try? JSONValue.parse(seen.result.bytes[...])) != nil
        },
        Effect(
            options: ["-e", "-L", "-f", "-Z", "-s", "-S", "-#", "--create-dirs", "-c"],
            arguments: [
                "-e", "http://from.test/", "-L", "-f", "-Z", "-s", "-S", "-#", "--create-dirs", "-o", "DIR/a/b/out",
                "-c", "DIR/jar", "--jsonl",
            ]
        ) { seen in
            seen.result.exit == 0 && seen.result.stderr.isEmpty && seen.result.stdout.isEmpty
                && seen.requests.allSatisfy { $0.header("Referer") == "http://from.test/" } && !seen.requests.isEmpty
                && (try? seen.scratch.text("a/b/out"))?.isEmpty == false
        },
        Effect(
            options: ["--report", "--percentiles"],
            arguments: [
                "--report", "json=DIR/json", "--report", "html=DIR/html", "--report", "junit=DIR/junit", "--report",
                "markdown=DIR/markdown", "--percentiles", "50,99.9",
            ]
        ) { seen in
            (try? seen.scratch.text("json"))?.contains("\"p99.9\":") == true
                && Set(["html", "json", "junit", "markdown"]).isSubset(of: (try? seen.scratch.names()) ?? [])
                && (try? seen.scratch.text("junit"))?.contains(" failures=\"0\"") == true
        },
        Effect(
            options: ["--har-content"], commands: ["fetch", "crawl"],
            arguments: ["--report", "har=DIR/har", "--har-content"]
        ) { (try? $0.scratch.text("har"))?.contains("a page") == true },
        Effect(options: ["--watch-port"], arguments: ["--watch-port", "0", "-q"]) { seen in
            seen.result.complaints.count == 1 && seen.result.stderr.hasPrefix("fetchall: watch http://127.0.0.1:")
                && !seen.requests.isEmpty && seen.result.exit == 0
        },
        Effect(options: ["--header-for"], arguments: ["--header-for", "127.0.0.1:PORT:X-Api-Key:k"]) { seen in
            !seen.requests.isEmpty && seen.requests.allSatisfy { $0.header("X-Api-Key") == "k" }
        },
        Effect(options: ["--bearer"], arguments: ["--bearer", "t0k"]) { seen in
            !seen.requests.isEmpty && seen.requests.allSatisfy { $0.header("Authorization") == "Bearer t0k" }
        },
        Effect(
            options: ["-U", "--proxy-header", "--noproxy"],
            arguments: [
                "-x", "http://127.0.0.1:PORT", "-U", "a:b", "--proxy-header", "X-P: 1", "--noproxy", "other.test",
            ]
        ) { seen in
            !seen.requests.isEmpty
                && seen.requests.allSatisfy {
                    $0.header("Proxy-Authorization") == "Basic YTpi" && $0.header("X-P") == "1"
                }
        },
        Effect(options: ["--connect-to"], arguments: ["--connect-to", "127.0.0.1:PORT:127.0.0.1:1", "--retry", "0"]) {
            $0.log.isEmpty && $0.result.exit == 1
        },
        Effect(options: ["--unix-socket"], arguments: ["--unix-socket", "DIR/none", "--retry", "0"]) {
            $0.log.isEmpty && $0.result.exit == 1
        },
        Effect(options: ["--interface"], arguments: ["--interface", "192.0.2.1", "--retry", "0"]) {
            $0.log.isEmpty && $0.result.exit != 0
        },
        Effect(
            options: ["--netrc", "--netrc-file", "--netrc-optional"], arguments: ["-n", "--netrc-file", "/nonexistent"]
        ) { $0.log.isEmpty && $0.result.exit == 2 && $0.text.contains("/nonexistent") },
        Effect(options: ["--proto"], arguments: ["--proto", "=https", "--retry", "0"]) {
            $0.log.isEmpty && $0.result.exit != 0
        },
        Effect(options: ["--tr-encoding"], arguments: ["--tr-encoding"]) { seen in
            !seen.requests.isEmpty && seen.requests.allSatisfy { $0.header("TE") == "gzip" }
        },
        Effect(options: ["--stderr"], arguments: ["--stderr", "DIR/messages", "-v"]) { seen in
            seen.result.stderr.isEmpty && (try? seen.scratch.text("messages"))?.contains("> GET /") == true
        },
        Effect(
            options: ["--trace-ascii", "--trace-time"], arguments: ["--trace-ascii", "DIR/trace", "-v", "--trace-time"]
        ) { seen in
            (try? seen.scratch.text("trace"))?.contains("0000: ") == true
                && seen.result.complaints.contains { $0.first?.isNumber == true && $0.contains("> GET /") }
        },
        Effect(
            options: ["--retry-all-errors", "--retry-connrefused"],
            arguments: ["--retry-all-errors", "--retry", "1", "--retry-delay", "1ms"],
            answer: { $0 == 1 ? .status(418) : nil }
        ) { $0.requests.count == 2 && $0.result.exit == 0 },
        Effect(
            options: ["--url-query"], commands: ["fetch", "gather", "map"], arguments: ["--url-query", "a=b c"]
        ) { $0.requests.first?.target.hasSuffix("?a=b+c") == true },
        Effect(
            options: ["--request-target"], commands: ["fetch", "gather", "map"],
            arguments: ["--request-target", "/../x"]
        ) { $0.requests.map(\.target) == ["/../x"] },
        Effect(
            options: ["--form-escape"], commands: ["fetch", "gather", "map"],
            arguments: ["--form-escape", "-F", #"a"b=1"#]
        ) { String(decoding: $0.requests.first?.body ?? [], as: UTF8.self).contains(#"name="a\"b""#) },
        Effect(options: ["--to-all-hosts"], commands: writers + ["check"], arguments: ["--to-all-hosts", "-u", "u:p"]) {
            seen in
            !seen.requests.isEmpty && seen.requests.allSatisfy { $0.header("Authorization") == "Basic dTpw" }
        },
        Effect(
            options: ["--fail-early"], commands: writers + ["check"], arguments: ["--fail-early", "--retry", "0"],
            answer: { _ in .status(500) }
        ) { $0.result.exit == 1 },
        Effect(options: ["-r", "-z"], commands: ["fetch"], arguments: ["-r", "0-9", "-z", "2024-12-31"]) {
            $0.requests.first?.header("Range") == "bytes=0-9" && $0.result.exit == 0
                && $0.requests.first?.header("If-Modified-Since") == "Tue, 31 Dec 2024 00:00:00 GMT"
        },
        Effect(
            options: ["--url"], commands: ["fetch", "crawl", "check"],
            arguments: ["--url", "http://127.0.0.1:PORT/other"]
        ) { $0.requests.contains { $0.path == "/other" } && $0.result.exit == 0 },
        Effect(options: ["--progress"], arguments: ["--progress", "json"]) {
            $0.result.stderr.contains("{\"type\":\"progress\",\"final\":true,") && $0.result.exit == 0
                && $0.result.stderr.contains("\"done\":1,\"ok\":1,\"failed\":0,")
        },
        Effect(options: ["-o"], arguments: ["-o", "DIR/out", "--format", "csv"]) { seen in
            (try? seen.scratch.text("out"))?.isEmpty == false && seen.result.stdout.isEmpty && !seen.requests.isEmpty
        },
        Effect(options: ["--format"], arguments: ["--format", "csv"]) {
            $0.result.bytes.contains(0x0D) && $0.result.lines.count == 2 && $0.result.exit == 0
        },
        Effect(options: ["--jsonl", "--jq", "-q"], arguments: ["--jsonl", "--jq", "7", "-q"]) {
            $0.result.stdout == "7\n" && $0.result.stderr.isEmpty
        },
        Effect(options: ["--color"], arguments: ["--color", "always", "--format", "table"]) {
            $0.result.stdout.contains("\u{1B}[") && $0.result.exit == 0
        },
        Effect(options: ["--no-csv-guard"], commands: ["github"], arguments: ["--no-csv-guard", "--format", "csv"]) {
            $0.result.stdout.contains(",=Octo,") && $0.result.exit == 0
        },
        Effect(
            options: ["--no-csv-guard"], commands: writers, arguments: ["--no-csv-guard", "--format", "csv"],
            answer: { _ in .response(headers: [("Content-Type", "=text")], body: Array("\"=1\"".utf8)) }
        ) { $0.result.stdout.contains("=") && !$0.result.stdout.contains("'") && $0.result.exit == 0 },
        Effect(options: ["--dry-run"], commands: planners, arguments: ["--dry-run", "--json"]) {
            $0.log.isEmpty && $0.result.stdout.hasPrefix("[\n{") && $0.result.stdout.contains("\"url\"")
        },
        Effect(options: ["--curl"], commands: planners, arguments: ["--curl"]) {
            $0.log.isEmpty && $0.result.stdout.hasPrefix("curl ") && $0.result.lines.count == 1
        },
        Effect(options: ["--trace", "-v"], arguments: ["--trace", "DIR/trace", "-vv"]) { seen in
            let trace = (try? seen.scratch.text("trace")) ?? ""
            return trace.contains("< HTTP/1.1 200 OK") && trace.contains("0000: ")
                && seen.result.stderr.contains("> GET /") && seen.result.stderr.contains("Connection #0")
        },
        Effect(options: ["-w"], commands: writers, arguments: ["-w", "%{http_code};"]) { $0.result.stdout == "200;" },
        Effect(
            options: ["--body", "--include-headers"], commands: writers,
            arguments: ["--jsonl", "--body", "--include-headers"]
        ) {
            $0.result.stdout.contains("\"headers\":{") && $0.result.stdout.contains("\"json\":{")
        },
        Effect(
            options: ["--sqlite", "--sqlite-table"], commands: ["fetch", "github", "gather", "map"],
            arguments: ["--sqlite", "DIR/rows.db", "--sqlite-table", "mine"]
        ) { (try? $0.scratch.names().contains("rows.db")) == true && $0.result.exit == 0 },
        Effect(
            options: ["--output-dir", "--filename-template"], commands: ["fetch", "crawl"],
            arguments: ["--output-dir", "DIR/out", "--filename-template", "body-{index}"]
        ) { (try? $0.scratch.names("out"))?.contains("body-0") == true },
        Effect(
            options: ["--hash"], commands: ["fetch", "crawl"], arguments: ["--jsonl", "--body", "--hash", "md5"]
        ) { $0.result.stdout.contains(#","md5":"ea4f56e58e44a5d7117677759aff77ce""#) && $0.result.exit == 0 },
        Effect(
            options: ["--checksum"], commands: ["fetch"],
            arguments: ["--jsonl", "--body", "--checksum", "md5=900150983cd24fb0d6963f7d28e17f72"]
        ) { $0.result.stdout.contains("checksum-mismatch") && $0.result.exit == 1 },
        Effect(
            options: ["--checksums"], commands: ["fetch"], arguments: ["--jsonl", "--body", "--checksums", "/dev/null"]
        ) { $0.result.stderr.contains("/dev/null: it contains no checksum") && $0.result.exit == 2 && $0.log.isEmpty },
        Effect(options: ["-X", "-d"], commands: ["fetch", "gather", "map"], arguments: ["-X", "PUT", "-d", "a=1"]) {
            $0.requests.first?.method == "PUT" && $0.requests.first?.body == Array("a=1".utf8)
        },
        Effect(
            options: ["--data-raw", "--data-binary", "--data-urlencode"], commands: ["fetch", "gather", "map"],
            arguments: ["--data-raw", "@a", "--data-urlencode", "b=c d", "--data-binary", "e"]
        ) { $0.requests.first?.body == Array("@a&b=c+d&e".utf8) },
        Effect(options: ["--json-data"], commands: ["fetch", "gather", "map"], arguments: ["--json-data", "[1]"]) {
            $0.requests.first?.body == Array("[1]".utf8)
                && $0.requests.first?.header("Content-Type") == "application/json"
        },
        Effect(options: ["-G"], commands: ["fetch", "gather", "map"], arguments: ["-G", "-d", "q=7"]) {
            $0.requests.first?.method == "GET" && $0.requests.first?.target.hasSuffix("q=7") == true
        },
        Effect(
            options: ["-F", "--form-string"], commands: ["fetch", "gather", "map"],
            arguments: ["-F", "a=1", "--form-string", "b=@2"]
        ) {
            let body = String(decoding: $0.requests.first?.body ?? [], as: UTF8.self)
            return body.contains("name=\"a\"\r\n\r\n1\r\n") && body.contains("name=\"b\"\r\n\r\n@2\r\n")
        },
        Effect(options: ["-T"], commands: ["fetch", "gather", "map"], arguments: ["-T", "/etc/passwd"]) {
            $0.requests.first?.method == "PUT" && $0.requests.first?.body.isEmpty == false
        },
        Effect(options: ["-I"], commands: ["fetch"], arguments: ["-I"]) { $0.requests.map(\.method) == ["HEAD"] },
        Effect(
            options: ["--accept"], commands: writers + ["check"], arguments: ["--accept", "207"],
            answer: { _ in .response(status: 207, headers: [("Content-Type", "application/json")], body: [0x31]) }
        ) { $0.result.exit == 0 },
        Effect(
            options: ["--retry", "--retry-delay", "--retry-on", "--retry-max-time", "--no-adaptive", "--cache"],
            arguments: [
                "--retry", "1", "--retry-delay", "1ms", "--retry-on", "4xx", "--retry-max-time", "10m", "--no-adaptive",
                "--cache=DIR/cache.db",
            ],
            answer: { $0 == 1 ? .status(418) : nil }
        ) {
            $0.requests.count == 2 && $0.result.exit == 0 && (try? $0.scratch.names().contains("cache.db")) == true
        },
        Effect(
            options: ["--failed-to"], arguments: ["--failed-to", "DIR/failed", "--retry", "0"],
            answer: { _ in .status(500) }
        ) { (try? $0.scratch.text("failed"))?.isEmpty == false && $0.result.exit == 1 },
        Effect(
            options: ["--max-wait"], arguments: ["--max-wait", "2s"],
            answer: { _ in
                .response(status: 429, headers: [("Retry-After", "3600")])
            }
        ) { $0.result.exit == 5 && $0.requests.count == 1 },
        Effect(
            options: ["-m"], arguments: ["-m", "200ms", "--retry", "0", "-v"],
            answer: { _ in
                LoopbackServer.Reply([.silence])
            }
        ) { $0.text.contains("timed-out") && $0.result.exit == 1 },
        // Of an answer that is more than what comes at once, the rest comes in eleven days.
        Effect(
            options: ["--limit-rate"], commands: planners,
            arguments: ["--limit-rate", "1", "--deadline", "1s", "-m", "0"],
            answer: { _ in
                .json("\"" + String(repeating: "x", count: 1 << 20) + "\"")
            }
        ) { $0.result.exit == 124 },
        Effect(
            options: ["--limit-rate-each"], commands: planners,
            arguments: ["--limit-rate-each", "1", "-m", "1s", "--retry", "0", "-v"],
            answer: { _ in
                .json("\"" + String(repeating: "x", count: 1 << 20) + "\"")
            }
        ) { $0.text.contains("timed-out") && $0.result.exit == 1 },
        // A link checker reads pages only, and of a large one the beginning.
        Effect(
            options: ["--limit-rate"], commands: ["check"],
            arguments: ["--limit-rate", "1", "--deadline", "1s", "-m", "0"],
            answer: { _ in .html(String(repeating: "x", count: 1 << 20)) }
        ) { $0.result.exit == 124 },
        Effect(
            options: ["--limit-rate-each"], commands: ["check"],
            arguments: ["--limit-rate-each", "1", "-m", "1s", "--retry", "0"],
            answer: { _ in .html(String(repeating: "x", count: 1 << 20)) }
        ) { $0.text.contains("timed-out") && $0.result.exit == 1 },
        Effect(
            options: ["--max-filesize"], commands: ["check"], arguments: ["--max-filesize", "1k"],
            answer: { _ in .html("<a href=/a></a>" + String(repeating: " ", count: 2000) + "<a href=/late></a>") }
        ) { seen in
            Set(seen.requests.map(\.path)) == ["/page", "/a"] && seen.result.exit == 0
        },
        Effect(
            options: ["--no-csv-guard"], commands: ["check"], arguments: ["--no-csv-guard", "--format", "csv"]
        ) { $0.result.stdout.contains(",=1,") && $0.result.exit == 0 },
        Effect(
            options: ["--deadline"], arguments: ["--deadline", "300ms"],
            answer: { _ in
                LoopbackServer.Reply([.silence])
            }
        ) { $0.result.exit == 124 },
        Effect(
            options: ["--max-redirs"], arguments: ["--max-redirs", "0", "--retry", "0", "-v"],
            answer: { _ in
                .redirect(to: "/elsewhere")
            }
        ) { $0.requests.count == 1 && $0.text.contains("too-many-redirects") },
        Effect(
            options: ["--no-location"], arguments: ["--no-location", "--retry", "0"],
            answer: { _ in
                .redirect(to: "/elsewhere")
            }
        ) { $0.requests.count == 1 && $0.text.contains("302") },
        Effect(
            options: ["--max-filesize"], commands: planners,
            arguments: ["--max-filesize", "0.01kB", "--retry", "0", "-v"]
        ) {
            $0.text.contains("too-large") && $0.result.exit == 1
        },
        Effect(options: ["-x"], arguments: ["-x", "http://127.0.0.1:PORT"]) {
            // A proxy gets the whole URL as the target.
            $0.log.first?.target.hasPrefix("http://") == true
        },
        Effect(options: ["--no-private"], arguments: ["--no-private", "--retry", "0", "-v"]) {
            $0.log.isEmpty && $0.text.contains("blocked-address") || $0.text.contains("127.0.0.1 is")
        },
        Effect(options: ["-6"], arguments: ["-6", "--retry", "0"]) { $0.log.isEmpty && $0.result.exit == 1 },
        Effect(options: ["--cacert"], arguments: ["--cacert", "/nonexistent"]) {
            $0.result.exit == 2 && $0.log.isEmpty && $0.text.contains("/nonexistent")
        },
        Effect(options: ["--cert", "--key"], arguments: ["--cert", "/dev/null", "--key", "/nonexistent"]) {
            $0.result.exit == 2 && $0.log.isEmpty && $0.text.contains("/nonexistent")
        },
        Effect(
            options: ["--rate"],
            arguments: ["--rate", "1/h", "--deadline", "500ms", "--retry", "3", "--retry-delay", "1ms"],
            answer: { _ in .status(503) }
        ) { $0.log.count == 1 && $0.result.exit == 124 },
        Effect(
            options: ["--rate-host"],
            arguments: ["--rate-host", "1/h", "--deadline", "500ms", "--retry", "3", "--retry-delay", "1ms"],
            answer: { _ in .status(503) }
        ) { $0.log.count == 1 && $0.result.exit == 124 },
    ]

    /// Shared options whose effect needs more than one request or another server, and where it is shown. They are read by
    /// ``RunOptions`` for all commands in the same way.
    static let shownElsewhere = [
        // ConcurrencyTests, CrawlPaceTests, GitHubLimitCommandTests, GatherTests, MapTests.
        "--max", "--max-host",
        // FileOptionTests, ContinuedFileTests.
        "-O", "-J", "-C", "--no-continue", "--segments", "--skip-existing", "--no-clobber", "-N", "-R",
        // ConnectingTests; ConnectionOptionTests; TLSTests.
        "--connect-timeout", "-4", "--resolve", "-k", "--http1.1", "--http2",
        // ConnectionDetailTests.
        "--pass", "--capath", "--crlfile", "--pinnedpubkey", "--tlsv1.2", "--tlsv1.3", "--tls-max",
        // DetailOptionTests, ProxyDetailTests, TLSOptionTests; CurlTableTests runs all of them.
        "--ciphers", "--tls13-ciphers", "--curves", "--cert-type", "--key-type", "--tlsv1", "--tlsv1.1", "--no-alpn",
        "--no-sessionid", "--cert-status", "--ssl-allow-beast", "--tlsauthtype", "--tlsuser", "--tlspassword",
        "--proxy-cacert", "--proxy-capath", "--proxy-cert", "--proxy-cert-type", "--proxy-key", "--proxy-key-type",
        "--proxy-pass", "--proxy-ciphers", "--proxy-tls13-ciphers", "--proxy-crlfile", "--proxy-insecure",
        "--proxy-pinnedpubkey", "--proxy-tlsv1", "--proxy-ssl-allow-beast", "--proxy-tlsauthtype", "--proxy-tlsuser",
        "--proxy-tlspassword", "--proxy-basic", "--proxy-digest", "--proxy-negotiate", "--proxy-anyauth",
        "--proxy-service-name", "--proxytunnel", "--suppress-connect-headers", "--preproxy", "--proxy1.0", "--socks4",
        "--socks4a", "--socks5", "--socks5-hostname", "--socks5-basic", "--socks5-gssapi", "--socks5-gssapi-nec",
        "--haproxy-protocol", "--abstract-unix-socket", "--local-port", "--keepalive-time", "--keepalive-cnt",
        "--no-keepalive", "--tcp-fastopen", "--mptcp", "--ip-tos", "--vlan-priority", "--happy-eyeballs-timeout-ms",
        "--expect100-timeout", "--doh-insecure", "--doh-cert-status", "--http1.0", "--parallel-immediate",
        // AuthenticationTests, AuthenticationScopeTests, NameServerTests.
        "--basic", "--digest", "--negotiate", "--ntlm", "--anyauth", "--delegation", "--service-name", "--doh-url",
        "--proto-redir", "--disallow-username-in-url", "--post301", "--post302", "--post303", "--junk-session-cookies",
        // LimitTests; OutputOptionTests; TerminalTests.
        "--speed-limit", "--speed-time", "--keep-order", "--no-progress",
        // ConfigRunTests.
        "--config", "--no-config",
        // Help and version.
        "-h", "--version",
    ]
}
