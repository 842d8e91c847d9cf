import FetchCrawl
import FetchHTML
import FetchSystem
import FoundationEssentials
import Testing

/// A folder with files for the tests of local documents.
struct DocumentTree {
    let folder: TemporaryFolder

    /// Makes empty files; a name with `/` at its end is a folder.
    init(_ names: [String]) throws {
        folder = try TemporaryFolder()
        for name in names {
            let path = folder.path + "/" + name
            let parent = name.hasSuffix("/") ? path : String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
            if !name.hasSuffix("/") { try Data().write(to: URL(filePath: path)) }
        }
    }

    func write(_ name: String, _ text: String) throws { _ = try folder.file(name, text) }

    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/" + name, withDestinationPath: target)
    }

    /// The documents of arguments below the folder, without its path.
    func find(_ arguments: String..., excluding: [String] = []) throws -> [String] {
        let found = try DocumentFinder(excluding: excluding).find(arguments.map { folder.path + "/" + $0 })
        return found.documents.map { String($0.path.dropFirst(folder.path.count + 1)) }
    }
}

@Suite("Documents in folders")
struct DocumentFinderTests {
    @Test("A folder yields the documents in it and below it, sorted, once")
    func folders() throws {
        let tree = try DocumentTree(["b.md", "a/c.html", "a/d.png", "a/e/f.RST", "a.txt", "g.markdown", "h.htm"])
        let all = ["a.txt", "a/c.html", "a/e/f.RST", "b.md", "g.markdown", "h.htm"]
        #expect(try tree.find("") == all)
        #expect(try tree.find("", "a", "a/./c.html", "a/../b.md") == all)
        #expect(try tree.find("a/") == ["a/c.html", "a/e/f.RST"])
    }

    @Test("Hidden folders and node_modules are left out unless they are named")
    func skipped() throws {
        let tree = try DocumentTree([".git/a.md", "node_modules/b.md", "x/node_modules/c.md", ".hidden.md", "d.md"])
        #expect(try tree.find("") == [".hidden.md", "d.md"])
        #expect(try tree.find(".git", "node_modules") == [".git/a.md", "node_modules/b.md"])
        #expect(try tree.find(".git/*.md") == [".git/a.md"])
        #expect(try tree.find("**/node_modules/*.md") == ["node_modules/b.md", "x/node_modules/c.md"])
    }

    @Test("A file that is named is a document whatever its ending")
    func named() throws {
        let tree = try DocumentTree(["README", "a.mdx", "b.md"])
        let found = try DocumentFinder().find(["README", "a.mdx", "b.md"].map { tree.folder.path + "/" + $0 })
        #expect(found.documents.map(\.format) == [.text, .text, .markdown])
        #expect(try tree.find("*") == ["b.md"])
        #expect(try tree.find("*.mdx") == ["a.mdx"])
    }

    @Test(
        "A glob yields what it fits",
        arguments: [
            ("*.md", ["a.md"]), ("**/*.md", ["a.md", "d/b.md", "d/e/c.md"]), ("d/*.md", ["d/b.md"]),
            ("{a,d/b}.md", ["a.md", "d/b.md"]),
            ("d/**", ["d/b.md", "d/e/c.md"]), ("?/e", ["d/e/c.md"]), ("d/[a-c].md", ["d/b.md"]),
            ("*/*/*.md", ["d/e/c.md"]),
        ])
    func globs(glob: String, expected: [String]) throws {
        let tree = try DocumentTree(["a.md", "d/b.md", "d/e/c.md", "d/x.png"])
        #expect(try tree.find(glob) == expected)
    }

    @Test("A file whose name looks like a glob is that file")
    func literal() throws {
        let tree = try DocumentTree(["[a].md", "a.md"])
        #expect(try tree.find("[a].md") == ["[a].md"])
        #expect(try tree.find("\\[a\\].m*") == ["[a].md"])
    }

    @Test("Patterns leave out files and folders, also those that are named")
    func excluded() throws {
        let tree = try DocumentTree(["a.md", "old/b.md", "d/old/c.md", "d/e.md", "d/build.md", "build/f.md"])
        #expect(try tree.find("", excluding: ["old"]) == ["a.md", "build/f.md", "d/build.md", "d/e.md"])
        #expect(try tree.find("", excluding: ["d/**", "build/"]) == ["a.md", "old/b.md"])
        #expect(try tree.find("old/b.md", "a.md", excluding: ["old/"]) == ["a.md"])
        #expect(try tree.find("d", excluding: ["*.md"]) == [])
        #expect(throws: ParseFailure.self) { try DocumentFinder(excluding: ["[a"]) }
    }

    @Test("Ignore files leave out what is below their folder; the nearest decides")
    func ignoreFiles() throws {
        let tree = try DocumentTree(["a.md", "d/a.md", "d/keep/a.md", "d/keep/b.md", "out/c.md", "e/out"])
        try tree.write(".fetchallignore", "a.md\nout/\n")
        try tree.write("d/keep/.fetchallignore", "!a.md\n/b.md\n")
        #expect(try tree.find("") == ["d/keep/a.md"])
        #expect(try tree.find("a.md") == ["a.md"])
    }

    @Test("Links that lead back end, and a link to a document is one")
    func links() throws {
        let tree = try DocumentTree(["d/a.md", "b.md"])
        try tree.link("d/loop", to: "..")
        try tree.link("self", to: "self")
        try tree.link("c.md", to: "b.md")
        try tree.link("gone.md", to: "nothing")
        let found = try DocumentFinder().find([tree.folder.path])
        #expect(found.documents.map { $0.path.split(separator: "/").last } == ["b.md", "c.md", "a.md"])
        #expect(found.problems.map(\.message) == ["\(tree.folder.path)/gone.md: no such file or directory"])
    }

    @Test("What does not exist or is not a valid glob is refused, with its name")
    func failures() throws {
        let tree = try DocumentTree(["a.md"])
        for argument in ["b.md", "*.rst", "[a", "d/", "a.md/b"] {
            #expect(throws: InputFailure.self, "\(argument)") { try tree.find(argument) }
        }
    }
}
