import FoundationEssentials
import Testing

@Suite("The help and the tests agree")
struct HelpTests {
    /// The names of all options in the help: those at the start of a line, before its description.
    static func names(in help: String) -> [String] {
        var names: [String] = []
        for line in help.split(separator: "\n") where line.hasPrefix("  -") {
            for word in line.split(whereSeparator: { " ,/".contains($0) }) {
                guard word.hasPrefix("-") else { break }
                names.append(String(word))
            }
        }
        return names
    }

    @Test func `every option of the help is an argument in these tests`() async throws {
        let help = try await Tool.run(["--help"])
        let names = Self.names(in: help.stdout)
        #expect(names.count > 60)
        #expect(Set(names).isSuperset(of: ["-c", "--parallel-max", "--no-compressed", "-4", "--http1.1", "--globoff"]))
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path())
            .filter { $0.hasSuffix("Tests.swift") && $0 != "HelpTests.swift" && !$0.hasPrefix("Crawl/") }
        #expect(files.count > 10)
        let text = try files.map { try String(decoding: Data(contentsOf: folder.appending(path: $0)), as: UTF8.self) }
            .joined()
        for name in names where name != "-h" { #expect(Self.isUsed(name, in: text), "no test uses \(name)") }
    }

    /// As an argument of its own, with its value behind a `=`, or in a script.
    private static func isUsed(_ name: String, in text: String) -> Bool {
        ["\"\(name)\"", "\"\(name)=", " \(name) \\\"", " \(name) --"].contains { text.contains($0) }
    }

    @Test(arguments: ["crawl", "check", "github", "gather", "map"])
    func `every option of a command's own is an argument in its tests`(command: String) async throws {
        let shared = Set(Self.names(in: try await Tool.run(["--help"]).stdout))
        let names = Self.names(in: try await Tool.run([command, "--help"]).stdout).filter { !shared.contains($0) }
        #expect(!names.isEmpty || command == "map")
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path()).filter {
            $0.lowercased().split(separator: "/").contains { $0.hasPrefix(command) } && $0.hasSuffix("Tests.swift")
        }
        let text = try files.map { try String(decoding: Data(contentsOf: folder.appending(path: $0)), as: UTF8.self) }
            .joined()
        for name in names { #expect(Self.isUsed(name, in: text), "no test of \(command) uses \(name)") }
    }

    @Test func `the help of a crawl tells its own defaults`() async throws {
        let help = try await Tool.run(["crawl", "--help"]).stdout.split(whereSeparator: \.isWhitespace)
            .joined(separator: " ")
        for text in [
            "to one host. (default: --max; in a crawl 2)", "Maximum links between a seed and a page. (default: 5)",
            "Maximum pages to fetch. (default: 10000)", "default: host)", "in a crawl {host}/{path})",
        ] { #expect(help.contains(text), "\(text)") }
    }

    @Test func `docs/options.md is what scripts/options.sh prints`() async throws {
        let root = URL(filePath: #filePath).appending(path: "../../..").standardizedFileURL
        let script = root.appending(path: "scripts/options.sh").path()
        let printed = try await Tool.shell("exec \"$1\" \"$0\"", [script])
        #expect(printed.exit == 0, "\(printed.stderr)")
        let page = try String(decoding: Data(contentsOf: root.appending(path: "docs/options.md")), as: UTF8.self)
        let isCurrent = printed.stdout == page
        #expect(isCurrent, "docs/options.md is out of date: run make options")
    }

    @Test(arguments: [["--help"], ["-h"], ["help"], ["fetch", "--help"], ["--json", "-h"], ["help", "fetch"]])
    func `every way to ask for help gives it`(arguments: [String]) async throws {
        let help = try await Tool.run(arguments)
        #expect(help.exit == 0)
        #expect(help.stderr == "")
        #expect(help.stdout.contains("--max-time <time>"))
    }

    @Test func `fetch may be said or left out`() async throws {
        let result = try await Tool.run(["fetch", "--dry-run", "http://127.0.0.1:1/a"])
        #expect(result.exit == 0)
        #expect(result.stdout == "GET http://127.0.0.1:1/a\n")
    }
}
