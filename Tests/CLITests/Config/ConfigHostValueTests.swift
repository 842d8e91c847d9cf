import FoundationEssentials
import TestSupport
import Testing

@Suite("issue 24: a value that cannot be meant is a mistake, not a request", .timeLimit(.minutes(20)))
struct ConfigHostValueTests {
    @Test(arguments: [
        ("user = \"me\"", "user: write user:password, or user: for an empty password; a host has no prompt"),
        ("bearer = \"a b\"", "bearer: a token has neither spaces nor control characters"),
        ("bearer = \"Bearer abc\"", "leave out 'Bearer'"), ("bearer = \"a\\tb\"", "neither spaces nor control"),
        ("bearer = \"@/run/token\"", "file:/PATH"), ("bearer = \"${TOKEN}\"", "env:NAME"),
        ("bearer = \"$TOKEN\"", "env:NAME"),
        ("header = \"Authorization: Bearer env:TOKEN\"", "bearer = \"env:…\""),
        ("header = [\"X-A: 1\", \"X-Key: key cmd:pass\"]", "cmd: must begin the value"),
        ("header = \"X-Key: key file:/k\"", "file: must begin the value"),
    ])
    func `in the file`(keys: String, text: String) async throws {
        let folder = try ConfigFolder(user: "[hosts.\"127.0.0.1:1\"]\n\(keys)\n")
        for arguments in [["http://127.0.0.1:1/"], ["config", "check", folder.file], ["config", "show"]] {
            let result = try await folder.run(arguments)
            #expect(result.isMistake(["config.toml:2: ", text]), "\(arguments): \(result.stderr)")
        }
    }

    @Test(arguments: [
        "user = \"me:\"", "user = \":\"", "bearer = \"***\"", "user = \"***\"", "header = \"X-A: see file: a\"",
    ])
    func `what is meant stays valid`(key: String) async throws {
        let folder = try ConfigFolder(user: "[hosts.\"127.0.0.1:1\"]\n\(key)\n")
        let result = try await folder.run(["config", "check", folder.file])
        #expect(result.exit == 0, "\(result.stderr)")
    }

    @Test(arguments: [
        ("user", "me", "write user:password"), ("bearer", "a b", "neither spaces"), ("bearer", "Bearer a", "leave out"),
        ("bearer", "a\u{7F}", "neither spaces nor control characters"),
    ])
    func `when it is read, and nothing is sent`(key: String, value: String, text: String) async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let folder = try ConfigFolder()
        let file = try folder.scratch.write("secret", value + "\n")
        for source in ["env:SECRET", "file:\(file)", "cmd:cat \(file)"] {
            try folder.scratch.write("config", "[hosts.\"\(server.baseURL)\"]\n\(key) = \"\(source)\"\n")
            try ConfigFolder.setMode(folder.scratch("config"), 0o600)
            let result = try await folder.run(
                ["--config", folder.scratch("config"), "\(server.baseURL)/"], environment: ["SECRET": value])
            #expect(result.exit == 2 && result.stderr.contains("config:2: \(key): "), "\(source): \(result.stderr)")
            #expect(result.stderr.contains(text) && !result.stderr.contains("\(value)\n"), "\(result.stderr)")
        }
        #expect(server.requestCount == 0)
    }

    @Test func `--bearer has the same hint, and a header for all hosts no reference in its middle`() async throws {
        let bearer = try await Tool.run(["--bearer", "Bearer abc", "http://127.0.0.1:1/"])
        #expect(bearer.exit == 2 && bearer.stderr.contains("leave out 'Bearer'"), "\(bearer.stderr)")
        let folder = try ConfigFolder(user: "header = \"Authorization: Bearer env:TOKEN\"\n")
        let header = try await folder.run(["http://127.0.0.1:1/"])
        #expect(header.isMistake(["config.toml:1: header: values from env:", "[hosts"]), "\(header.stderr)")
    }
}

@Suite("issue 24: a run that lacks a host's value writes a whole document", .timeLimit(.minutes(20)))
struct ConfigHostEndTests {
    /// Any JSON; the decoder parses the whole text.
    private struct Anything: Decodable {
        init(from decoder: any Decoder) throws {}
    }

    @Test(arguments: ["--json", "--jsonl", "--format=csv"])
    func `inputs that were read have their records, and the list of failures is valid`(format: String) async throws {
        let own = try LoopbackServer { _ in .ok() }
        let other = try LoopbackServer { _ in .ok() }
        defer {
            own.stop()
            other.stop()
        }
        let folder = try ConfigFolder(user: "[hosts.\"\(own.baseURL)\"]\nbearer = \"env:NOPE\"\n")
        let result = try await folder.run(
            [format, "--max=1", "--failed-to", "failed", "\(other.baseURL)/[1-5]", "\(own.baseURL)/x"])
        #expect(result.exit == 2, "\(result.stderr)")
        #expect(result.complaints.count { $0.contains("NOPE is not set") } == 1, "\(result.stderr)")
        #expect(own.requestCount == 0)
        let records = result.lines.count { $0.contains("cancelled") }
        #expect(records + other.requestCount == 6 && records > 0, "\(result.stdout)")
        if format == "--json" {
            #expect(try Row.array(result).count == 6, "\(result.stdout)")
        }
        let failed = try folder.scratch.text("failed").split(separator: "\n")
        #expect(failed.count == records && failed.last == "\(own.baseURL)/x", "\(failed)")
    }

    @Test(arguments: [["gather", "a=OTHER/", "b=OWN/x"], ["map", "--json", "--url-template", "OWN/{id}", "1", "2"]])
    func `documents of other commands are whole, too`(arguments: [String]) async throws {
        let own = try LoopbackServer { _ in .ok("{}") }
        let other = try LoopbackServer { _ in .ok("{}") }
        defer {
            own.stop()
            other.stop()
        }
        let folder = try ConfigFolder(user: "[hosts.\"\(own.baseURL)\"]\nbearer = \"env:NOPE\"\n")
        let result = try await folder.run(
            arguments.map { $0.replacing("OWN", with: own.baseURL).replacing("OTHER", with: other.baseURL) })
        #expect(result.exit == 2 && own.requestCount == 0, "\(result.stderr)")
        #expect(throws: Never.self, "\(result.stdout)") {
            try JSONDecoder().decode(Anything.self, from: Data(result.bytes))
        }
    }
}
