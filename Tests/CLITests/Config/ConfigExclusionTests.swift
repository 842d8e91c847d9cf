import TestSupport
import Testing

@Suite("issue 24: an option of the command line replaces settings that exclude it", .timeLimit(.minutes(20)))
struct ConfigExclusionTests {
    private static let url = "http://127.0.0.1:1/"

    @Test(arguments: [
        ("user = \"u:p\"", ["--bearer", "t"]), ("bearer = \"t\"", ["-u", "u:p"]),
        ("digest = true", ["--basic"]), ("digest = true", ["--anyauth"]), ("ntlm = true", ["--digest"]),
        ("negotiate = true\nservice-name = \"x\"", ["--digest"]),
        ("proxy = \"http://p:1\"", ["--socks5", "h:1"]), ("socks5 = \"h:1\"", ["-x", "http://p:1"]),
        ("socks4 = \"h:1\"", ["--socks5", "h:1"]), ("proxy = \"http://p:1\"", ["--proxy1.0", "h:1"]),
        ("proxy = \"http://p:1\"\npreproxy = \"socks5://h:1\"", ["--socks5", "h:1"]),
        ("proxy = \"http://p:1\"\npreproxy = \"socks5://h:1\"", ["-x", ""]),
        ("proxy-digest = true", ["--proxy-basic"]), ("unix-socket = \"/s\"", ["--abstract-unix-socket", "n"]),
        ("no-keepalive = true", ["--keepalive-time", "5"]), ("keepalive-time = 5", ["--no-keepalive"]),
        ("http2 = true", ["--http1.0"]), ("\"http1.0\" = true", ["--http1.1"]), ("no-alpn = true", ["--http2"]),
        ("limit-rate = \"1k\"", ["--http2"]), ("fail = true", ["--fail-with-body"]),
        ("interface = \"lo\"", ["--no-private"]), ("trace = \"t\"", ["--trace-ascii", "a"]),
        ("head = true", ["-d", "x"]), ("data = \"x\"", ["-I"]), ("data = \"x\"", ["-F", "a=b"]),
        ("form = \"a=b\"\nform-escape = true", ["-d", "x"]), ("get = true\ndata = \"x\"", ["--json-data", "{}"]),
        ("output-dir = \"d\"\njson = true\nhash = \"sha256\"", ["--print", "body"]),
        ("output-dir = \"d\"\nsegments = 4", ["--body", "--jsonl"]), ("output-dir = \"d\"", ["-I"]),
        ("tls-max = \"1.2\"", ["--tlsv1.3"]), ("\"tlsv1.3\" = true", ["--tls-max", "1.2"]),
        ("json = true\njq = \".\"", ["--format", "csv"]), ("json = true\njq = \".\"", ["-w", "x"]),
        ("format = \"csv\"", ["--jq", "."]), ("dedupe = true", ["--print", "body"]),
        ("print = \"body\"", ["-I"]), ("out-null = true", ["--print", "body"]),
        ("cache = true", ["--request-target", "/x"]), ("progress = \"bars\"", ["-q"]),
    ])
    func `whichever of the two the file has`(file: String, arguments: [String]) async throws {
        let folder = try ConfigFolder(user: file + "\n")
        let alone = try await folder.run(["--no-config", "--dry-run"] + arguments + [Self.url])
        #expect(alone.exit == 0, "\(arguments): \(alone.stderr)")
        let result = try await folder.run(["--dry-run"] + arguments + [Self.url])
        #expect(result.exit == 0, "\(file), \(arguments): \(result.stderr)")
        #expect(result.stdout == alone.stdout, "\(file), \(arguments)")
    }

    @Test(arguments: [
        ("delegation = \"always\"\nnegotiate = true", ["--service-name", "x"], "--delegation"),
        ("\"tlsv1.2\" = true", ["--tls-max", "1.3"], "--tlsv1.2"),
        ("limit-rate = \"1k\"", ["--segments", "2", "--output-dir", "d"], "--limit-rate"),
        ("jq = \".\"", ["--json"], "http"), ("jq = \".\"\njson = true", ["--format", "jsonl"], "http"),
    ])
    func `what goes together stays together`(file: String, arguments: [String], word: String) async throws {
        let folder = try ConfigFolder(user: file + "\n")
        // The plan of a command of curl has the options; it excludes formats.
        let plan = file.hasPrefix("jq") ? "--dry-run" : "--curl"
        let result = try await folder.run([plan] + arguments + [Self.url])
        #expect(result.exit == 0, "\(file), \(arguments): \(result.stderr)")
        #expect(result.stdout.contains(word), "\(file), \(arguments): \(result.stdout)")
    }

    @Test func `the protection of a file's no-private is not given up in passing`() async throws {
        let folder = try ConfigFolder(user: "no-private = true\n")
        let result = try await folder.run(["--interface", "lo", Self.url])
        #expect(result.isMistake(["config.toml:1: no-private", "--interface"]), "\(result.stderr)")
    }

    @Test func `the folder's file replaces what excludes its settings in the user's`() async throws {
        let folder = try ConfigFolder(
            user: "json = true\njq = \".\"\nhttp2 = true\n", folder: "format = \"csv\"\nlimit-rate = \"1M\"\n")
        let result = try await folder.run(["--dry-run", Self.url])
        #expect(result.exit == 0, "\(result.stderr)")
        let shown = try await folder.run(["config", "show"])
        #expect(shown.exit == 0 && shown.stdout.contains("format = \"csv\""), "\(shown.stdout)")
        for key in ["json = ", "jq = ", "http2 = "] { #expect(!shown.stdout.contains(key), "\(shown.stdout)") }
    }

    @Test(arguments: [
        ("json = true\nbody = true", "o.csv", "id,index,"), ("format = \"json\"", "o.jsonl", "{"),
        ("jsonl = true", "o.json", "[\n"),
        ("write-out = \"text\"", "o.csv", "id,index,"), ("json = true\njq = \".[0].url\"", "o.tsv", "id\tindex\t"),
        ("json = true", "o.out", "[\n"), ("format = \"tsv\"", "o", "id\tindex\t"), ("json = true", "o.json", "[\n"),
    ])
    func `the name of -o decides over a file's format`(file: String, name: String, start: String) async throws {
        let server = try LoopbackServer { _ in .ok("{}") }
        defer { server.stop() }
        for option in ["-o", "--output", "--records"] {
            let folder = try ConfigFolder(user: file + "\n")
            let result = try await folder.run([option, name, "\(server.baseURL)/[1-2]"])
            #expect(result.exit == 0, "\(result.stderr)")
            let text = try folder.scratch.text(name)
            #expect(text.hasPrefix(start), "\(file), \(option) \(name): \(text)")
        }
    }
}
