import Foundation
import Testing

@Suite("Each promise of each command is shown by a test that exists")
struct PromiseTableTests {
    private let root = URL(filePath: #filePath).appending(path: "../../..").standardizedFileURL

    /// The rows of the table: the promise, and the cell of each command.
    private func table() throws -> (commands: [String], rows: [(promise: String, cells: [String])]) {
        let text = try String(contentsOf: root.appending(path: "docs/promises.md"), encoding: .utf8)
        let lines = text.split(separator: "\n").filter { $0.hasPrefix("|") }
        let cells = lines.map { line in
            line.dropFirst().dropLast().split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        let header = try #require(cells.first)
        return (Array(header.dropFirst()), cells.dropFirst(2).map { ($0[0], Array($0.dropFirst())) })
    }

    /// The texts of the test files by the names of the files.
    private func tests() throws -> [String: String] {
        var texts: [String: String] = [:]
        let files = try #require(
            FileManager.default.enumerator(at: root.appending(path: "Tests"), includingPropertiesForKeys: nil))
        for case let file as URL in files where file.pathExtension == "swift" {
            texts[file.deletingPathExtension().lastPathComponent] = try String(contentsOf: file, encoding: .utf8)
        }
        return texts
    }

    @Test func `every cell names a test, or says why the command has no such thing`() throws {
        let (commands, rows) = try table()
        #expect(commands == ["fetch", "crawl", "crawl --check", "check", "github", "map", "gather"])
        #expect(rows.count >= 12)
        let tests = try tests()
        for (promise, cells) in rows {
            #expect(cells.count == commands.count, "\(promise)")
            for (command, cell) in zip(commands, cells) where !cell.hasPrefix("no: ") {
                let parts = cell.split(separator: ": ", maxSplits: 1).map(String.init)
                guard parts.count == 2, let text = tests[parts[0]] else {
                    Issue.record("\(promise), \(command): no file of tests is called \(cell)")
                    continue
                }
                #expect(text.contains(parts[1]), "\(promise), \(command): \(parts[0]) has no test \(parts[1])")
            }
        }
    }
}
