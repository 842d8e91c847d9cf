import FoundationEssentials
import TestSupport
import Testing

/// What a cloned folder may hold in the place of `./fetchall.toml`, beside keys that it may not set (ConfigFolderTests).
@Suite("issue 24.3: a hostile ./fetchall.toml", .timeLimit(.minutes(20)))
struct ConfigAttackTests {
    /// A file, and the line that the message names; nil where the file is refused as a whole.
    struct Attack: CustomTestStringConvertible {
        let name: String
        let bytes: [UInt8]
        let line: Int?

        init(_ name: String, _ text: String, line: Int? = 1) { self.init(name, Array(text.utf8), line: line) }

        init(_ name: String, _ bytes: [UInt8], line: Int? = 1) {
            self.name = name
            self.bytes = bytes
            self.line = line
        }

        var testDescription: String { name }
    }

    /// Options that lead requests elsewhere, show or send secrets, or read and write files. PORT is that of a server that must
    /// not be asked.
    private static let options: [Attack] = [
        "doh-url = \"https://127.0.0.1:PORT/\"", "connect-to = \"::127.0.0.1:PORT\"",
        "unix-socket = \"/tmp/owned\"", "interface = \"lo\"", "noproxy = \"*\"",
        "preproxy = \"socks5://127.0.0.1:PORT\"", "proxy-header = \"X-Evil: 1\"",
        "proto-redir = \"=http,https\"", "request-target = \"/admin\"",
        "request = \"DELETE\"", "digest = true",
        "ntlm = true", "anyauth = true", "bearer = \"@/etc/passwd\"",
        "netrc-file = \"/etc/passwd\"", "key = \"owned\"",
        "pass = \"env:SECRET\"", "pinnedpubkey = \"sha256//AA\"",
        "ciphers = \"NULL\"", "stderr = \"owned\"", "trace-ascii = \"owned\"",
        "dump-header = \"owned\"", "directory-prefix = \"..\"",
        "allow-files = \"/\"", "each-line = \"/etc/passwd\"", "form = \"a=@/etc/passwd\"",

        "curl = true",
    ].map { Attack($0, $0) }

    /// Texts that are odd.
    private static let texts: [Attack] = [
        Attack("a key below an allowed one", "max.header = \"X-Evil: 1\""),
        Attack("a dotted key into a section", "crawl.header = \"X-Evil: 1\""),
        Attack("a dotted key into hosts", "hosts.\"127.0.0.1\".user = \"a:b\""),
        Attack("an array of sections", "[[crawl]]\nscope = \"any\""),
        Attack("a section below a section", "[crawl]\nmax = 1\n[crawl.hosts]\nheader = \"X-Evil: 1\"", line: 3),
        Attack("a quoted section", "[\"crawl\".\"header\"]\nx = 1"),
        Attack("a section that there is not", "[fetch]\nmax = 1"),
        Attack("a key twice", "max = 1\nmax = 2", line: 2),
        Attack("an array as a value", "max = [1, 2]"),
        Attack("a command in an array", "[crawl]\ninclude = [\"a\", \"cmd:touch owned\"]", line: 2),
        Attack("a command in a section", "[crawl]\nscope = \"cmd:touch owned\"", line: 2),
        Attack("a command in a text of several lines", "max-time = '''\ncmd:touch owned'''"),
        Attack("an escaped command", "max-time = \"\\u0063md:touch owned\""),
        Attack("CRLF", "max = 1\r\nheader = \"X-Evil: 1\"\r\n", line: 2),
        Attack("a byte order mark", "\u{FEFF}header = \"X-Evil: 1\""),
        Attack("a letter that looks like another", "ma\u{445} = 1"),
        Attack("capitals", "MAX = 1"),
        Attack("a short name", "H = \"X-Evil: 1\""),
        Attack("a key without letters", "\"\" = 1"),
        Attack("an escaped NUL", "\"max\\u0000\" = 1"),
        Attack("an escape sequence", "rate = \"1/s\\u001b[31m\\u202e\""),
        Attack("a NUL", "max = 1 \0"),
        Attack("bytes that are not UTF-8", Array("max = 1\naccept = \"".utf8) + [0xFF, 0xFE, 0x22], line: 2),
        Attack("brackets without end", "max = " + String(repeating: "[", count: 60_000)),
        Attack("a key of 30,000 parts", String(repeating: "a.", count: 30_000) + "b = 1"),
        Attack("10 MB", [UInt8](repeating: 0x23, count: 10_000_000), line: nil),
        Attack("no-config", "no-config = true"),
        Attack("more than 64 KiB", [UInt8](repeating: 0x23, count: 65_537), line: nil),
        Attack("a list of 201 values", "[crawl]\nexclude = [" + String(repeating: "\"a\",", count: 201) + "]", line: 2),
    ]

    @Test func `issue 24.3: a folder's file costs no minutes, whatever is wrong in it`() async throws {
        var keys = ["max", "max-host", "retry"].map { "\($0) = 5\n" }
        keys +=
            ["rate", "rate-host"].map { "\($0) = \"5/s\"\n" }
            + ["max-time", "connect-timeout"].map { "\($0) = \"5s\"\n" }
        let pattern = "\"" + String(repeating: "(a|b)*", count: 45) + "\", "
        let text =
            keys.joined() + "accept = \"none\"\nmax-wait = \"none\"\n[crawl]\nexclude = ["
            + String(repeating: pattern, count: 190) + "]\n"
        let folder = try ConfigFolder(folder: text)
        let result = try await folder.run(["crawl", "http://127.0.0.1:1/"])
        #expect(result.isMistake(["./fetchall.toml:"]), "\(result.stderr)")
        #expect(result.duration < .seconds(20))
    }

