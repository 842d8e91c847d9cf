import Testing

@Suite("issue 23.5: completion in the shells", .timeLimit(.minutes(20)))
struct CompletionTests {
    private static let files = ["urls.txt", "record.json", "saved/", "sample.txt", "a list.txt"]

    /// What is typed, and the arguments that the program gets.
    private static let lines: [(keys: String, arguments: [String])] = [
        // The default command, with and without its name.
        ("fetchall url\t", ["urls.txt"]), ("fetchall fetch url\t", ["fetch", "urls.txt"]),
        ("fetchall --dry\t", ["--dry-run"]), ("fetchall fetch --dry\t", ["fetch", "--dry-run"]),
        ("fetchall --json --keep-o\t url\t", ["--json", "--keep-order", "urls.txt"]),
        // Commands, and options that only one of them has.
        ("fetchall cra\t", ["crawl"]), ("fetchall crawl --sco\t", ["crawl", "--scope"]),
        ("fetchall map --url-t\t", ["map", "--url-template"]), ("fetchall cache sta\t", ["cache", "stats"]),
        ("fetchall completions fi\t", ["completions", "fish"]), ("fetchall help ga\t", ["help", "gather"]),
        // Values of enumerations.
        ("fetchall --format ta\t", ["--format", "table"]), ("fetchall --format=cs\t", ["--format=csv"]),
        ("fetchall crawl --scope do\t", ["crawl", "--scope", "domain"]),
        ("fetchall github --via gra\t", ["github", "--via", "graphql"]), ("fetchall --hash md\t", ["--hash", "md5"]),
        // Files and folders.
        ("fetchall -o rec\t", ["-o", "record.json"]), ("fetchall --cookie-jar rec\t", ["--cookie-jar", "record.json"]),
        ("fetchall --output-dir sa\t", ["--output-dir", "saved/"]), ("fetchall -P sa\t", ["-P", "saved/"]),
        ("fetchall --failed-to a\t", ["--failed-to", "a list.txt"]),
        ("fetchall gather url\t", ["gather", "urls.txt"]),
    ]

    private func check(_ shell: InteractiveShell) async throws {
        let typed = try await shell.type(Self.lines.map(\.keys), files: Self.files)
        try #require(typed.count == Self.lines.count)
        for (line, arguments) in zip(Self.lines, typed) {
            // zsh removes the slash behind a folder when the line is ended.
            let arguments = arguments.map { $0 == "saved" ? "saved/" : $0 }
            #expect(arguments == line.arguments, "\(shell): \(line.keys.replacing("\t", with: "<TAB>"))")
        }
        // --for<TAB> gives all that the options beginning so have in common.
        let names = HelpTests.names(in: try await Tool.run(["--help"]).stdout).filter { $0.hasPrefix("--for") }
        #expect(names.contains("--format"))
        let common = names.dropFirst().reduce(names[0]) { name, other in
            String(zip(name, other).prefix { $0 == $1 }.map(\.0))
        }
        #expect(try await shell.type(["fetchall --for\t"], files: Self.files) == [[common]])
    }

    @Test(.enabled("bash or python3 is not installed") { try await InteractiveShell.bash.isThere() })
    func `issue 23.5: TAB in bash completes commands, options, values and files`() async throws {
        try await check(.bash)
    }

    @Test(.enabled("zsh or python3 is not installed") { try await InteractiveShell.zsh.isThere() })
    func `issue 23.5: TAB in zsh completes commands, options, values and files`() async throws { try await check(.zsh) }

    @Test(.enabled("fish or python3 is not installed") { try await InteractiveShell.fish.isThere() })
    func `issue 23.5: TAB in fish completes commands, options, values and files`() async throws {
        try await check(.fish)
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func `issue 23.5: every option of every command is in the script, and files are the last resort`(
        shell: String
    ) async throws {
        let script = try await Tool.run(["completions", shell])
        #expect(script.exit == 0 && script.stderr == "")
        for command in ["fetch", "crawl", "check", "github", "gather", "map", "cache", "config", "completions", "man"] {
            let names = HelpTests.names(in: try await Tool.run([command, "--help"]).stdout)
            #expect(!names.isEmpty)
            for name in names {
                let isLong = name.hasPrefix("--")
                let written = shell != "fish" ? name : isLong ? "-l \(name.dropFirst(2))" : "-s '\(name.dropFirst())'"
                #expect(script.stdout.contains(written), "\(shell) \(command): \(name)")
            }
        }
        if shell == "fish", try await InteractiveShell.fish.isThere() {
            let home = try Scratch()
            let loaded = try await Tool.shell(
                "printf %s \"$1\" | fish -c 'source -; complete -C \"fetchall --help \" | wc -l'",
                [script.stdout], environment: ["HOME": home.path, "XDG_CONFIG_HOME": home.path])
            #expect(loaded.stderr == "" && loaded.exit == 0)
        }
        if shell == "bash" { #expect(script.stdout.contains("-o default -F _fetchall fetchall\n")) }
    }

    @Test(arguments: [["completions"], ["completions", "tcsh"], ["completions", "bash", "zsh"]])
    func `issue 23.5: what is not a shell is one line and exit code 2`(arguments: [String]) async throws {
        let result = try await Tool.run(arguments)
        #expect(result.exit == 2 && result.stdout == "")
        #expect(result.complaints.count == 1, "\(result.stderr)")
    }

    @Test func `the scripts of the argument parser, which know less, are not written`() async throws {
        let result = try await Tool.run(["--generate-completion-script", "bash"])
        #expect(result.exit == 2 && result.stdout == "")
        #expect(result.stderr.contains("Unknown option '--generate-completion-script'"), "\(result.stderr)")
    }
}
