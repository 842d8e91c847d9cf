import TestSupport
import Testing

@testable import FetchTransport

@Suite struct NameRegistryTests {
    @Test("A free name is given as it is, a taken one with the input's index before the extension")
    func clash() {
        var names = NameRegistry()
        #expect(names.claim("a.txt", index: 0) == "a.txt")
        #expect(names.claim("b.txt", index: 1) == "b.txt")
        #expect(names.claim("a.txt", index: 2) == "a-2.txt")
        #expect(names.claim("d/a.tar.gz", index: 3) == "d/a.tar.gz")
        #expect(names.claim("d/a.tar.gz", index: 4) == "d/a-4.tar.gz")
        #expect(names.claim("plain", index: 5) == "plain")
        #expect(names.claim("plain", index: 6) == "plain-6")
    }

    @Test("A name made up for a clash can be taken itself")
    func secondClash() {
        var names = NameRegistry()
        #expect(names.claim("a-2.txt", index: 0) == "a-2.txt")
        #expect(names.claim("a.txt", index: 1) == "a.txt")
        #expect(names.claim("a.txt", index: 2) == "a-2-2.txt")
        #expect(names.claim("a.txt", index: 2) == "a-2-3.txt")
    }

    @Test("Case makes no difference, as on macOS")
    func caseFolding() {
        var names = NameRegistry()
        #expect(names.claim("README", index: 0) == "README")
        #expect(names.claim("readme", index: 1) == "readme-1")
        #expect(names.claim("Ä.txt", index: 2) == "Ä.txt")
        #expect(names.claim("ä.TXT", index: 3) == "ä-3.TXT")
        #expect(names.claim("straße", index: 4) == "straße")
        #expect(names.claim("STRASSE", index: 5) == "STRASSE-5")
    }

    @Test("A file and a folder cannot have one name, whichever comes first")
    func fileAndFolder() {
        var names = NameRegistry()
        #expect(names.claim("a", index: 0) == "a")
        #expect(names.claim("a/b", index: 1) == "a-1/b")
        #expect(names.claim("c/d/e", index: 2) == "c/d/e")
        #expect(names.claim("c", index: 3) == "c-3")
        #expect(names.claim("C/D", index: 4) == "C/D-4")
        #expect(names.claim("c/f", index: 5) == "c/f")
    }

    @Test("A name of 240 bytes stays as short with a suffix")
    func long() {
        var names = NameRegistry()
        let long = String(repeating: "x", count: 236) + ".txt"
        #expect(names.claim(long, index: 0) == long)
        #expect(names.claim(long, index: 12) == String(repeating: "x", count: 233) + "-12.txt")
    }

    @Test("Random claims never give one name twice, and the same claims give the same names")
    func fuzz() {
        var random = SeededRandom(seed: 4)
        var first = NameRegistry()
        var second = NameRegistry()
        var files: Set<String> = []
        var folders: Set<String> = []
        for index in 0..<5_000 {
            let name = (0..<Int.random(in: 1...3, using: &random))
                .map { _ in ["a", "B", "b", "c.x", "A"][Int.random(in: 0...4, using: &random)] }.joined(separator: "/")
            let found = first.claim(name, index: index)
            #expect(found == second.claim(name, index: index))
            let folded = found.lowercased()
            #expect(files.insert(folded).inserted, "\(found)")
            var rest = folded[...]
            while let slash = rest.lastIndex(of: "/") {
                rest = rest[..<slash]
                folders.insert(String(rest))
            }
        }
        #expect(files.isDisjoint(with: folders))
        #expect(NameRegistryTests.hasOneName(&first))
    }

    /// The empty name is none, but must not trap.
    private static func hasOneName(_ names: inout NameRegistry) -> Bool { names.claim("", index: 0) == "_" }

    @Test func `issue 21.3: names of an earlier run are taken, and so are their folders`() {
        var names = NameRegistry()
        names.insert("a/b/c.html")
        names.insert("d")
        #expect(names.claim("a/b/C.html", index: 4) == "a/b/C-4.html")
        #expect(names.claim("a/b", index: 5) == "a/b-5")
        #expect(names.claim("a", index: 6) == "a-6")
        #expect(names.claim("d/e", index: 7) == "d-7/e")
    }
}
