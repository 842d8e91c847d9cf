@testable import FetchCore
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
    private final class Place {
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
            return try file.publish()
        }

        func write(_ text: String, _ file: BodyFile) {
            #expect(systemWrite(file.descriptor, text) == text.utf8.count)
        }
    }

    @Test(arguments: [true, false]) func givesAFileItsNameWhenItIsWhole(unnamed: Bool) throws {
        let place = try Place(unnamed: unnamed)
        let file = try place.open("http://a/page.html")
        place.write("half", file)
        // A reader of the folder sees no name until then.
        #expect(!place.names.contains("page.html"))
        #expect(place.names.allSatisfy { $0.hasPrefix(".fetchall-") })
        #expect(try file.publish() == "page.html")
        #expect(place.names == ["page.html"])
        #expect(try place.text("page.html") == "half")
    }

    @Test(arguments: [true, false]) func leavesNothingOfABodyThatIsDiscarded(unnamed: Bool) throws {
        let place = try Place(unnamed: unnamed)
        let file = try place.open("http://a/page.html")
        place.write("half", file)
        file.discard()
        #expect(place.names == [])
    }

    @Test(arguments: [true, false]) func startsAnewForAnotherAttempt(unnamed: Bool) throws {
        let place = try Place(unnamed: unnamed)
        let file = try place.open("http://a/page.html")
        place.write("a long first attempt", file)
        file.rewind()
        place.write("second", file)
        #expect(try place.text(try file.publish()) == "second")
    }

    @Test(arguments: [true, false]) func replacesAnOlderFileInOneStep(unnamed: Bool) throws {
        let place = try Place(unnamed: unnamed)
        #expect(try place.save("http://a/page.html", "old") == "page.html")
        let again = try BodyFolder(path: place.path, template: .standard)
        defer { again.close() }
        let file = try again.open(for: Samples.input("http://a/page.html"), Samples.url("http://a/page.html"))
        place.write("new", file)
        #expect(try place.text("page.html") == "old")
        #expect(try file.publish() == "page.html")
        #expect(try place.text("page.html") == "new")
    }

    @Test(arguments: [true, false]) func givesNoNameTwice(unnamed: Bool) throws {
        let place = try Place(unnamed: unnamed)
        let names = try (0..<4).map { try place.save("http://h\($0)/page.html", index: $0, "\($0)") }
        #expect(Set(names).count == 4)
        #expect(names.first == "page.html")
        #expect(names.dropFirst() == ["page-1.html", "page-2.html", "page-3.html"])
        for (index, name) in names.enumerated() { #expect(try place.text(name) == "\(index)") }
        // Names that differ in case only are one on many systems.
        #expect(try place.save("http://a/PAGE.html", index: 9) != "PAGE.html")
    }

    @Test(arguments: [true, false]) func settlesNamesInTheOrderOfTheListAndNotOfTheAnswers(unnamed: Bool) throws {
        let place = try Place(unnamed: unnamed)
        let first = try place.open("http://a/x", index: 0)
        let second = try place.open("http://b/x", index: 1)
        #expect(try second.publish() == "x-1")
        #expect(try first.publish() == "x")
    }

    @Test(arguments: [true, false]) func writesThroughNoLinkThatLiesThere(unnamed: Bool) throws {
        let place = try Place(unnamed: unnamed)
        let victim = place.outside + "/victim"
        try "untouched".write(toFile: victim, atomically: true, encoding: .utf8)
        for name in ["page.html", ".fetchall-\(getpid())-0.part"] {
            try FileManager.default.createSymbolicLink(atPath: "\(place.path)/\(name)", withDestinationPath: victim)
        }
        #expect(try place.save("http://a/page.html", "body") == "page.html")
        #expect(try String(contentsOfFile: victim, encoding: .utf8) == "untouched")
        #expect(try place.text("page.html") == "body")
        let type = try FileManager.default.attributesOfItem(atPath: place.path + "/page.html")[.type]
        #expect(type as? FileAttributeType == .typeRegular)
    }

    @Test(arguments: [true, false]) func makesTheFoldersOfATemplate(unnamed: Bool) throws {
        let place = try Place("{host}/{index:03}/{name}", unnamed: unnamed)
        #expect(try place.save("http://a.test/x.txt", index: 7, "y") == "a.test/007/x.txt")
        #expect(try place.text("a.test/007/x.txt") == "y")
        #expect(!place.names.contains { $0.contains(".part") })
    }

    @Test(arguments: [
        "http://a/..%2f..%2fvictim", "http://a/%2e%2e/x", "http://a/a%00b", "http://a/%5c..%5cx", "http://a/.ssh",
    ])
    func staysInsideTheFolder(_ url: String) throws {
        let place = try Place()
        let name = try place.save(url)
        #expect(!name.contains("/") && !name.hasPrefix(".") && !name.contains("\\"))
        #expect(place.names == [name])
        #expect(FileManager.default.subpaths(atPath: place.outside)?.sorted() == ["out", "out/\(name)"])
    }

    @Test(arguments: [true, false]) func followsNoLinkToAFolderOutside(unnamed: Bool) throws {
        let place = try Place("{host}/{name}", unnamed: unnamed)
        try FileManager.default.createDirectory(atPath: place.outside + "/victim", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: place.path + "/a.test", withDestinationPath: place.outside + "/victim")
        #expect(throws: FetchError.self) { try place.save("http://a.test/x") }
        #expect(FileManager.default.subpaths(atPath: place.outside + "/victim") == [])
    }

    @Test(arguments: [true, false]) func followsNoLinkThatTakesThePlaceOfAFolderMeanwhile(unnamed: Bool) throws {
        let place = try Place("{host}/{name}", unnamed: unnamed)
        let victim = place.outside + "/victim"
        try FileManager.default.createDirectory(atPath: victim, withIntermediateDirectories: true)
        let file = try place.open("http://a.test/x")
        place.write("secret", file)
        try FileManager.default.moveItem(atPath: place.path + "/a.test", toPath: place.outside + "/moved")
        try FileManager.default.createSymbolicLink(atPath: place.path + "/a.test", withDestinationPath: victim)
        // What lies in the other folder under the temporary name must not get the final one.
        let planted = ".fetchall-\(getpid())-0.part"
        #expect(FileManager.default.subpaths(atPath: place.outside + "/moved") == (unnamed ? [] : [planted]))
        try "planted".write(toFile: victim + "/" + planted, atomically: false, encoding: .utf8)
        let error = #expect(throws: FetchError.self) { try file.publish() }
        #expect(error?.kind == .io)
        #expect(FileManager.default.subpaths(atPath: victim) == [planted])
    }

    @Test func saysThatItIsNoFolder() throws {
        let path = NSTemporaryDirectory() + "fetchall-file-\(UUID().uuidString)"
        try "x".write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        for wrong in [path, path + "/below", "/nowhere/at/all"] {
            let error = #expect(throws: FetchError.self) { try BodyFolder(path: wrong, template: .standard) }
            #expect(error?.kind == .io)
        }
    }

    @Test(arguments: [true, false]) func saysThatAFileCannotGetItsName(unnamed: Bool) throws {
        let place = try Place(unnamed: unnamed)
        let file = try place.open("http://a/page.html")
        // A folder with something in it has the name.
        try FileManager.default.createDirectory(atPath: place.path + "/page.html/x", withIntermediateDirectories: true)
        let error = #expect(throws: FetchError.self) { try file.publish() }
        #expect(error?.kind == .io)
        #expect(error?.curlCode == 23)
        #expect(place.names == ["page.html", "page.html/x"])
    }
}

private func systemWrite(_ descriptor: Int32, _ text: String) -> Int { write(descriptor, text, text.utf8.count) }
