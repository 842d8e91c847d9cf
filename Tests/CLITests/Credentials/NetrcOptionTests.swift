import FoundationEssentials
import TestSupport
import Testing

@Suite("issue 24.2: .netrc and bearer tokens", .timeLimit(.minutes(20)))
struct NetrcOptionTests {
    private static let text = "machine 127.0.0.1 login u password s3cr3t\n"
    // u:s3cr3t
    private static let basic = "Basic dTpzM2NyM3Q="

    /// A folder with a `.netrc` of this text and mode.
    private func home(_ text: String = text, mode: Int = 0o600) throws -> Scratch {
        let scratch = try Scratch()
        let file = try scratch.write(".netrc", text)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
        return scratch
    }

    @Test(arguments: [["-n"], ["--netrc"], ["--netrc-optional"], ["-sn"]])
    func `each input gets what the file has for its host`(options: [String]) async throws {
        let first = try LoopbackServer { _ in .ok() }
        let second = try LoopbackServer { _ in .ok() }
        defer {
            first.stop()
            second.stop()
        }
        let folder = try home()
        let list =
            "\(first.baseURL)/\n\(second.baseURL)/\n{\"url\":\"\(second.baseURL)/own\",\"headers\":{\"Authorization\":\"x\"}}"
        let result = try await Tool.run(
            ["--jsonl", "--max", "1"] + options + ["-"], stdin: list, environment: ["HOME": folder.path])
        #expect(result.exit == 0 && result.stderr == "", "\(result.stderr)")
        #expect(first.log.map { $0.values("authorization") } == [[Self.basic]])
        #expect(second.log.map { $0.values("authorization") } == [[Self.basic], ["x"]])
    }

    @Test func `a redirect to another origin gets nothing, and a header that is left out stays out`() async throws {
        let second = try LoopbackServer { _ in .ok() }
        let first = try LoopbackServer { $0.path == "/from" ? .redirect(to: "\(second.baseURL)/to") : .ok() }
        defer {
            first.stop()
            second.stop()
        }
        let folder = try home()
        defer { withExtendedLifetime(folder) {} }
        let file = folder(".netrc")
        _ = try await Tool.run(["--jsonl", "--netrc-file", file, "\(first.baseURL)/from"])
        #expect(second.log.map { $0.values("authorization") } == [[]])
        _ = try await Tool.run(["--jsonl", "--netrc-file", file, "-H", "Authorization:", "\(first.baseURL)/"])
        #expect(first.log.map { $0.values("authorization") } == [[Self.basic], []])
    }

    @Test func `a file that all can read is used with a warning, and nothing shows what is in it`() async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let folder = try home(mode: 0o644)
        defer { withExtendedLifetime(folder) {} }
        let file = folder(".netrc")
        let url = "\(server.baseURL)/"
        for options in [["-v", "--jsonl"], ["--dry-run"], ["--curl"], ["--jsonl", "--trace", file + ".trace"]] {
            let result = try await Tool.run(options + ["--netrc-file", file, url])
            #expect(result.exit == 0)
            #expect(result.stderr.contains("chmod 600"), "\(result.stderr)")
            for text in ["s3cr3t", Self.basic] { #expect(!(result.stdout + result.stderr).contains(text)) }
            if options == ["--dry-run"] { #expect(result.stdout == "GET \(url)\n  Authorization: ***\n") }
        }
        #expect(server.log.map { $0.values("authorization") } == [[Self.basic], [Self.basic]])
        let trace = try String(decoding: Data(contentsOf: URL(filePath: file + ".trace")), as: UTF8.self)
        #expect(!trace.contains("s3cr3t") && !trace.contains(Self.basic))
    }

    @Test(arguments: ["-n", "--netrc-file"])
    func `a file that is needed and is not there, or is broken, is exit 2`(option: String) async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let url = "\(server.baseURL)/"
        let broken = try home("machine a login u password \"s3cr3t\n")
        let missing = try Scratch()
        for (folder, text) in [(broken, "line 1"), (missing, "no such file")] {
            let arguments = option == "-n" ? [option] : [option, folder.path + "/.netrc"]
            let result = try await Tool.run(arguments + [url], environment: ["HOME": folder.path])
            #expect(result.exit == 2 && result.complaints.count == 1, "\(result.stderr)")
            #expect(result.stderr.lowercased().contains(text) && !result.stderr.contains("s3cr3t"), "\(result.stderr)")
        }
        #expect(server.requestCount == 0)
        let optional = try await Tool.run(["--netrc-optional", "--jsonl", url], environment: ["HOME": missing.path])
        #expect(optional.exit == 0 && server.requestCount == 1)
    }

    @Test func `links of a crawl to other hosts get nothing of the file`() async throws {
        let second = try LoopbackServer { _ in .ok() }
        let first = try LoopbackServer { _ in
            .response(
                headers: [("Content-Type", "text/html")],
                body: Array("<a href='\(second.baseURL)/page'>b</a>".utf8))
        }
        defer {
            first.stop()
            second.stop()
        }
        let folder = try home("default login u password s3cr3t")
        defer { withExtendedLifetime(folder) {} }
        let file = folder(".netrc")
        let result = try await Tool.run([
            "crawl", "\(first.baseURL)/", "--scope", "any", "--max-depth", "1", "--jsonl", "--netrc-file", file,
        ])
        #expect(result.exit == 0, "\(result.stderr)")
        #expect(first.log.allSatisfy { $0.values("authorization") == [Self.basic] } && first.requestCount > 0)
        #expect(second.log.allSatisfy { $0.values("authorization").isEmpty } && second.requestCount > 0)
    }

    @Test(arguments: [["--bearer", "t0k3n-t0k3n"], ["--oauth2-bearer=t0k3n-t0k3n"], ["--bearer", "@FILE"]])
    func `a token goes to the first input's origin, and is not shown`(options: [String]) async throws {
        let first = try LoopbackServer { _ in .ok() }
        let second = try LoopbackServer { _ in .ok() }
        defer {
            first.stop()
            second.stop()
        }
        let scratch = try Scratch()
        let file = try scratch.write("token", "t0k3n-t0k3n\r\n")
        let result = try await Tool.run(
            options.map { $0.replacing("FILE", with: file) } + [
                "-v", "--jsonl", first.baseURL + "/", second.baseURL + "/",
            ])
        #expect(result.exit == 0)
        #expect(first.log.map { $0.values("authorization") } == [["Bearer t0k3n-t0k3n"]])
        #expect(second.log.map { $0.values("authorization") } == [[]])
        #expect(!(result.stdout + result.stderr).contains("t0k3n"), "\(result.stderr)")
    }

    @Test(arguments: [
        ["--bearer", "two t0k3n"], ["--bearer", "@/nonexistent/t0k3n"], ["--bearer", ""], ["--bearer", "@-"],
        ["--bearer", "t0k3n", "-u", "a:b"], ["--bearer", "@/dev/null"],
    ])
    func `a token that cannot be sent is exit 2`(options: [String]) async throws {
        let result = try await Tool.run(options + ["http://127.0.0.1:1/"])
        #expect(result.exit == 2 && result.complaints.count == 1, "\(result.stderr)")
        #expect(result.stderr.contains("--bearer") && !result.stderr.contains("two"), "\(result.stderr)")
    }
}
