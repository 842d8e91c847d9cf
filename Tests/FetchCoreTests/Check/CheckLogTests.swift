import FetchHTTP
import FetchSystem
import Foundation
import Testing

@testable import FetchCrawl
@testable import FetchHTML
@testable import FetchStore

@Suite("The log of a check")
struct CheckLogTests {
    private let path = NSTemporaryDirectory() + "fetchall-log-\(UUID().uuidString)"

    private func withFile(_ body: () throws -> Void) rethrows {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body()
    }

    private func bytes() throws -> [UInt8] { try Array(Data(contentsOf: URL(filePath: path))) }

    @Test func `an answer is read as it was written`() throws {
        var outcome = Samples.ok("http://a.test/x", response: Samples.response(301, contentType: "text/html"))
        outcome.input = Input(
            index: 0, text: "http://a.test/x", request: .success(Request(Samples.url("http://a.test/x"))))
        outcome.response?.headers.append("Location", "/y")
        outcome.timing = Samples.timing
        outcome.error = FetchError(.httpStatus, "301 Moved Permanently", curlCode: .httpReturnedError)
        let line = CheckAnswer.line(outcome, method: .head)
        let answer = try #require(CheckAnswer(try JSONValue.members(of: line[...])))
        #expect(answer.url == "http://a.test/x" && answer.method == "HEAD")
        let read = answer.outcome
        #expect(read.response?.status == 301 && read.response?.headers["location"] == "/y")
        #expect(read.response?.headers.contentType == "text/html" && read.response?.remoteIP == "127.0.0.1")
        #expect(read.error == outcome.error && read.timing == outcome.timing && read.retries == 2)
        #expect(read.startedAt == outcome.startedAt && read.wait == outcome.wait)
        #expect(CheckScanLine.read(try JSONValue.members(of: line[...])) == nil)
    }

    @Test func `a page is read as it was written`() throws {
        var document = CheckPlanFixture.document(["/a", "b#c", "http://[\"\u{1}"], ["x", "é"], .url(Samples.url()))
        document.base = "/base/"
        let line = CheckScanLine.line("http://a.test/", document)
        let read = try #require(CheckScanLine.read(try JSONValue.members(of: line[...])))
        #expect(read.url == "http://a.test/" && read.scan.links == document.links.map(\.link))
        #expect(read.scan.anchors == ["x", "é"] && read.scan.base == "/base/")
        #expect(CheckAnswer(try JSONValue.members(of: line[...])) == nil)
    }

    @Test func `lines are there again, and what is cut or damaged is not`() throws {
        try withFile {
            var log = try LineLog(path: path, magic: "{\"a\"")
            for text in ["{\"a\":1}", "{\"b\":2}", "{\"c\":3}"] { log.append(Array(text.utf8)) }
            try log.flush()
            #expect(throws: StoreFailure.self) { _ = try LineLog(path: path, magic: "{\"a\"") }
            #expect(log.close())
            let whole = try bytes()
            func texts(_ bytes: [UInt8]) throws -> (texts: [String], notice: String?) {
                try Data(bytes).write(to: URL(filePath: path))
                let log = try LineLog(path: path, magic: "{\"a\"")
                #expect(log.close())
                return (log.texts.map { String(decoding: $0, as: UTF8.self) }, log.notice)
            }
            #expect(try texts(whole).texts == ["{\"a\":1}", "{\"b\":2}", "{\"c\":3}"])
            // Cut at any place, the whole lines before it are there.
            for end in whole.indices {
                let lines = whole[..<end].count { $0 == 0x0A }
                let (read, notice) = try texts(Array(whole[..<end]))
                #expect(read.count == lines && notice == nil)
            }
            var damaged = whole
            damaged[20] ^= 1
            let (read, notice) = try texts(damaged)
            #expect(read.count == 1 && notice?.contains("damaged (line 2)") == true)
            for name in try FileManager.default.contentsOfDirectory(atPath: NSTemporaryDirectory())
            where name.hasPrefix(URL(filePath: path).lastPathComponent + ".") {
                try FileManager.default.removeItem(atPath: NSTemporaryDirectory() + name)
            }
        }
    }

    @Test func `another file is left as it is`() throws {
        try withFile {
            try Data("something else\n".utf8).write(to: URL(filePath: path))
            #expect(throws: StoreFailure.self) { _ = try LineLog(path: path, magic: "{\"a\"") }
            #expect(try bytes() == Array("something else\n".utf8))
        }
    }

    @Test func `other options are refused by name`() throws {
        try withFile {
            let log = try CheckLog(path: path, options: [("--scope", "host"), ("--accept", "200")])
            #expect(log.close())
            let failure = #expect(throws: StoreFailure.self) {
                _ = try CheckLog(path: path, options: [("--scope", "page"), ("--accept", "200")])
            }
            #expect(failure?.message.contains("--scope is not the same") == true && failure?.isRefusal == true)
        }
    }
}
