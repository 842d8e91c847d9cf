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
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path())
            .filter { $0.hasSuffix("Tests.swift") && $0 != "HelpTests.swift" }
        #expect(files.count > 10)
        let text = try files.map { try String(decoding: Data(contentsOf: folder.appending(path: $0)), as: UTF8.self) }
            .joined()
        for name in names where name != "-h" {
            // As an argument of its own, with its value behind a `=`, or in a script.
            let isUsed = ["\"\(name)\"", "\"\(name)=", " \(name) \\\"", " \(name) --"].contains { text.contains($0) }
            #expect(isUsed, "no test uses \(name)")
        }
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
