import FoundationEssentials
import TestSupport
import Testing

@Suite("issue 23.5: short help, and one group of the help")
struct ShortHelpTests {
    @Test(arguments: [["-h"], ["fetch", "-h"], ["-h", "fetch"], ["-kh"], ["--json", "-h"]])
    func `issue 23.5: -h fits 80 columns and 40 rows, with twenty options and three examples`(
        arguments: [String]
    ) async throws {
        let result = try await Tool.run(arguments, environment: ["COLUMNS": "80"])
        #expect(result.exit == 0 && result.stderr == "")
        let lines = result.stdout.split(separator: "\n", omittingEmptySubsequences: false)
        // The last row of the terminal is the prompt's.
        #expect(lines.count <= 40)
        #expect(lines.allSatisfy { $0.count <= 80 })
        #expect(lines.count { $0.hasPrefix("  -") || $0.hasPrefix("      --") } == 20)
        #expect(lines.count { $0.hasPrefix("  fetchall ") } == 3)
        for text in ["fetchall --help", "fetchall --help GROUP", "fetchall COMMAND -h", "crawl"] {
            #expect(result.stdout.contains(text), "\(text)")
        }
    }

    @Test(arguments: [("crawl", 16), ("check", 18), ("github", 10), ("gather", 12), ("map", 12)])
    func `issue 23.5: -h of a command fits the screen and has options of its own`(
        command: String, count: Int
    ) async throws {
        let short = try await Tool.run([command, "-h"], environment: ["COLUMNS": "80"])
        #expect(short.exit == 0)
        #expect(short.stdout.split(separator: "\n", omittingEmptySubsequences: false).count <= 40)
        #expect(short.lines.allSatisfy { $0.count <= 80 })
        let shared = Set(HelpTests.names(in: try await Tool.run(["--help"]).stdout))
        let names = Set(Self.names(in: short.stdout))
        #expect(!names.isSubset(of: shared))
        #expect(short.lines.count { $0.hasPrefix("  -") || $0.hasPrefix("      --") } == count)
        #expect(names.isSubset(of: HelpTests.names(in: try await Tool.run([command, "--help"]).stdout)))
    }

    /// The names of a short help's options, also of those without a short name.
    private static func names(in help: String) -> [String] {
        help.split(separator: "\n").filter { $0.hasPrefix("  ") }.flatMap { line in
            line.split(whereSeparator: { " ,".contains($0) }).prefix { $0.hasPrefix("-") }.map { String($0) }
        }
    }

    @Test func `issue 23.5: -h is as wide as the terminal`() async throws {
        for columns in [40, 60, 120] {
            let result = try await Tool.run(["-h"], environment: ["COLUMNS": "\(columns)"])
            // A word that is wider than the rest of its line stays whole.
            let lines = result.lines.filter { $0.hasPrefix("   ") || !$0.hasPrefix(" ") }
            #expect(columns == 40 || lines.allSatisfy { $0.count <= columns }, "\(columns)")
        }
    }

    @Test func `issue 23.5: the examples of -h are valid command lines`() async throws {
        let scratch = try Scratch()
        try scratch.write("urls.txt", "http://127.0.0.1:1/\n")
        var count = 0
        for command in [[], ["crawl"], ["gather"]] {
            let help = try await Tool.run(command + ["-h"]).stdout
            for line in help.split(separator: "\n") where line.hasPrefix("  fetchall ") {
                let script = line.dropFirst("  fetchall ".count)
                let result = try await Tool.shell("exec \"$0\" \(script) --dry-run", directory: scratch.path)
                #expect(result.exit == 0, "\(line): \(result.stderr)")
                count += 1
            }
        }
        #expect(count >= 8)
    }

    @Test(arguments: [
        (["--help", "pace"], "PACE"), (["--help", "PACE"], "PACE"), (["--help", "conc"], "CONCURRENCY AND TIME"),
        (["--help", "Retry", "and", "success"], "RETRY AND SUCCESS"), (["--help", "retry and"], "RETRY AND SUCCESS"),
        (["help", "pace"], "PACE"), (["fetch", "--help", "cache"], "CACHE"), (["--help", "crawl", "crawl"], "CRAWL"),
        (["crawl", "--help", "crawl"], "CRAWL"), (["github", "--help", "git"], "GITHUB"),
        (["--help", "options"], "OPTIONS"), (["-h", "pace"], "PACE"),
    ])
    func `issue 23.5: --help GROUP writes one group`(arguments: [String], title: String) async throws {
        let group = try await Tool.run(arguments)
        #expect(group.exit == 0 && group.stderr == "")
        #expect(group.stdout.hasPrefix(title + ":\n  "))
        #expect(!group.stdout.contains("\n\n"))
        let command = arguments.filter { ["crawl", "github"].contains($0) }.prefix(1)
        let all = try await Tool.run(command + ["--help"]).stdout
        #expect(all.contains(group.stdout))
    }

    @Test func `issue 23.5: the groups together have all options of the help`() async throws {
        for command in [[], ["crawl"], ["github"], ["gather"], ["map"]] {
            let all = try await Tool.run(command + ["--help"]).stdout
            let titles = all.split(separator: "\n").filter { !$0.hasPrefix(" ") && $0.hasSuffix(":") }
            #expect(titles.count > 8)
            var names: [String] = []
            for title in titles {
                names += HelpTests.names(
                    in: try await Tool.run((command.isEmpty ? ["fetch"] : command) + ["--help", "\(title.dropLast())"])
                        .stdout)
            }
            #expect(names == HelpTests.names(in: all), "\(command)")
        }
    }

    @Test(arguments: [
        (["--help", "nosuch"], "pace"), (["crawl", "--help", "nosuch"], "crawl"), (["--help", "re"], "request"),
        (["--help", "http://127.0.0.1:1/"], "connection"), (["--help", "crawl", "nosuch"], "concurrency and time"),
        (["help", "nosuch"], "output"), (["cache", "--help", "nosuch"], "options"),
    ])
    func `issue 23.5: what is not a group is one line that names the groups, exit code 2`(
        arguments: [String], name: String
    ) async throws {
        let result = try await Tool.run(arguments)
        #expect(result.exit == 2 && result.stdout == "")
        #expect(result.complaints.count == 1 && result.stderr.contains(name), "\(result.stderr)")
    }

    @Test func `issue 23.5: --help between options is everything, whatever else is there`() async throws {
        let all = try await Tool.run(["--help"]).stdout
        for arguments in [["--json", "--help"], ["--help", "--json"], ["http://127.0.0.1:1/", "--help"], ["help"]] {
            #expect(try await Tool.run(arguments).stdout == all, "\(arguments)")
        }
        let crawl = try await Tool.run(["crawl", "--help"]).stdout
        #expect(try await Tool.run(["--help", "crawl", "--json"]).stdout == crawl)
        #expect(try await Tool.run(["crawl", "--json", "--help"]).stdout == crawl)
    }
}
