@testable import FetchCore
import Foundation
import TestSupport
import Testing

/// Lists from files and pipes.
@Suite(.timeLimit(.minutes(1))) struct SourceReaderTests {
    /// A folder for one test.
    private final class Folder {
        let path = NSTemporaryDirectory() + "fetchall-lists-\(UUID().uuidString)"

        init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
        deinit { try? FileManager.default.removeItem(atPath: path) }

        func file(_ name: String, _ bytes: [UInt8]) throws -> String {
            try Data(bytes).write(to: URL(filePath: "\(path)/\(name)"))
            return "\(path)/\(name)"
        }

        func file(_ name: String, _ text: String) throws -> String { try file(name, Array(text.utf8)) }
    }

    private func reader(_ arguments: [String], expandsGlobs: Bool = true) throws -> SourceReader {
        try SourceReader(arguments, defaults: RequestDefaults(), expandsGlobs: expandsGlobs)
    }

    private func inputs(_ reader: SourceReader) async -> [Input] {
        var all: [Input] = []
        while let chunk = await reader.next() { all += chunk }
        return all
    }

    private func texts(_ arguments: [String]) async throws -> [String] {
        await inputs(try reader(arguments)).map(\.text)
    }

    @Test func readsSourcesInTheOrderOfTheCommandLine() async throws {
        let folder = try Folder()
        let first = try folder.file("1.txt", "http://a/\n\n# comment\nx\thttp://b/\r\n")
        let second = try folder.file("2.txt", "{\"url\":\"http://e/\",\"id\":7}\nhttp://f/")
        let reader = try reader([first, "http://c/[1-2]", second])
        let all = await inputs(reader)
        #expect(all.map(\.text) == ["http://a/", "http://b/", "http://c/1", "http://c/2", "http://e/", "http://f/"])
        #expect(all.map(\.index) == Array(0..<6))
        #expect(all.map(\.id) == [nil, "x", nil, nil, "7", nil])
        #expect(reader.total == 6)
        #expect(reader.failure == nil)
    }

    @Test func expandsGlobsOnlyWhenAsked() async throws {
        let plain = await inputs(try reader(["http://c/[1-2]"], expandsGlobs: false))
        #expect(plain.map(\.text) == ["http://c/[1-2]"])
        #expect(throws: InputFailure.self) { try self.reader(["http://c/[2-1]"]) }
    }

    @Test func skipsTheMarkOfUTF8() async throws {
        let folder = try Folder()
        #expect(try await texts([try folder.file("a", "\u{FEFF}http://a/\n")]) == ["http://a/"])
        #expect(try await texts([try folder.file("b", "\u{FEFF}")]) == [])
    }

    @Test func readsGzipOfSeveralMembers() async throws {
        let folder = try Folder()
        let members = LoopbackServer.gzip(Array("http://a/\nhttp:".utf8)) + LoopbackServer.gzip(Array("//b/\n".utf8))
        #expect(try await texts([try folder.file("a.gz", members)]) == ["http://a/", "http://b/"])
        let marked = LoopbackServer.gzip(Array("\u{FEFF}http://a/\n".utf8))
        #expect(try await texts([try folder.file("b.gz", marked)]) == ["http://a/"])
    }

    @Test func saysThatGzipEndsTooEarlyOrIsCorrupt() async throws {
        let folder = try Folder()
        let whole = LoopbackServer.gzip(Array(SchedulerRun.urls(1000).joined(separator: "\n").utf8))
        let cut = try reader([try folder.file("cut.gz", Array(whole.dropLast(20)))])
        #expect(await !inputs(cut).isEmpty)
        #expect(cut.failure?.message.hasSuffix("cut.gz: the gzip data ends too early") == true)
        var broken = whole
        for place in 100..<110 { broken[place] ^= 0xFF }
        let corrupt = try reader([try folder.file("corrupt.gz", broken)])
        _ = await inputs(corrupt)
        #expect(corrupt.failure?.message.hasSuffix("corrupt.gz: the gzip data is corrupt") == true)
    }

    @Test func saysWhatIsWrongBeforeAnythingIsSent() throws {
        let folder = try Folder()
        let cases: [(String, String)] = [
            (folder.path, "is a directory"), (folder.path + "/none", "no such file"),
            (try folder.file("utf16", [0xFF, 0xFE, 0x61, 0]), "is UTF-16"),
            (try folder.file("bin", [0x61, 0, 1]), "is not a text file"),
        ]
        for (path, message) in cases {
            let failure = #expect(throws: InputFailure.self) { try self.reader([path]) }
            #expect(failure?.message.contains(message) == true, "\(String(describing: failure))")
        }
        let twice = #expect(throws: InputFailure.self) { try self.reader(["-", "-"]) }
        #expect(twice?.message.contains("only once") == true)
    }

    @Test func stopsInTheMiddleWhenItIsClosed() async throws {
        let folder = try Folder()
        let path = try folder.file("many", SchedulerRun.urls(20_000).joined(separator: "\n"))
        let reader = try reader([path])
        #expect(await reader.next()?.isEmpty == false)
        reader.close()
        #expect(await reader.next() == nil)
        reader.close()
    }

    @Test func countsAMillionLines() async throws {
        let folder = try Folder()
        let line = Array("http://a.test/some/path\n".utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(line.count * 100_000)
        for _ in 0..<100_000 { bytes += line }
        // gzip, so that the file is small and the lines come as fast as they can.
        let path = try folder.file("many.gz", LoopbackServer.gzip(bytes, times: 10))
        let reader = try reader([path])
        var count = 0
        var largest = 0
        while let chunk = await reader.next() {
            count += chunk.count
            largest = max(largest, chunk.count)
        }
        #expect(count == 1_000_000)
        #expect(reader.total == 1_000_000)
        #expect(largest <= SourceReader.chunkSize)
    }
}
