import FoundationEssentials
import TestSupport
import Testing

@Suite("issue 23.5: man pages", .timeLimit(.minutes(20)))
struct ManPageTests {
    private static func isThere(_ program: String) async throws -> Bool {
        try await Tool.shell("command -v \"$1\"", [program]).exit == 0
    }

    private static func install(_ scratch: Scratch) async throws {
        let script = URL(filePath: #filePath).appending(path: "../../../../scripts/install-help.sh").standardizedFileURL
        let result = try await Tool.shell("umask 077; exec \"$1\" \"$0\" \"$2\"", [script.path(), scratch("share")])
        #expect(result.exit == 0 && result.stdout == "", "\(result.stderr)")
    }

    @Test func `issue 23.5: pages and completions are installed where man and the shells look, for everybody`()
        async throws
    {
        let scratch = try Scratch()
        try await Self.install(scratch)
        let files = try scratch.names("share").filter { $0.contains("fetchall") }
        let pages = [
            "", "-cache", "-check", "-crawl", "-gather", "-github", "-map", "-completions", "-man", "-cache-path",
        ]
        for page in pages { #expect(files.contains("man/man1/fetchall\(page).1"), "\(page)") }
        for file in [
            "bash-completion/completions/fetchall", "zsh/site-functions/_fetchall",
            "fish/vendor_completions.d/fetchall.fish",
        ] { #expect(files.contains(file)) }
        let modes = try await Tool.shell(
            "find \"$1\" -type f ! -perm 644; find \"$1\" -type f -size 0", [scratch("share")])
        #expect(modes.stdout == "")
    }

    @Test(.enabled("groff is not installed") { try await isThere("groff") })
    func `issue 23.5: groff has no warning for any page`() async throws {
        let scratch = try Scratch()
        try await Self.install(scratch)
        let result = try await Tool.shell(
            "cd \"$1\" && for page in *.1; do groff -ww -man -Tutf8 -z \"$page\" || exit; done",
            [scratch("share/man/man1")])
        #expect(result.exit == 0)
        #expect(result.stderr == "")
    }

    @Test(.enabled("mandoc is not installed") { try await isThere("mandoc") })
    func `issue 23.5: mandoc finds no error in any page, and shows the text`() async throws {
        let scratch = try Scratch()
        try await Self.install(scratch)
        let result = try await Tool.shell("cd \"$1\" && exec mandoc -T lint -W error *.1", [scratch("share/man/man1")])
        #expect(result.exit == 0, "\(result.stdout)")
        let shown = try await Tool.shell(
            "exec mandoc -T utf8 \"$1\" | sed 's/.\\x08//g'", [scratch("share/man/man1/fetchall-crawl.1")],
            environment: ["LC_ALL": "C.UTF-8"])
        let text = shown.stdout.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(text.contains("fetchall-crawl - follow links within a scope and write one record for each page"))
        #expect(text.contains("fetchall crawl [options] url ..."))
        #expect(text.contains("--max-depth n Maximum links between a seed and a page. (default: 5)"))
        #expect(text.contains("fetchall crawl --check --max-depth 2 https://example.org"))
    }

    @Test(arguments: [
        [], ["fetch"], ["crawl"], ["check"], ["github"], ["gather"], ["map"], ["cache"], ["cache", "path"],
        ["cache", "stats"],
        ["cache", "clear"], ["config"], ["config", "show"], ["config", "path"], ["config", "check"], ["completions"],
        ["man"],
    ])
    func `issue 23.5: a page has every option and argument of its command`(command: [String]) async throws {
        let page = try await Tool.run(["man"] + command)
        #expect(page.exit == 0 && page.stderr == "")
        let text = page.stdout.replacing("\\-", with: "-")
        let help = try await Tool.run(command + ["--help"]).stdout
        // The page of fetchall tells how to ask for the version.
        let names = HelpTests.names(in: help).filter { $0 != "--version" || command.isEmpty }
        #expect(!names.isEmpty)
        for name in names { #expect(text.contains("\\fB\(name)\\fR"), "\(command): \(name)") }
        let groups = help.split(separator: "\n").filter { $0.hasSuffix(":") && !$0.hasPrefix(" ") }.map {
            $0.dropLast()
        }
        for group in groups where group != "SUBCOMMANDS" {
            #expect(text.contains("\n.SS ") && text.lowercased().contains("\n.ss \(group.lowercased())\n"), "\(group)")
        }
        #expect(!page.bytes.contains { $0 >= 0x80 }, "groff reads Latin-1")
    }

    @Test func `issue 23.5: all pages are listed, and what is not a command has none`() async throws {
        let list = try await Tool.run(["man", "--list"])
        #expect(list.exit == 0)
        #expect(list.lines.first == "fetchall" && list.lines.contains("fetchall-cache-clear"))
        for page in list.lines {
            let text = try await Tool.run(["man", String(page)]).stdout
            #expect(text.contains(".TH \(page.uppercased()) 1 "))
        }
        for arguments in [["man", "nosuch"], ["man", "--list", "crawl"]] {
            let result = try await Tool.run(arguments)
            #expect(result.exit == 2 && result.stdout == "" && result.complaints.count == 1, "\(result.stderr)")
        }
    }
}
