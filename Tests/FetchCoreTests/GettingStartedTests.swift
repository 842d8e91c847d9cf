import FoundationEssentials
import Testing

@Suite("The article GettingStarted")
struct GettingStartedTests {
    private func lines(_ path: String) throws -> [Substring] {
        let file = URL(filePath: #filePath).appending(path: path).standardizedFileURL
        return String(decoding: try Data(contentsOf: file), as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false)
    }

    @Test func `every snippet is code that is compiled, line by line`() throws {
        let article = try lines("../../../Sources/FetchCore/FetchCore.docc/GettingStarted.md")
        let code = try lines("../GettingStarted.swift")
        let snippets = article.split(whereSeparator: { $0.hasPrefix("```") }).enumerated()
            .filter { $0.offset % 2 == 1 }.map { Array($0.element) }
        #expect(snippets.count == 9)
        for snippet in snippets {
            let indented = snippet.map { $0.isEmpty ? $0 : "        " + $0 }
            let isThere = code.indices.contains { start in
                start + indented.count <= code.count && Array(code[start..<start + indented.count]) == indented
            }
            #expect(isThere, "not in GettingStarted.swift: \(snippet.first ?? "")")
        }
    }
}
