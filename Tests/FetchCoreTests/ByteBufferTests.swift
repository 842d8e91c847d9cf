import FetchHTTP
import FetchSystem
import Testing

/// A run's record is made here, so it must hold what an array would, at every size.
struct ByteBufferTests {
    private func moved(_ fill: (inout ByteBuffer) -> Void) -> [UInt8] {
        var buffer = ByteBuffer(capacity: 0)
        fill(&buffer)
        var out: [UInt8] = [0x2A]
        buffer.move(to: &out)
        return Array(out.dropFirst())
    }

    @Test func growsAndKeepsWhatWasThere() {
        let piece = Array("0123456789".utf8)
        let bytes = moved { buffer in
            for _ in 0..<1000 { piece.withUnsafeBufferPointer { buffer.append(copying: $0) } }
        }
        #expect(bytes == Array(repeatElement(piece, count: 1000).joined()))
    }

    @Test(arguments: [0, 1, 9, 10, 99, 100, 12_345, 999_999_999, 1_000_000_000, .max - 1, .max] as [UInt64])
    func decimalsAreThoseOfString(_ value: UInt64) {
        let bytes = moved { $0.append(decimal: value) }
        var array: [UInt8] = []
        array.append(decimal: value)
        #expect(String(decoding: bytes, as: UTF8.self) == String(value))
        #expect(array == bytes)
    }

    @Test(arguments: 1...9) func decimalsOfAWidthHaveZerosBeforeThem(_ width: Int) {
        for value in [0, 7, 10, 99, 305, 999_999_999] as [UInt64] {
            let text = String(repeating: "0", count: 9) + String(value)
            let bytes = moved { $0.append(decimal: value, width: width) }
            #expect(String(decoding: bytes, as: UTF8.self) == text.suffix(width))
        }
    }

    @Test(arguments: [0, 1, 1023, 1024, 1025, 5000]) func aTemporaryOneGrowsLikeAnyOther(_ count: Int) {
        var out: [UInt8] = []
        ByteBuffer.withTemporary { buffer in
            for index in 0..<count { buffer.append(UInt8(index % 251)) }
            buffer.move(to: &out)
            buffer.append("!")
            buffer.move(to: &out)
        }
        #expect(out == (0..<count).map { UInt8($0 % 251) } + [0x21])
    }

    @Test func isEmptyAfterItsBytesWentOn() {
        var buffer = ByteBuffer(capacity: 8)
        var out: [UInt8] = []
        buffer.append("first")
        buffer.move(to: &out)
        buffer.append("é")
        buffer.append(0x21)
        buffer.move(to: &out)
        #expect(String(decoding: out, as: UTF8.self) == "firsté!")
    }

    @Test func aByteCanBeChanged() {
        let bytes = moved { buffer in
            buffer.append(",a")
            buffer[0] = UInt8(ascii: "{")
        }
        #expect(bytes == Array("{a".utf8))
    }
}

/// How much a transfer may receive at once, by how many there are.
struct ReceiveBufferTests {
    @Test(
        arguments: [
            (1, 256 << 10), (16, 256 << 10), (64, 64 << 10), (256, 16 << 10), (1000, 16 << 10), (1280, 16 << 10),
            (5000, 4194), (10_000, 2097), (100_000, 2048),
        ])
    func allTransfersTogetherHaveABoundedShare(_ concurrency: Int, _ size: Int) {
        var options = NetworkOptions()
        options.concurrency = concurrency
        #expect(options.receiveBufferSize == size)
    }

    @Test func aLimitOfBandwidthNeedsHTTP1() {
        var options = NetworkOptions()
        #expect(!options.usesHTTP1)
        options.limitRate = 1
        #expect(options.usesHTTP1)
        options.limitRate = 0
        options.limitRateEach = 1
        #expect(options.usesHTTP1)
    }

    @Test(
        arguments: [
            (0, 0, 256 << 10), (1 << 20, 0, 16 << 10), (0, 1 << 20, 16 << 10), (1 << 30, 128 << 10, 2 << 10),
            (1, 0, 1 << 10), (1 << 30, 0, 256 << 10),
        ])
    func aLimitOfBandwidthMakesItSmaller(_ all: Int, _ each: Int, _ size: Int) {
        var options = NetworkOptions()
        options.limitRate = all
        options.limitRateEach = each
        #expect(options.receiveBufferSize == size)
    }
}
