import FetchSystem
import FoundationEssentials
import TestSupport
import Testing

@Suite("Bodies to send, compared with curl's, seen from the server", .timeLimit(.minutes(20)))
struct BodyOptionTests {
    /// Runs with a server that says OK to everything; gives what it received.
    private func sent(
        _ arguments: [String], to path: String = "/", stdin: String = "", directory: String? = nil
    ) async throws -> LoopbackServer.Request {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let result = try await Tool.run(
            ["--jsonl"] + arguments + [server.baseURL + path], stdin: stdin, directory: directory)
        #expect(result.exit == 0, "\(result.stderr)\(result.stdout)")
        return try #require(server.log.first)
    }

    /// The body that curl sends.
    private func sentByCurl(_ arguments: [String], to path: String, directory: String) async throws
        -> LoopbackServer.Request
    {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let result = try await Tool.shell(
            #"exec curl -s -H Expect: "$@""#, arguments + [server.baseURL + path], directory: directory)
        #expect(result.exit == 0, "\(result.stderr)")
        return try #require(server.log.first)
    }

    /// The text of a body, with the boundary of a form replaced.
    private static func text(_ request: LoopbackServer.Request) -> String {
        let body = ByteText.text(of: request.body)
        guard let type = request.header("Content-Type"), let end = type.firstRange(of: "boundary=") else { return body }
        return body.replacing(type[end.upperBound...], with: "BOUNDARY")
    }

    @Test(
        "issue 23.3: the options of bodies send what curl sends",
        arguments: [
            ["--data-urlencode", "a b+c", "--data-urlencode", "=x y", "--data-urlencode", "n=é &"],
            ["--data-urlencode", "@f.txt", "--data-urlencode", "n@f.txt"],
            ["-d", "a=1", "--data-binary", "@f.txt", "--data-raw", "@f", "-d", "@f.txt", "--data-ascii", "z"],
            ["--data-raw", "1", "-d", "2", "--data-urlencode", "3 3", "--data-raw", "4"],
            ["-F", "a= x y ", "-F", #"b="q;uo\"te""#, "--form-string", "h=@x;y", "-F", "i=1;type=text/html"],
            ["-F", "c=@f.txt;type=text/x; charset=utf-8", "-F", "d=<f.txt", "-F", #"e=@f.txt;filename="z\"y.bin""#],
            ["--form", "p=@pic.PNG", "-F", "q=@sub/x", "-F", #"n"m=1"#, "-F", "empty="],
            ["-T", "f.txt"], ["--upload-file", "sub/x", "-X", "POST"],
        ])
    func comparesWithCurl(arguments: [String]) async throws {
        let scratch = try Scratch()
        _ = try scratch.write("f.txt", "a b\r\nc&d\n")
        _ = try scratch.write("pic.PNG", [0, 0xFF, 0x0D, 0x0A])
        try FileManager.default.createDirectory(atPath: scratch("sub"), withIntermediateDirectories: true)
        _ = try scratch.write("sub/x", "x")
        let mine = try await sent(arguments, to: "/dir/?q=1", directory: scratch.path)
        let curls = try await sentByCurl(arguments, to: "/dir/?q=1", directory: scratch.path)
        #expect(Self.text(mine) == Self.text(curls))
        #expect(mine.method == curls.method)
        #expect(mine.target == curls.target)
        #expect(mine.header("Content-Length") == "\(mine.body.count)")
        func type(_ request: LoopbackServer.Request) -> String? {
            request.header("Content-Type").map { String($0.prefix { $0 != ";" }) }
        }
        #expect(type(mine) == type(curls))
    }

    @Test func `issue 23.3: --get and JSON`() async throws {
        let get = try await sent(["-G", "-d", "a=1 2", "--data-raw", "b=#x"], to: "/?z=1#f")
        #expect(get.method == "GET")
        #expect(get.target == "/?z=1&a=1%202&b=%23x")
        #expect(get.body.isEmpty && get.header("Content-Type") == nil)
        let head = try await sent(["--get", "-I", "-d", "a"])
        #expect(head.method == "HEAD" && head.target == "/?a")
        let json = try await sent(["--json-data", "{\"a\":", "--json-data", "1}"])
        #expect(json.method == "POST" && json.body == Array("{\"a\":1}".utf8))
        #expect(json.header("Content-Type") == "application/json" && json.header("Accept") == "application/json")
        let other = try await sent(["--json-data", "@-", "-H", "Accept: x/y"], stdin: "[1,\n2]")
        #expect(other.body == Array("[1,\n2]".utf8) && other.values("Accept") == ["x/y"])
    }

    @Test func `issue 23.3: a file is streamed, sent again for PUT, and a pipe is read to its end`() async throws {
        let scratch = try Scratch()
        let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let file = try scratch.write("big", bytes)
        let server = try LoopbackServer { $0.number == 1 || $0.method == "POST" ? .status(503) : .ok() }
        defer { server.stop() }
        let again = ["--retry", "2", "--retry-delay", "1ms", "-H", "Expect:", "--jsonl"]
        let put = try await Tool.run(again + ["-T", file, "\(server.baseURL)/"])
        #expect(put.exit == 0, "\(put.stderr)\(put.stdout)")
        #expect(server.log.map(\.path) == ["/big", "/big"])
        #expect(server.log.allSatisfy { $0.body == bytes && $0.header("Content-Type") == nil })
        let post = try await Tool.run(again + ["-X", "POST", "-T", file, "\(server.baseURL)/p"])
        #expect(post.exit == 1)
        #expect(server.log.count == 3 && server.log.last?.body == bytes)
        let piped = try await sent(["-T", "-"], to: "/x/", stdin: "from a pipe")
        #expect(piped.method == "PUT" && piped.path == "/x/" && piped.body == Array("from a pipe".utf8))
    }

    @Test func `issue 23.3: one request for each line`() async throws {
        let scratch = try Scratch()
        let file = try scratch.write("lines", "{\"a\":1}\r\n\nplain text\n[2]")
        let server = try LoopbackServer { $0.body == Array("[2]".utf8) ? .status(500) : .ok() }
        defer { server.stop() }
        let failed = scratch("failed")
        let arguments = ["--jsonl", "--retry", "0", "--failed-to", failed, "-j", "1", "\(server.baseURL)/in"]
        let result = try await Tool.run(["--each-line", file] + arguments)
        #expect(result.exit == 1 && result.lines.count == 3)
        #expect(server.log.map(\.method) == ["POST", "POST", "POST"])
        #expect(server.log.map { ByteText.text(of: $0.body) } == ["{\"a\":1}", "plain text", "[2]"])
        #expect(
            server.log.map { $0.header("Content-Type") } == [
                "application/json", "application/x-www-form-urlencoded", "application/json",
            ])
        // What failed is a list that can be sent again, with its body.
        let again = try await Tool.run(["--jsonl", "--retry", "0", failed])
        #expect(again.exit == 1 && server.log.last?.body == Array("[2]".utf8))
        #expect(server.log.last?.header("Content-Type") == "application/json")
    }

    @Test(
        "issue 23.3: what contradicts or makes no sense is exit 2, names both, and sends nothing",
        arguments: [
            (["-d", "a", "-F", "b=1"], ["-d", "-F"]), (["-T", "/etc/passwd", "-d", "a"], ["-T", "-d"]),
            (["-G", "-F", "a=1"], ["-G", "-F"]), (["-G", "-T", "/etc/passwd"], ["-G", "-T"]),
            (["--json-data", "1", "--data-raw", "a"], ["--json-data", "--data-raw"]),
            (["-F", "a=1", "-T", "/etc/passwd"], ["-F", "-T"]), (["-I", "--data-raw", "a"], ["-I", "--data-raw"]),
            (["--each-line", "/etc/passwd", "-d", "a"], ["--each-line", "-d"]),
            (["--each-line", "/etc/passwd", "-G"], ["--each-line", "-G"]),
            (["--each-line", "/etc/passwd", "-"], ["--each-line"]),
            (["--each-line", "/nonexistent"], ["/nonexistent"]),
            (["--json", "{\"a\":1}"], ["--json-data"]), (["--json-data", "{"], ["--json-data", "JSON"]),
            (["-F", "a"], ["-F", "name=value"]), (["-F", "a=1;b"], ["-F", "--form-string"]),
            (["-F", "a=@/nonexistent"], ["-F", "/nonexistent"]), (["-F", "a=(x"], ["-F", "--form-string"]),
            (["-F", "a=1", "-H", "Content-Type: x/y"], ["-F", "Content-Type"]), (["-T", "/"], ["-T"]),
            (["-T", "/nonexistent"], ["-T", "/nonexistent"]), (["-T", "/dev/null", "-T", "/dev/null"], ["-T"]),
            (["--data-binary", "@/nonexistent"], ["--data-binary", "/nonexistent"]),
            (["--data-urlencode", "a@/nonexistent"], ["--data-urlencode", "/nonexistent"]),
            (["--allow-files", "/nonexistent"], ["--allow-files"]), (["-d", "@-", "--data-binary", "@-"], ["once"]),
        ])
    func refuses(arguments: [String], names: [String]) async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let result = try await Tool.run(arguments + ["\(server.baseURL)/"])
        #expect(result.exit == 2 && server.log.isEmpty, "\(result.stderr)")
        for name in names { #expect(result.stderr.contains(name), "\(name): \(result.stderr)") }
    }
}
