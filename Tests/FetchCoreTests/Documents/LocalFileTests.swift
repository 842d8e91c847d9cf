import FetchCrawl
import FetchSystem
import FoundationEssentials
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@Suite("Files that links lead to")
struct LocalFileTests {
    private func look(_ names: [String], _ path: String) throws -> LocalFile.Answer {
        let tree = try DocumentTree(names)
        let root = tree.folder.path + "/"
        func inside(_ path: String?) -> String? {
            path.map { $0.hasPrefix(root) ? String($0.dropFirst(root.count)) : $0 }
        }
        switch LocalFile.look(root + path) {
        case .folder(let index): return .folder(index: inside(index))
        case .missing(let nearest): return .missing(nearest: inside(nearest))
        case let answer: return answer
        }
    }

    @Test("A file is a file, also with blanks in its name")
    func files() throws {
        #expect(try look(["a b.md"], "a b.md") == .file)
        #expect(try look(["d/a.png"], "d/../d/./a.png") == .file)
    }

    @Test(
        "A folder has its first index",
        arguments: [
            (["d/"], nil), (["d/README.md"], "d/README.md"), (["d/index.html", "d/README.md"], "d/index.html"),
            (["d/index.md", "d/index.htm"], "d/index.htm"), (["d/index.html/"], nil),
        ] as [([String], String?)])
    func folders(names: [String], index: String?) throws { #expect(try look(names, "d") == .folder(index: index)) }

    @Test(
        "What is missing names what may be meant",
        arguments: [
            ("readme.md", "README.md"), ("DOCS/a.md", "docs/A.md"), ("docs/A", "docs/A.md"), ("page", "page.html"),
            ("page.md", "page.html"), ("docs/none", nil), ("none/a.md", nil), ("README.md/x", nil),
        ] as [(String, String?)])
    func missing(path: String, nearest: String?) throws {
        #expect(try look(["README.md", "docs/A.md", "page.html"], path) == .missing(nearest: nearest))
    }

    @Test("A name that is too long is missing, and a link to itself cannot be read")
    func unreadable() throws {
        #expect(try look([], String(repeating: "a", count: 300)) == .missing(nearest: nil))
        let tree = try DocumentTree([])
        try tree.link("loop", to: "loop")
        guard case .unreadable = LocalFile.look(tree.folder.path + "/loop") else {
            Issue.record("\(LocalFile.look(tree.folder.path + "/loop"))")
            return
        }
    }

    @Test("A document is read up to its maximum size; the failure names it")
    func reading() throws {
        let tree = try DocumentTree([])
        #expect(try LocalFile.read(tree.folder.file("a.md", "text")) == Array("text".utf8))
        let failure = #expect(throws: InputFailure.self) { try LocalFile.read(tree.folder.path + "/b.md") }
        #expect(failure?.message == "\(tree.folder.path)/b.md: no such file or directory")
        let large = try tree.folder.file("large.md", "")
        let handle = try #require(fopen(large, "w"))
        ftruncate(fileno(handle), off_t(LocalFile.maximumSize + 1))
        fclose(handle)
        #expect(throws: InputFailure.self) { try LocalFile.read(large) }
    }
}
