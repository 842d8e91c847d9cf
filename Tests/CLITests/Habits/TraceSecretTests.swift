import TestSupport
import Testing

@Suite("issue 23.2: no secret is shown", .timeLimit(.minutes(20)))
struct TraceSecretTests {
    private static let forms = [
        ["-v"], ["-vv"], ["--trace", "TRACE"], ["--curl"], ["--dry-run"], ["--dry-run", "--json"],
    ]

    /// Options with a secret each, and all the forms in which it could be shown.
    private static let secrets: [(options: [String], words: [String])] = [
        (["-u", "me:s3cr3t-pass"], ["s3cr3t-pass", "bWU6czNjcjN0LXBhc3M"]),
        (["-H", "Authorization: Bearer b3ar3r-tok3n"], ["b3ar3r-tok3n"]),
        (["-H", "X-Api-Key: k3y-k3y-k3y"], ["k3y-k3y-k3y"]),
        (["-b", "sid=c00kie-c00kie; theme=dark"], ["c00kie-c00kie"]),
        (["-d", "user=me&password=hunter2%21hunter2"], ["hunter2%21hunter2", "hunter2!hunter2"]),
        (["-d", #"{"token": "j5on-t0ken"}"#], ["j5on-t0ken"]),
        (["-d", #"{"token": ["l1st-t0ken", {"x": "d33p-d33p"}]}"#], ["l1st-t0ken", "d33p-d33p"]),
        (["-F", "f=@/etc/hostname", "-F", "password=f0rm-f0rm"], ["f0rm-f0rm"]),
        (["-F", "password=f0rm-f0rm"], ["f0rm-f0rm"]),
        (["-F", #"meta={"password":"n3sted-n3sted"}"#], ["n3sted-n3sted"]),
        (["-d", #"payload={"password":"n3sted-n3sted"}"#], ["n3sted-n3sted"]),
        (["-e", "http://r.test/?token=r3ferer-r3ferer"], ["r3ferer-r3ferer"]),
        (["-G", "-d", "X-Amz-Signature=s1gned-s1gned"], ["s1gned-s1gned"]),
        (["-G", "-d", "access_token=qu3ry-qu3ry"], ["qu3ry-qu3ry"]),
    ]

    /// A server that says back everything that it receives, in fields and body, in small pieces.
    private static func server() throws -> LoopbackServer {
        try LoopbackServer { request in
            let said = Array((String(decoding: request.head, as: UTF8.self) + "\r\n").utf8) + request.body
            let echo = request.header("authorization") ?? request.header("cookie") ?? "none"
            let head =
                "HTTP/1.1 200 OK\r\nX-Said: \(echo)\r\nSet-Cookie: new=s3ss10n-s3ss10n; Path=/\r\n"
                + "Content-Length: \(said.count)\r\n\r\n"
            return LoopbackServer.Reply(
                [.text(head)] + said.map { LoopbackServer.Step.text(String(decoding: [$0], as: UTF8.self)) })
        }
    }

    private func check(
        _ arguments: [String], _ words: [String], isShown: Bool, environment: [String: String] = [:],
        directory: Scratch
    ) async throws {
        let trace = directory("trace.txt")
        let result = try await Tool.run(
            arguments.map { $0 == "TRACE" ? trace : $0 }, environment: environment)
        var text = result.stdout + result.stderr
        if arguments.contains("TRACE") {
            let dump = try directory.text("trace.txt")
            #expect(dump.hasPrefix("# fetchall") && dump.split(separator: "\n")[0].contains("only the secrets"))
            // The text of a dump without its line breaks.
            text += dump + dump.split(separator: "\n").map { String($0.suffix(16)) }.joined()
            let mode = try await Tool.shell("stat -c %a \"$1\"", [trace])
            #expect(mode.stdout == "600\n")
        }
        for word in words { #expect(!text.contains(word), "\(arguments): \(text)") }
        if isShown { #expect(text.contains("***") || text.contains("FETCHALL_"), "\(arguments): \(text)") }
    }

    @Test(arguments: forms.indices, secrets.indices)
    func `issue 23.2: no secret of an option is shown, also when the server says it back`(form: Int, secret: Int)
        async throws
    {
        let server = try Self.server()
        defer { server.stop() }
        let scratch = try Scratch()
        let (options, words) = Self.secrets[secret]
        // A dry run as JSON leaves out fields with secrets, and as text it shows no body.
        let isLeftOut = Self.forms[form].contains("--dry-run") && ["-d", "-F"].contains(options[0])
        try await check(
            Self.forms[form] + options + ["--retry", "0", server.baseURL + "/"], words + ["s3ss10n-s3ss10n"],
            isShown: !Self.forms[form].contains("--json") && !isLeftOut, directory: scratch)
    }

    @Test(arguments: forms.indices)
    func `issue 23.2: no secret of a URL or a proxy is shown`(form: Int) async throws {
        let server = try Self.server()
        defer { server.stop() }
        let scratch = try Scratch()
        let url = server.baseURL.replacing("http://", with: "http://me:us3r%40info@")
        try await check(
            Self.forms[form] + [url], ["us3r%40info", "us3r@info", "bWU6dXMzckBpbmZv"],
            isShown: !Self.forms[form].contains("--json"), directory: scratch)
        let proxy = server.baseURL.replacing("http://", with: "http://me:pr0xy-pass@")
        try await check(
            Self.forms[form] + ["-x", proxy, "http://origin.test/"], ["pr0xy-pass", "bWU6cHIweHktcGFzcw"],
            isShown: false, directory: scratch)
    }

    @Test(arguments: forms.indices)
    func `issue 23.2: no token of GitHub is shown`(form: Int) async throws {
        var behaviour = GitHubServer.Behaviour()
        behaviour.fault = { request, _ in
            .json(#"{"login":"echo","name":"\#(request.header("authorization") ?? "")","public_repos":0}"#)
        }
        let github = try GitHubTool(GitHubTool.three, behaviour)
        let scratch = try Scratch()
        try await check(
            ["github"] + Self.forms[form] + ["--via", "rest", "echo"], [GitHubTool.token],
            isShown: !Self.forms[form].contains("--json"),
            environment: ["GITHUB_API_URL": github.server.baseURL, "GITHUB_TOKEN": GitHubTool.token],
            directory: scratch)
    }
}
