import FetchHTTP
@testable import FetchTransport
import Foundation
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Bodies on disk: whole under their name, or not at all, whether or not a file may be without a name until then.
@Suite struct BodyFolderTests {
    /// An output folder inside a folder of its own.
    private final class Sandbox {
        let outside = NSTemporaryDirectory() + "fetchall-bodies-\(UUID().uuidString)"
        var path: String { outside + "/out" }
        let folder: BodyFolder

        init(_ template: String = "{name}", unnamed: Bool = true) throws {
            try FileManager.default.createDirectory(atPath: outside, withIntermediateDirectories: true)
            folder = try BodyFolder(
                path: outside + "/out", template: try FileNameTemplate(template), allowsUnnamed: unnamed)
        }

        deinit {
            folder.close()
            try? FileManager.default.removeItem(atPath: outside)
        }

        /// All names below the folder, hidden ones too.
        var names: [String] { (FileManager.default.subpaths(atPath: path) ?? []).sorted() }

        func text(_ name: String) throws -> String { try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8) }

        func open(_ url: String, index: Int = 0) throws -> BodyFile {
            try folder.open(for: Samples.input(url, index: index), Samples.url(url))
        }

        func save(_ url: String, index: Int = 0, _ text: String = "x") throws -> String {
            let file = try open(url, index: index)
            write(text, file)
            return try file.publish().name
        }

