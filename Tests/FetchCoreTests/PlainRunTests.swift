import TestSupport
import Testing

@testable import FetchSystem

@Suite("Runs of plain text end at the first byte that is not plain")
struct PlainRunTests {
    @Test("Every byte value at every offset is found, whatever stands around it")
    func everyByte() {
        for byte in UInt8.min...UInt8.max {
            let isPlain = (0x20...0x7E).contains(byte) && byte != 0x22 && byte != 0x5C
            #expect(PlainRun.isPlain(byte) == isPlain)
            for filler in [0x20, 0x21, 0x61, 0x7E] as [UInt8] {
                for offset in 0..<19 {
                    var bytes = [UInt8](repeating: filler, count: 19)
                    bytes[offset] = byte
                    let end = bytes.withUnsafeBufferPointer { PlainRun.end(in: $0, from: 0) }
                    if end != (isPlain ? 19 : offset) { Issue.record("\(byte) at \(offset) gives \(end)") }
                }
            }
        }
    }

    @Test("The first of several is found, from any start and in any slice", arguments: 0..<200)
    func several(seed: UInt64) {
        var generator = SeededRandom(seed: seed)
        let bytes = (0..<40).map { _ in
            Bool.random(using: &generator) ? 0x61 : UInt8.random(in: 0...255, using: &generator)
        }
        let slice = bytes[3..<37]
        for start in slice.startIndex...slice.endIndex {
            let expected = slice[start...].firstIndex { !PlainRun.isPlain($0) } ?? slice.endIndex
            #expect(PlainRun.end(in: slice, from: start) == expected)
        }
    }

    @Test("A text is plain if all of it is")
    func text() {
        #expect(PlainRun.isPlain("") && PlainRun.isPlain("http://example.org/?q=[1]~"))
        #expect(!PlainRun.isPlain("a\"b") && !PlainRun.isPlain("12345678\n") && !PlainRun.isPlain("é"))
    }

    @Test("The end of a line is its first LF, or the end of all", arguments: 0..<100)
    func lines(seed: UInt64) {
        var generator = SeededRandom(seed: seed)
        let bytes = (0..<40).map { _ in
            [0x0A, 0x0B, 0x8A, 0x00, 0x61, 0xFF].randomElement(using: &generator) ?? 0 as UInt8
        }
        for start in bytes.indices {
            let end = bytes.withUnsafeBufferPointer { PlainRun.endOfLine(in: $0, from: start) }
            #expect(end == bytes[start...].firstIndex(of: 0x0A) ?? bytes.count)
        }
    }

    @Test("Equal beginnings differ at the first byte that does, and no byte behind them is looked at")
    func equal() {
        let bytes = Array(UInt8(0)..<30)
        for count in bytes.indices {
            for offset in bytes.indices {
                var other = bytes
                other[offset] ^= 0x80
                let isEqual = bytes.withUnsafeBufferPointer { left in
                    other.withUnsafeBufferPointer { PlainRun.areEqual(left, $0, count: count) }
                }
                #expect(isEqual == (offset >= count))
            }
        }
    }
}
