import FetchHTTP
import FetchSystem
import SystemPackage
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@testable import FetchTransport

@Suite("A body that is read while it is sent")
struct UploadStreamTests {
    /// Reads until nothing comes, at most five bytes at a time; nil when a file cannot be read any more.
    private func rest(of stream: UploadStream) -> [UInt8]? {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 5)
        while true {
            guard let count = buffer.withUnsafeMutableBytes({ stream.read(into: $0) }) else { return nil }
            if count == 0 { return all }
            all += buffer[..<count]
        }
    }

    private func file(_ text: String) throws -> (path: String, body: UploadBody) {
        let path = "/tmp/fetchall-upload-\(UInt64.random(in: 0 ... .max))"
        let descriptor = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
        try descriptor.closeAfter { _ = try descriptor.writeAll(text.utf8) }
        let piece = UploadBody.Piece.file(FileReference(path: path))
        return (path, UploadBody([.bytes(Array("<".utf8)), piece, .bytes(Array(">".utf8)), piece], identity: ""))
    }

    private func remove(_ path: String) { _ = unlink(path) }

    @Test func `issue 23.3: the parts are read in their order, and again from any offset`() throws {
        let (path, body) = try file("content")
        defer { remove(path) }
        let stream = try UploadStream(body)
        defer { stream.close() }
        let whole = Array("<content>content".utf8)
        #expect(stream.size == whole.count)
        #expect(rest(of: stream) == whole)
        for offset in 0...whole.count {
            #expect(stream.seek(to: offset))
            #expect(rest(of: stream) == Array(whole[offset...]))
        }
        #expect(!stream.seek(to: whole.count + 1) && !stream.seek(to: -1))
    }

    @Test func `issue 23.3: a file that becomes shorter is a failure that names it, one that grows is cut`() throws {
        let (path, body) = try file("content")
        defer { remove(path) }
        let stream = try UploadStream(body)
        defer { stream.close() }
        let descriptor = try FileDescriptor.open(path, .writeOnly, options: .append)
        _ = try descriptor.closeAfter { try descriptor.writeAll(" and more".utf8) }
        #expect(rest(of: stream) == Array("<content>content".utf8))
        try FileDescriptor.open(path, .writeOnly, options: .truncate).close()
        #expect(stream.seek(to: 3))
        #expect(rest(of: stream) == nil)
        #expect(stream.failure?.kind == .io && stream.failure?.message.contains(path) == true)
    }

    @Test func `issue 23.3: a file that is not there, and a folder, cannot be sent`() {
        for path in ["/nonexistent", "/tmp"] {
            let body = UploadBody([.file(FileReference(path: path))], identity: "")
            #expect(throws: FetchError.self) { try UploadStream(body) }
        }
    }
}