        func write(_ text: String, _ file: BodyFile) {
            #expect(systemWrite(file.descriptor, text) == text.utf8.count)
        }
    }

    @Test(arguments: [true, false]) func givesAFileItsNameWhenItIsWhole(unnamed: Bool) throws {
        let sandbox = try Sandbox(unnamed: unnamed)
        let file = try sandbox.open("http://a/page.html")
        sandbox.write("half", file)
        // A reader of the folder sees no name until then.
        #expect(!sandbox.names.contains("page.html"))
        #expect(sandbox.names.allSatisfy { $0.hasPrefix(".fetchall-") })
        #expect(try file.publish().name == "page.html")
        #expect(sandbox.names == ["page.html"])
        #expect(try sandbox.text("page.html") == "half")
    }

    @Test(arguments: [true, false]) func leavesNothingOfABodyThatIsDiscarded(unnamed: Bool) throws {
        let sandbox = try Sandbox(unnamed: unnamed)
        let file = try sandbox.open("http://a/page.html")
        sandbox.write("half", file)
        file.discard()
        #expect(sandbox.names == [])
    }

    @Test(arguments: [true, false]) func startsAnewForAnotherAttempt(unnamed: Bool) throws {
        let sandbox = try Sandbox(unnamed: unnamed)
        let file = try sandbox.open("http://a/page.html")
        sandbox.write("a long first attempt", file)
        file.rewind()
        sandbox.write("second", file)
        #expect(try sandbox.text(try file.publish().name) == "second")
    }

    @Test(arguments: [true, false]) func replacesAnOlderFileInOneStep(unnamed: Bool) throws {
        let sandbox = try Sandbox(unnamed: unnamed)
        #expect(try sandbox.save("http://a/page.html", "old") == "page.html")
        let again = try BodyFolder(path: sandbox.path, template: .standard)
        defer { again.close() }
        let file = try again.open(for: Samples.input("http://a/page.html"), Samples.url("http://a/page.html"))
        sandbox.write("new", file)
        #expect(try sandbox.text("page.html") == "old")
        #expect(try file.publish().name == "page.html")
        #expect(try sandbox.text("page.html") == "new")
    }

    @Test(arguments: [true, false]) func givesNoNameTwice(unnamed: Bool) throws {
        let sandbox = try Sandbox(unnamed: unnamed)
        let names = try (0..<4).map { try sandbox.save("http://h\($0)/page.html", index: $0, "\($0)") }
        #expect(Set(names).count == 4)
        #expect(names.first == "page.html")
        #expect(names.dropFirst() == ["page-1.html", "page-2.html", "page-3.html"])
        for (index, name) in names.enumerated() { #expect(try sandbox.text(name) == "\(index)") }
        // Names that differ in case only are one on many systems.
        #expect(try sandbox.save("http://a/PAGE.html", index: 9) != "PAGE.html")
    }

    @Test(arguments: [true, false]) func choosesNamesInTheOrderOfTheListAndNotOfTheAnswers(unnamed: Bool) throws {
        let sandbox = try Sandbox(unnamed: unnamed)
        let first = try sandbox.open("http://a/x", index: 0)
        let second = try sandbox.open("http://b/x", index: 1)
        #expect(try second.publish().name == "x-1")
        #expect(try first.publish().name == "x")
    }

    @Test(arguments: [true, false]) func writesThroughNoLinkThatLiesThere(unnamed: Bool) throws {
        let sandbox = try Sandbox(unnamed: unnamed)
        let victim = sandbox.outside + "/victim"
        try "untouched".write(toFile: victim, atomically: true, encoding: .utf8)
        for name in ["page.html", BodyFile.temporaryName(0)] {
            try FileManager.default.createSymbolicLink(atPath: "\(sandbox.path)/\(name)", withDestinationPath: victim)
        }
        #expect(try sandbox.save("http://a/page.html", "body") == "page.html")
        #expect(try String(contentsOfFile: victim, encoding: .utf8) == "untouched")
        #expect(try sandbox.text("page.html") == "body")
        let type = try FileManager.default.attributesOfItem(atPath: sandbox.path + "/page.html")[.type]
        #expect(type as? FileAttributeType == .typeRegular)
    }

    @Test(arguments: [true, false]) func makesTheFoldersOfATemplate(unnamed: Bool) throws {
        let sandbox = try Sandbox("{host}/{index:03}/{name}", unnamed: unnamed)
        #expect(try sandbox.save("http://a.test/x.txt", index: 7, "y") == "a.test/007/x.txt")
        #expect(try sandbox.text("a.test/007/x.txt") == "y")
        #expect(!sandbox.names.contains { $0.contains(".part") })
    }

    @Test(arguments: [
        "http://a/..%2f..%2fvictim", "http://a/%2e%2e/x", "http://a/a%00b", "http://a/%5c..%5cx", "http://a/.ssh",
    ])
    func staysInsideTheFolder(_ url: String) throws {
        let sandbox = try Sandbox()
        let name = try sandbox.save(url)
        #expect(!name.contains("/") && !name.hasPrefix(".") && !name.contains("\\"))
        #expect(sandbox.names == [name])
        #expect(FileManager.default.subpaths(atPath: sandbox.outside)?.sorted() == ["out", "out/\(name)"])
    }

    @Test(arguments: [true, false]) func followsNoLinkToAFolderOutside(unnamed: Bool) throws {
        let sandbox = try Sandbox("{host}/{name}", unnamed: unnamed)
        try FileManager.default.createDirectory(atPath: sandbox.outside + "/victim", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: sandbox.path + "/a.test", withDestinationPath: sandbox.outside + "/victim")
        #expect(throws: FetchError.self) { try sandbox.save("http://a.test/x") }
        #expect(FileManager.default.subpaths(atPath: sandbox.outside + "/victim") == [])
    }

    @Test(arguments: [true, false]) func followsNoLinkThatReplacesAFolderMeanwhile(unnamed: Bool) throws {
        let sandbox = try Sandbox("{host}/{name}", unnamed: unnamed)
        let victim = sandbox.outside + "/victim"
        try FileManager.default.createDirectory(atPath: victim, withIntermediateDirectories: true)
        let file = try sandbox.open("http://a.test/x")
        sandbox.write("secret", file)
        try FileManager.default.moveItem(atPath: sandbox.path + "/a.test", toPath: sandbox.outside + "/moved")
        try FileManager.default.createSymbolicLink(atPath: sandbox.path + "/a.test", withDestinationPath: victim)
        // What lies in the other folder under the temporary name must not get the final one.
        let planted = BodyFile.temporaryName(0)
        #expect(FileManager.default.subpaths(atPath: sandbox.outside + "/moved") == (unnamed ? [] : [planted]))
        try "planted".write(toFile: victim + "/" + planted, atomically: false, encoding: .utf8)
        let error = #expect(throws: FetchError.self) { try file.publish() }
        #expect(error?.kind == .io)
        #expect(FileManager.default.subpaths(atPath: victim) == [planted])
    }

    @Test func saysThatItIsNoFolder() throws {
        let path = NSTemporaryDirectory() + "fetchall-file-\(UUID().uuidString)"
        try "x".write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        for wrong in [path, path + "/below", path + "/nowhere/at/all"] {
            let error = #expect(throws: FetchError.self) { try BodyFolder(path: wrong, template: .standard) }
            #expect(error?.kind == .io)
        }
    }

    @Test(arguments: [true, false]) func saysThatAFileCannotGetItsName(unnamed: Bool) throws {
        let sandbox = try Sandbox(unnamed: unnamed)
        let file = try sandbox.open("http://a/page.html")
        // A folder with something in it has the name.
        try FileManager.default.createDirectory(
            atPath: sandbox.path + "/page.html/x", withIntermediateDirectories: true)
        let error = #expect(throws: FetchError.self) { try file.publish() }
        #expect(error?.kind == .io)
        #expect(error?.curlCode == .writeError)
        #expect(sandbox.names == ["page.html", "page.html/x"])
    }
}

private func systemWrite(_ descriptor: Int32, _ text: String) -> Int { write(descriptor, text, text.utf8.count) }
