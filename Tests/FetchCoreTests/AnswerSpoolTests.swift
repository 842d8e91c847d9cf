import FetchHTTP
import Testing

@testable import FetchTransport

@Suite("issue 23.1: bodies that wait for their turn")
struct AnswerSpoolTests {
    private static func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) } }

    private static func append(_ bytes: [UInt8], to spool: AnswerSpool) -> FetchError? {
        bytes.withUnsafeBytes { spool.append($0) }
    }

    private static func all(_ spool: AnswerSpool) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let piece = try spool.take() { bytes += piece.bytes }
        return bytes
    }

    private static func spool(_ file: BlockFile, keepsBody: Bool = true) -> AnswerSpool {
        AnswerSpool(file: file, keepsBody: keepsBody, keepsFailures: true) {}
    }

    @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 131_072, 400_000])
    func `what was appended is taken in order, and its room is used again`(count: Int) throws {
        let file = BlockFile(folder: "/tmp")
        let (first, second) = (Self.spool(file), Self.spool(file))
        let bytes = Self.bytes(count)
        for round in 1...3 {
            for start in stride(from: 0, to: count, by: 16_384) {
                let piece = Array(bytes[start..<min(start + 16_384, count)])
                #expect(Self.append(piece, to: first) == nil && Self.append(piece, to: second) == nil)
            }
            #expect(try Self.all(second) == bytes, "\(round)")
            #expect(try Self.all(first) == bytes, "\(round)")
        }
        #expect(file.blockCount <= 2 * (count / BlockFile.blockSize))
    }

    @Test func `only the last answer of an input may be taken while it arrives`() throws {
        let spool = Self.spool(BlockFile(folder: "/tmp"))
        spool.restart()
        spool.begin(Response(status: 503), isLast: false)
        #expect(Self.append([1, 2], to: spool) == nil)
        #expect(try spool.takeEarly() == nil)
        #expect(spool.hold(), "no byte of it was taken")
        spool.restart()
        #expect(try spool.take() == nil)
        spool.begin(Response(status: 200), isLast: true)
        #expect(try spool.takeEarly() == nil)
        #expect(Self.append([3], to: spool) == nil)
        let piece = try spool.takeEarly()
        #expect(piece?.bytes == [3] && piece?.head?.status == 200)
        #expect(Self.append([4], to: spool) == nil)
        #expect(!spool.hold(), "the request cannot be repeated")
        #expect(try spool.takeEarly() == nil)
        #expect(try Self.all(spool) == [4])
        spool.restart()
        #expect(Self.append([5], to: spool)?.kind == .truncated)
    }

    @Test func `a file that cannot be made, and a refusal, end the transfer`() throws {
        let spool = Self.spool(BlockFile(folder: "/nonexistent"))
        #expect(Self.append(Self.bytes(1000), to: spool) == nil)
        let failure = Self.append(Self.bytes(70_000), to: spool)
        #expect(failure?.kind == .io && failure?.message.contains("/nonexistent") == true)
        let other = Self.spool(BlockFile(folder: "/tmp"))
        #expect(Self.append(Self.bytes(70_000), to: other) == nil)
        other.refuse(FetchError(.io, "no more"))
        #expect(Self.append([1], to: other)?.message == "no more")
        #expect(try other.take() == nil)
    }

    @Test func `where only heads are wanted, no body is kept`() throws {
        let file = BlockFile(folder: "/tmp")
        let spool = Self.spool(file, keepsBody: false)
        #expect(Self.append(Self.bytes(200_000), to: spool) == nil)
        #expect(try spool.take() == nil && file.blockCount == 0)
    }

    @Test func `a head is written as it arrived, with the registered phrase`() {
        var response = Response(status: 404, headers: HeaderFields(lines: Array("A: 1\r\nb:2\n\r\n".utf8)))
        #expect(response.headBytes == Array("HTTP/1.1 404 Not Found\r\nA: 1\r\nb:2\r\n\r\n".utf8))
        response.httpVersion = "2"
        response.status = 299
        #expect(response.headBytes == Array("HTTP/2 299 \r\nA: 1\r\nb:2\r\n\r\n".utf8))
    }
}
