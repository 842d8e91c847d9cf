import FetchSystem
import TestSupport
import Testing

/// gzip, piece by piece.
@Suite struct GzipReaderTests {
    private struct Inflated: Equatable {
        var bytes: [UInt8] = []
        var isGood = true
        var isComplete = false
    }

    private func inflate(_ pieces: [ArraySlice<UInt8>]) throws -> Inflated {
        let reader = try #require(GzipReader())
        var result = Inflated()
        for piece in pieces where result.isGood {
            let problem = reader.inflate(piece) { block in
                #expect(block.count <= 65_536)
                result.bytes += block
            }
            result.isGood = problem == nil
        }
        result.isComplete = reader.isComplete
        return result
    }

    private let text = Array("http://a/\nhttp://b/\nhttp://c/\n".utf8)

    @Test func inflatesAMember() throws {
        let result = try inflate([LoopbackServer.gzip(text)[...]])
        #expect(result == Inflated(bytes: text, isGood: true, isComplete: true))
    }

    @Test func inflatesAnEmptyMember() throws {
        #expect(try inflate([LoopbackServer.gzip([])[...]]) == Inflated(isComplete: true))
        #expect(try !inflate([[]]).isComplete)
    }

    @Test func inflatesTheSameWhereverItIsCut() throws {
        let members = LoopbackServer.gzip(text) + LoopbackServer.gzip([]) + LoopbackServer.gzip(text)
        let whole = Inflated(bytes: text + text, isGood: true, isComplete: true)
        for offset in 0...members.count { #expect(try inflate([members[..<offset], members[offset...]]) == whole) }
        #expect(try inflate(members.indices.map { members[$0...$0] }) == whole)
    }

    @Test func inflatesMuchFromLittle() throws {
        let bytes = [UInt8](repeating: 0x61, count: 1_000_000)
        let packed = LoopbackServer.gzip(bytes)
        #expect(packed.count < 3000)
        for size in [1, 7, packed.count] {
            let pieces = stride(from: 0, to: packed.count, by: size).map { packed[$0..<min($0 + size, packed.count)] }
            #expect(try inflate(pieces) == Inflated(bytes: bytes, isGood: true, isComplete: true))
        }
    }

    @Test func knowsThatTheEndIsMissing() throws {
        let packed = LoopbackServer.gzip(text)
        for length in 1..<packed.count {
            let result = try inflate([packed[..<length]])
            #expect(result.isGood && !result.isComplete, "\(length) bytes")
        }
        // The beginning of a second member.
        #expect(try !inflate([(packed + packed.prefix(5))[...]]).isComplete)
    }

    @Test func knowsThatItIsCorrupt() throws {
        let packed = LoopbackServer.gzip(text)
        // The mark, the method, the checksum, the length.
        for offset in [0, 1, 2, packed.count - 8, packed.count - 1] {
            var broken = packed
            broken[offset] ^= 0x55
            #expect(try !inflate([broken[...]]).isGood, "byte \(offset)")
        }
        #expect(try !inflate([(packed + Array("rubbish".utf8))[...]]).isGood)
    }
}