    @Test func `of more settings than are tried one by one, the wrong one is named`() async throws {
        let lines = [
            "max = 5", "max-host = 5", "retry = 1", "rate = \"5/s\"", "rate-host = \"5/s\"", "max-time = \"5s\"",
            "connect-timeout = \"5s\"", "retry-delay = \"1s\"", "speed-limit = 1", "speed-time = \"5s\"",
            "max-wait = \"5s\"", "deadline = \"5s\"", "user-agent = \"x\"", "referer = \"http://a/\"",
            "retry-on = \"503\"",
            "accept = \"none\"", "compressed = false", "summary = true", "quiet = true",
        ]
        let folder = try ConfigFolder(user: lines.joined(separator: "\n") + "\n")
        let result = try await folder.run(["http://127.0.0.1:1/"])
        #expect(result.isMistake(["config.toml:16: accept: "]), "\(result.stderr)")
        try folder.scratch.write(
            "xdg/fetchall/config.toml", "header = [" + String(repeating: "\"X-A: 1\", ", count: 2_001) + "]\n")
        let many = try await folder.run(["http://127.0.0.1:1/"])
        #expect(many.isMistake(["config.toml:1: header: has 2001 values"]), "\(many.stderr)")
    }

    /// A folder with a file of the right, so that none of it is used if it is refused, and the attack.
    private static func folder(_ attack: Attack, port: Int) throws -> ConfigFolder {
        let folder = try ConfigFolder(user: "user-agent = \"mine\"\n")
        var bytes = attack.bytes
        if let range = bytes.firstRange(of: Array("PORT".utf8)) { bytes.replaceSubrange(range, with: "\(port)".utf8) }
        try folder.scratch.write("fetchall.toml", bytes)
        return folder
    }

    /// Runs a command in the folder of each attack, and looks at what is left.
    private static func check(_ attacks: [Attack]) async throws {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let commands = [
            ["--jsonl", "\(server.baseURL)/"], ["crawl", "--jsonl", "\(server.baseURL)/"],
            ["map", "--url-template", "\(server.baseURL)/{id}", "1"], ["gather", "a=\(server.baseURL)/"],
        ]
        for (index, attack) in attacks.enumerated() {
            let folder = try Self.folder(attack, port: server.port)
            let result = try await folder.run(commands[index % commands.count], environment: ["SECRET": "s3cr3t"])
            let place = attack.line.map { "./fetchall.toml:\($0): " } ?? "fetchall.toml: "
            #expect(result.isMistake([place]), "\(attack.name): \(result.exit) \(result.stderr.prefix(300))")
            #expect(!result.stderr.contains("s3cr3t") && !result.stderr.contains("root:"))
            let left = try folder.scratch.names().filter { !$0.hasPrefix("xdg") }
            #expect(left == ["fetchall.toml"], "\(attack.name)")
            let isPlain = result.stderr.unicodeScalars.allSatisfy { scalar in
                scalar == "\n" || scalar.value >= 0x20 && ![0x7F, 0x202E].contains(scalar.value)
            }
            #expect(isPlain, "\(attack.name): \(result.stderr.prefix(300).debugDescription)")
        }
        #expect(server.requestCount == 0)
    }

    @Test func `issue 24.3: each option that is not in the list is refused, with file and line`() async throws {
        #expect(Self.options.count >= 20)
        try await Self.check(Self.options)
    }

    @Test func `issue 24.3: odd texts are refused, with file and line`() async throws {
        #expect(Self.texts.count >= 25)
        try await Self.check(Self.texts)
    }

    @Test(arguments: [
        ("mkfifo fetchall.toml", "regular file"), ("mkdir fetchall.toml", "regular file"),
        ("ln -s /dev/zero fetchall.toml", "symbolic link"), ("ln -s nowhere fetchall.toml", "symbolic link"),
        ("ln -s xdg/fetchall/config.toml fetchall.toml", "symbolic link"),
        (
            "exec python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"fetchall.toml\")'",
            "fetchall.toml: cannot read it"
        ),
    ])
    func `issue 24.3: what is not a regular file is refused, and nobody waits for it`(script: String, word: String)
        async throws
    {
        let server = try LoopbackServer { _ in .ok() }
        defer { server.stop() }
        let folder = try ConfigFolder(user: "max = 5\n")
        let made = try await Tool.shell(script, directory: folder.scratch.path)
        try #require(made.exit == 0, "\(made.stderr)")
        for arguments in [["\(server.baseURL)/"], ["crawl", "\(server.baseURL)/"], ["config", "show"]] {
            let result = try await folder.run(arguments)
            #expect(result.isMistake(["fetchall.toml: ", word]), "\(arguments): \(result.stderr)")
            let plan = arguments[0] == "config" ? [] : ["--dry-run"]
            let without = try await folder.run(arguments + ["--no-config"] + plan)
            #expect(without.exit == 0, "\(without.stderr)")
        }
        #expect(server.requestCount == 0)
    }
}
