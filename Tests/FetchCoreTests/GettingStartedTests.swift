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
        // Between fences, text and code take turns.
        let blocks = article.split(whereSeparator: { $0.hasPrefix("```") })
        let snippets: [[Substring]] = blocks.indices.filter { $0 % 2 == 1 }.map { Array(blocks[$0]) }
        #expect(snippets.count == 9)
        for snippet in snippets {
            let indented: [String] = snippet.map { $0.isEmpty ? "" : "        \($0)" }
            let isThere = code.indices.contains { start in
                code[start...].prefix(indented.count).elementsEqual(indented) { $0 == $1 }
            }
            #expect(isThere, "not in GettingStarted.swift: \(snippet.first ?? "")")
        }
    }
}
